use std::sync::{Arc, Mutex};

use hexado_domain::identity::User;
use hexado_domain::identity::users::{Start, UserCondition, UserField, UserQuery, UserSort};
use hexado_domain::page::Page;
use hexado_domain::testing::MockIdentity;
use hexado_domain::testing::fixtures::{noon, user};
use serde_json::json as value;

use super::{api, send};
use crate::support::everybody;

/// These users by their ids, in this order, and what was asked.
fn listing(ids: &'static [&'static str]) -> (MockIdentity, Arc<Mutex<Vec<UserQuery>>>) {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (mut identity, log) = (everybody(), Arc::clone(&asked));
    identity.users.expect_page().returning(move |query, now| {
        assert_eq!(now, noon());
        log.lock().unwrap().push(query.clone());
        let skipped = match &query.start {
            Start::Behind(cursor) => ids.iter().position(|id| *id == cursor.id.as_str()).map_or(0, |place| place + 1),
            _ => 0,
        };
        let users = ids.iter().map(|id| User { name: format!("Ä {id}"), ..user(id) });
        let items: Vec<_> = users.skip(skipped).take(query.limit).collect();
        let more = skipped + items.len() < ids.len();
        Ok(Page { items, more, total: query.count.then_some(5) })
    });
    (identity, asked)
}

#[actix_web::test]
async fn pages_lead_to_each_other_until_the_last_user_in_every_order() {
    for sort in ["", "&sort=name", "&sort=-email", "&sort=created_at"] {
        let mut path = format!("/api/users?limit=2{sort}");
        let mut seen = Vec::new();
        loop {
            let (identity, _) = listing(&["e", "d", "c", "b", "a"]);
            let answer = send(api(identity), "GET", &path, "").await;
            let page = answer.json();
            seen.extend(page.as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap().to_owned()));
            let Some(link) = answer.header("link") else { break };
            path = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
        }
        assert_eq!(seen, ["e", "d", "c", "b", "a"], "{sort}");
    }
}

#[actix_web::test]
async fn filters_are_passed_on_as_they_are() {
    let (identity, asked) = listing(&[]);
    let path = "/api/users?q=%20100%25_%20&role=user%2Cx&banned=false&sort=-name&limit=7&count=true";
    let answer = send(api(identity), "GET", path, "").await;
    assert_eq!((answer.json(), answer.header("x-total-count")), (value!([]), Some("5")));
    let query = asked.lock().unwrap().remove(0);
    let [UserCondition::Mentions(text), role, banned] = &query.conditions[..] else { panic!("{query:?}") };
    assert_eq!(text.as_str(), "100%_");
    assert_eq!(*role, UserCondition::HasRole("user,x".into()));
    assert_eq!(*banned, UserCondition::IsBanned(false));
    assert_eq!(query.sort, UserSort { field: UserField::Name, descending: true });
    assert_eq!((query.limit, query.start, query.count), (7, Start::First, true));

    let (identity, asked) = listing(&["a"]);
    assert_eq!(send(api(identity), "GET", "/api/users", "").await.header("x-total-count"), None);
    let query = asked.lock().unwrap().remove(0);
    assert_eq!((query.conditions, query.sort, query.limit, query.count), (vec![], UserSort::default(), 20, false));
}

#[actix_web::test]
async fn wrong_filters_and_cursors_of_other_lists_are_refused() {
    for (query, pointer) in [
        ("q=", "/query/q"),
        ("q=%00", "/query/q"),
        ("role=%0a", "/query/role"),
        ("banned=maybe", "/query/banned"),
        ("sort=password", "/query/sort"),
        ("limit=101", "/query/limit"),
        ("name=ann", "/query/name"),
    ] {
        let answer = send(api(everybody()), "GET", &format!("/api/users?{query}"), "").await;
        assert_eq!((answer.status.as_u16(), &*answer.faults()[0].0), (422, pointer), "{query}");
    }
    let (identity, _) = listing(&["a", "b"]);
    let first = send(api(identity), "GET", "/api/users?limit=1", "").await;
    let link = first.header("link").unwrap();
    let cursor = link.split("cursor=").nth(1).unwrap().split(['&', '>']).next().unwrap();
    for other in ["sort=name", "q=a", "role=user"] {
        let answer = send(api(everybody()), "GET", &format!("/api/users?{other}&cursor={cursor}"), "").await;
        assert_eq!(answer.refusal(), (400, "cursor_invalid".into()), "{other}");
    }
}
