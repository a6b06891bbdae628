//! The contract of [`AuditLog`]. Run against every adapter with [`audit_log_clauses!`](crate::audit_log_clauses), on a store
//! that is empty.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

use chrono::TimeDelta;

use super::fixtures::{noon, user_id};
use super::task_store_contract::join_all;
use crate::audit::{Action, AuditEvent, AuditLog, AuditQuery, FieldChange, Link, StoredTarget, Target};
use crate::identity::Visitor;
use crate::page::Limit;

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! audit_log_clauses {
    ($tests:ident) => {
        $tests! {
            a_record_says_all_that_its_event_says
            records_are_listed_from_the_newest_on
            filters_must_all_hold
            records_get_their_places_once
            of_many_who_go_on_from_one_head_one_succeeds
        }
    };
}

fn event(actor: &str, minutes: i64) -> AuditEvent {
    AuditEvent::of(Action::SignedIn, &user_id(actor), &Visitor::default(), noon() + TimeDelta::minutes(minutes))
}

fn link(number: i64) -> Link {
    Link { number, hash: [u8::try_from(number).unwrap(); 32] }
}

async fn ids(log: &dyn AuditLog, query: &AuditQuery) -> Vec<i64> {
    log.page(query).await.unwrap().items.iter().map(|record| record.id).collect()
}

pub async fn a_record_says_all_that_its_event_says(log: &dyn AuditLog) {
    let visitor = Visitor {
        address: Some("192.0.2.7".parse().unwrap()),
        user_agent: "curl \"8\"".into(),
        request_id: "r-1".into(),
    };
    let role = FieldChange { field: "role", before: Some("user".into()), after: Some("user,\"x\"".into()) };
    let (ann, bob) = (user_id("ann"), user_id("bob"));
    let event = AuditEvent::by(Action::RoleSet, &ann, Target::User(bob), &visitor, noon());
    log.append(&event.with(vec![role, FieldChange::to("reason", "a\u{e4}\nb")])).await.unwrap();
    log.append(&AuditEvent { actor: None, target: None, ..self::event("ann", 1) }).await.unwrap();

    let page = log.page(&AuditQuery::default()).await.unwrap();
    let [empty, full] = &*page.items else { panic!("{page:?}") };
    assert_eq!((full.actor.as_deref(), &*full.action, full.at), (Some("ann"), "role_set", noon()));
    assert_eq!(full.target, Some(StoredTarget { kind: "user".into(), id: "bob".into() }));
    assert_eq!(full.before.as_deref(), Some(r#"{"role":"user"}"#));
    assert_eq!(full.after.as_deref(), Some("{\"reason\":\"a\u{e4}\\nb\",\"role\":\"user,\\\"x\\\"\"}"));
    assert_eq!((&*full.address, &*full.user_agent, &*full.request_id), ("192.0.2.7", "curl \"8\"", "r-1"));
    assert_eq!(full.link, None);
    assert_eq!((&empty.actor, &empty.target, &empty.before, &empty.after), (&None, &None, &None, &None));
}

pub async fn records_are_listed_from_the_newest_on(log: &dyn AuditLog) {
    for minute in 0..5 {
        log.append(&event("ann", minute)).await.unwrap();
    }
    let query = AuditQuery { limit: Limit::new(2).unwrap(), ..AuditQuery::default() };
    let mut all = Vec::new();
    let mut before = None;
    for more in [true, true, false] {
        let page = log.page(&AuditQuery { before, ..query.clone() }).await.unwrap();
        assert_eq!(page.more, more);
        before = page.items.last().map(|record| record.id);
        all.extend(page.items.into_iter().map(|record| record.at));
    }
    let expected: Vec<_> = (0..5).rev().map(|minute| noon() + TimeDelta::minutes(minute)).collect();
    assert_eq!(all, expected);
}

pub async fn filters_must_all_hold(log: &dyn AuditLog) {
    let (ann, bob, visitor) = (user_id("ann"), user_id("bob"), Visitor::default());
    for (actor, action, minute) in
        [(&ann, Action::SignedIn, 0), (&ann, Action::SignedOut, 1), (&bob, Action::SignedIn, 2)]
    {
        log.append(&AuditEvent::of(action, actor, &visitor, noon() + TimeDelta::minutes(minute))).await.unwrap();
    }
    log.append(&AuditEvent::by(Action::UserBanned, &ann, Target::User(bob.clone()), &visitor, noon())).await.unwrap();
    let all = ids(log, &AuditQuery::default()).await;
    let [banned, bob_in, ann_out, ann_in] = *all else { panic!("{all:?}") };

    let of = |actor: &str| AuditQuery { actor: Some(actor.into()), ..AuditQuery::default() };
    assert_eq!(ids(log, &of("ann")).await, [banned, ann_out, ann_in]);
    assert_eq!(ids(log, &AuditQuery { action: Some("signed_in".into()), ..of("ann") }).await, [ann_in]);
    assert_eq!(ids(log, &AuditQuery { target: Some("bob".into()), ..AuditQuery::default() }).await, [banned, bob_in]);
    assert_eq!(ids(log, &AuditQuery { target: Some("bob".into()), ..of("ann") }).await, [banned]);
    let from = |minutes| Some(noon() + TimeDelta::minutes(minutes));
    assert_eq!(ids(log, &AuditQuery { since: from(1), ..AuditQuery::default() }).await, [bob_in, ann_out]);
    assert_eq!(ids(log, &AuditQuery { since: from(1), until: from(2), ..AuditQuery::default() }).await, [ann_out]);
    assert!(ids(log, &of("nobody")).await.is_empty());
}

pub async fn records_get_their_places_once(log: &dyn AuditLog) {
    assert_eq!(log.head().await.unwrap(), Link::ORIGIN);
    for minute in 0..3 {
        log.append(&event("ann", minute)).await.unwrap();
    }
    let waiting: Vec<i64> = log.unchained(2).await.unwrap().iter().map(|record| record.id).collect();
    assert_eq!(waiting.len(), 2);
    assert!(log.chain(&Link::ORIGIN, &[(waiting[0], link(1)), (waiting[1], link(2))]).await.unwrap());
    assert_eq!(log.head().await.unwrap(), link(2));

    let last = log.unchained(2).await.unwrap()[0].id;
    assert!(!log.chain(&Link::ORIGIN, &[(last, link(1))]).await.unwrap(), "the chain has another head by now");
    assert!(log.chain(&link(2), &[(last, link(3))]).await.unwrap());
    assert!(log.unchained(2).await.unwrap().is_empty());

    let chained = log.chained_after(1, 10).await.unwrap();
    assert_eq!(
        chained.iter().map(|record| (record.id, record.link)).collect::<Vec<_>>(),
        [(waiting[1], Some(link(2))), (last, Some(link(3)))]
    );
    assert_eq!(log.chained_after(0, 1).await.unwrap()[0].id, waiting[0]);
}

pub async fn of_many_who_go_on_from_one_head_one_succeeds(log: &dyn AuditLog) {
    for minute in 0..8 {
        log.append(&event("ann", minute)).await.unwrap();
    }
    let ids: Vec<i64> = log.unchained(8).await.unwrap().iter().map(|record| record.id).collect();
    let links: Vec<_> = ids.iter().map(|id| [(*id, link(1))]).collect();
    let chained = join_all(links.iter().map(|links| log.chain(&Link::ORIGIN, links))).await;
    assert_eq!(chained.into_iter().filter(|chained| *chained.as_ref().unwrap()).count(), 1);
    assert_eq!(log.unchained(8).await.unwrap().len(), 7);
}

lists_every_clause!(audit_log_clauses, "audit_log_contract.rs");
