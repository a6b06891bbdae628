//! What [`UserStore`](crate::identity::UserStore) promises of lists, run against every adapter with
//! [`user_list_clauses!`](crate::user_list_clauses), on stores that are empty.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

use chrono::TimeDelta;

use super::IdentityStores;
use super::fixtures::{auth_event, noon, registration, user_id};
use super::identity_stores::email;
use crate::audit::Action;
use crate::identity::users::{
    Comparison, Operator, SearchText, Start, UserCondition, UserCursor, UserEdit, UserField, UserQuery, UserSort,
};
use crate::identity::{Registration, User};

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! user_list_clauses {
    ($tests:ident) => {
        $tests! {
            pages_follow_each_other_in_every_order
            a_list_may_begin_after_any_number_of_users
            a_text_is_found_in_names_and_addresses_whatever_its_case
            no_character_of_a_text_has_a_meaning
            a_role_is_found_by_its_whole_name_among_others
            a_ban_counts_until_it_expires
            every_operator_compares_as_it_says
            what_has_no_value_fulfils_no_comparison
            all_conditions_must_hold_and_all_users_who_fulfil_them_are_counted
        }
    };
}

fn query(conditions: Vec<UserCondition>) -> UserQuery {
    let sort = UserSort { field: UserField::Id, descending: false };
    UserQuery { conditions, sort, start: Start::First, limit: 100, count: false }
}

fn mentions(text: &str) -> UserCondition {
    UserCondition::Mentions(SearchText::parse(text).unwrap())
}

fn compares(field: UserField, operator: Operator, values: &[&str]) -> UserCondition {
    UserCondition::Compares(Comparison::new(field, operator, values.iter().copied()).unwrap())
}

impl IdentityStores {
    async fn named(&self, id: &str, name: &str, address: &str) -> User {
        let registration = Registration { name: name.into(), email: email(address), ..registration(id) };
        self.accounts.register(&registration).await.unwrap();
        self.users.find(&user_id(id)).await.unwrap().unwrap()
    }

    async fn with_role(&self, id: &str, role: &str) {
        self.accounts.register(&Registration { role: role.into(), ..registration(id) }).await.unwrap();
    }

    async fn change(&self, id: &str, change: impl FnOnce(User) -> User) {
        let before = self.users.find(&user_id(id)).await.unwrap().unwrap();
        let user = change(User { version: before.version.next(), ..before.clone() });
        let event = auth_event(Action::UserUpdated, id);
        let (made_from, roles_made_from, loses_admin, ends_sessions) = (before.version, None, false, false);
        let edit = UserEdit { user, made_from, roles_made_from, loses_admin, ends_sessions, event };
        assert!(self.users.edit(&edit).await.unwrap());
    }

    /// The ids of all users who fulfil this, in their order.
    async fn those(&self, condition: UserCondition) -> Vec<String> {
        let page = self.users.page(&query(vec![condition]), noon()).await.unwrap();
        page.items.iter().map(|user| user.id.as_str().to_owned()).collect()
    }
}

pub async fn pages_follow_each_other_in_every_order(stores: &IdentityStores) {
    let mut users = Vec::new();
    for number in 0..11_i64 {
        let registration = Registration {
            name: ["b", "A", "a", "", "ä", "Z"][number as usize % 6].into(),
            email: email(&format!("{}@example.com", (7 * number) % 11)),
            at: noon() + TimeDelta::minutes(number % 4),
            ..registration(&format!("{}user", [3, 8, 1, 9, 0, 5, 2, 7, 6, 4, 10][number as usize]))
        };
        stores.accounts.register(&registration).await.unwrap();
        users.push(stores.users.find(&registration.user_id).await.unwrap().unwrap());
    }
    let key = |user: &User, field: UserField| match field {
        UserField::Name => user.name.clone().into_bytes(),
        UserField::Email => user.email.clone().into_bytes(),
        _ => user.created_at.timestamp().to_be_bytes().to_vec(),
    };
    for field in [UserField::CreatedAt, UserField::Name, UserField::Email] {
        for descending in [false, true] {
            users.sort_by_key(|user| (key(user, field), user.id.clone()));
            if descending {
                users.reverse();
            }
            let sort = UserSort { field, descending };
            let mut query = UserQuery { sort, limit: 3, ..query(vec![]) };
            let mut seen = Vec::new();
            loop {
                let page = stores.users.page(&query, noon()).await.unwrap();
                seen.extend(page.items);
                assert_eq!(page.more, seen.len() < users.len());
                let Some(last) = seen.last().filter(|_| page.more) else { break };
                query.start = Start::Behind(UserCursor::behind(last, field).unwrap());
            }
            assert_eq!(seen, users, "{sort:?}");
        }
    }
}

pub async fn a_list_may_begin_after_any_number_of_users(stores: &IdentityStores) {
    for id in ["a", "b", "c", "d", "e"] {
        stores.sign_up(id).await;
    }
    for (skipped, limit, expected, more) in
        [(0, 2, "a b", true), (2, 2, "c d", true), (3, 2, "d e", false), (5, 2, "", false), (9, 0, "", false)]
    {
        let query = UserQuery { start: Start::Skip(skipped), limit, count: true, ..query(vec![]) };
        let page = stores.users.page(&query, noon()).await.unwrap();
        let ids: Vec<_> = page.items.iter().map(|user| user.id.as_str()).collect();
        assert_eq!((&*ids.join(" "), page.more, page.total), (expected, more, Some(5)), "{skipped}");
    }
}

pub async fn a_text_is_found_in_names_and_addresses_whatever_its_case(stores: &IdentityStores) {
    stores.named("ann", "Ann Smith", "one@example.com").await;
    stores.named("bob", "Bob", "bob.smithson@example.com").await;
    stores.named("cid", "Cid", "cid@example.org").await;
    for (text, expected) in
        [("SMITH", "ann bob"), ("ann s", "ann"), ("example.org", "cid"), ("d@", "cid"), ("smith, ann", "")]
    {
        assert_eq!(stores.those(mentions(text)).await.join(" "), expected, "{text}");
    }
}

pub async fn no_character_of_a_text_has_a_meaning(stores: &IdentityStores) {
    let names = ["100% sure", "100 sure", "a_b", "axb", r"a\b", "a'b", "a.b", "(a|b)", "[ab]", "*"];
    for (number, name) in names.iter().enumerate() {
        stores.named(&format!("user{number}"), name, &format!("{number}@example.com")).await;
    }
    for text in ["100%", "a_b", "%", "_", r"\", "'", "(a|b)", "[ab]", "*"] {
        let expected: Vec<_> = (0..names.len())
            .filter(|&number| names[number].contains(text))
            .map(|number| format!("user{number}"))
            .collect();
        assert_eq!(stores.those(mentions(text)).await, expected, "{text}");
        for operator in [Operator::Contains, Operator::StartsWith, Operator::EndsWith] {
            let fits = |name: &str| match operator {
                Operator::StartsWith => name.starts_with(text),
                Operator::EndsWith => name.ends_with(text),
                _ => name.contains(text),
            };
            let expected = names.iter().filter(|name| fits(name)).count();
            let found = stores.those(compares(UserField::Name, operator, &[text])).await;
            assert_eq!(found.len(), expected, "{operator:?} {text}");
        }
    }
}

pub async fn a_role_is_found_by_its_whole_name_among_others(stores: &IdentityStores) {
    for (id, role) in [("a", "admin"), ("b", "user, admin ,x"), ("c", "administrator"), ("d", "not admin"), ("e", "")] {
        stores.with_role(id, role).await;
    }
    stores.change("e", |user| User { role: None, ..user }).await;
    for (role, expected) in [("admin", "a b"), ("x", "b"), ("adm", ""), ("%", ""), ("admin,x", ""), ("not admin", "d")]
    {
        assert_eq!(stores.those(UserCondition::HasRole(role.into())).await.join(" "), expected, "{role}");
    }
}

pub async fn a_ban_counts_until_it_expires(stores: &IdentityStores) {
    for (id, until) in [("a", None), ("b", Some(1)), ("c", Some(0)), ("d", Some(-1))] {
        stores.sign_up(id).await;
        let ban_expires = until.map(|seconds| noon() + TimeDelta::seconds(seconds));
        stores.change(id, |user| User { banned: true, ban_expires, ..user }).await;
    }
    stores.sign_up("e").await;
    assert_eq!(stores.those(UserCondition::IsBanned(true)).await, ["a", "b"]);
    assert_eq!(stores.those(UserCondition::IsBanned(false)).await, ["c", "d", "e"]);
}

pub async fn every_operator_compares_as_it_says(stores: &IdentityStores) {
    for (id, name) in [("a", "Ann"), ("b", "Bob"), ("c", "bob"), ("d", "Cid")] {
        stores.named(id, name, &format!("{id}@example.com")).await;
    }
    stores.change("d", |user| User { email_verified: true, updated_at: noon() + TimeDelta::hours(1), ..user }).await;
    for (field, operator, values, expected) in [
        (UserField::Name, Operator::Equal, &["Bob"][..], "b"),
        (UserField::Name, Operator::NotEqual, &["Bob"], "a c d"),
        (UserField::Name, Operator::Less, &["Cid"], "a b"),
        (UserField::Name, Operator::LessOrEqual, &["Cid"], "a b d"),
        (UserField::Name, Operator::Greater, &["Bob"], "c d"),
        (UserField::Name, Operator::GreaterOrEqual, &["Bob"], "b c d"),
        (UserField::Name, Operator::In, &["Ann", "bob", "nobody"], "a c"),
        (UserField::Name, Operator::In, &[], ""),
        (UserField::Name, Operator::NotIn, &["Ann", "bob"], "b d"),
        (UserField::Name, Operator::NotIn, &[], "a b c d"),
        (UserField::Name, Operator::Contains, &["ob"], "b c"),
        (UserField::Name, Operator::Contains, &["OB"], ""),
        (UserField::Name, Operator::StartsWith, &["b"], "c"),
        (UserField::Name, Operator::EndsWith, &["d"], "d"),
        (UserField::Name, Operator::EndsWith, &[""], "a b c d"),
        (UserField::Email, Operator::Equal, &["c@example.com"], "c"),
        (UserField::Id, Operator::In, &["a", "d"], "a d"),
        (UserField::EmailVerified, Operator::Equal, &["true"], "d"),
        (UserField::TwoFactorEnabled, Operator::NotEqual, &["true"], "a b c d"),
        (UserField::CreatedAt, Operator::Equal, &["2026-11-21T12:00:00Z"], "a b c d"),
        (UserField::UpdatedAt, Operator::Greater, &["2026-11-21T12:00:00.000Z"], "d"),
        (UserField::UpdatedAt, Operator::Less, &["2026-11-21"], ""),
    ] {
        let found = stores.those(compares(field, operator, values)).await.join(" ");
        assert_eq!(found, expected, "{field:?} {operator:?} {values:?}");
    }
}

pub async fn what_has_no_value_fulfils_no_comparison(stores: &IdentityStores) {
    stores.sign_up("a").await;
    stores.sign_up("b").await;
    let banned = |user| User { banned: true, ban_reason: Some("spam".into()), image: Some("x".into()), ..user };
    stores.change("b", banned).await;
    for field in [UserField::BanReason, UserField::Image] {
        assert_eq!(stores.those(compares(field, Operator::NotEqual, &["y"])).await, ["b"], "{field:?}");
    }
    for operator in [Operator::Less, Operator::Greater, Operator::NotEqual] {
        let of_time = compares(UserField::BanExpires, operator, &["2026-11-21T12:00:00Z"]);
        assert_eq!(stores.those(of_time).await, Vec::<String>::new(), "{operator:?}");
    }
}

pub async fn all_conditions_must_hold_and_all_users_who_fulfil_them_are_counted(stores: &IdentityStores) {
    for (id, role) in [("ann1", "admin"), ("ann2", "user"), ("ann3", "admin"), ("bob", "admin")] {
        stores.with_role(id, role).await;
    }
    let conditions = vec![mentions("ann"), UserCondition::HasRole("admin".into()), UserCondition::IsBanned(false)];
    let query = UserQuery { limit: 1, count: true, ..query(conditions) };
    let page = stores.users.page(&query, noon()).await.unwrap();
    assert_eq!((page.items.len(), page.more, page.total), (1, true, Some(2)));
    let later = Start::Behind(UserCursor::behind(&page.items[0], UserField::CreatedAt).unwrap());
    let sort = UserSort { field: UserField::CreatedAt, descending: false };
    let page = stores.users.page(&UserQuery { start: later, sort, ..query }, noon()).await.unwrap();
    assert_eq!((page.items[0].id.as_str(), page.more, page.total), ("ann3", false, Some(2)));
}

lists_every_clause!(user_list_clauses, "user_list_contract.rs");
