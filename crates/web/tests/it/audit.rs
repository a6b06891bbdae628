//! The audit log.

use std::sync::{Arc, Mutex};

use actix_web::test::TestRequest;
use hexado_domain::audit::{
    Action, AuditEvent, AuditQuery, AuditRecord, AuditService, Link, MockAuditLog, StoredTarget, Target,
};
use hexado_domain::id::UserId;
use hexado_domain::page::Page;
use hexado_domain::testing::WeakHasher;
use hexado_domain::testing::fixtures::noon;
use serde_json::{Value, json};

use crate::support::{Answer, Api, request, unavailable};

fn record(id: i64) -> AuditRecord {
    AuditRecord {
        id,
        at: noon(),
        actor: Some("ann".into()),
        action: "role_set".into(),
        target: Some(StoredTarget { kind: "user".into(), id: "bob".into() }),
        before: Some(r#"{"role":"user"}"#.into()),
        after: None,
        address: "192.0.2.7".into(),
        user_agent: "curl".into(),
        request_id: "r-1".into(),
        link: Some(Link { number: 1, hash: [0xab; 32] }),
    }
}

/// A log of records with these ids, and what it was asked.
fn log(ids: &[i64]) -> (MockAuditLog, Arc<Mutex<Vec<AuditQuery>>>) {
    let (mut log, asked, ids) = (MockAuditLog::new(), Arc::new(Mutex::new(Vec::new())), ids.to_vec());
    let queries = Arc::clone(&asked);
    log.expect_page().returning(move |query| {
        queries.lock().unwrap().push(query.clone());
        let older: Vec<_> = ids.iter().filter(|id| query.before.is_none_or(|before| **id < before)).collect();
        let limit = query.limit.get();
        let items = older.iter().take(limit).map(|id| record(**id)).collect();
        Ok(Page { items, more: older.len() > limit, total: None })
    });
    (log, asked)
}

async fn send(log: MockAuditLog, request: TestRequest) -> Answer {
    let mut api = Api::untouched();
    api.deps.audit = Arc::new(AuditService::new(Arc::new(log), Arc::new(WeakHasher)));
    api.send(request).await
}

fn by_root(path: &str) -> TestRequest {
    request("GET", path).insert_header(("authorization", "Bearer root"))
}

/// A log that takes one refusal of ann, and is asked nothing.
fn log_of_refusal(operation: &'static str) -> MockAuditLog {
    let mut log = MockAuditLog::new();
    let told = move |event: &AuditEvent| {
        let after = event.changes.first().and_then(|change| change.after.as_deref());
        (event.action, event.actor.as_ref().map(UserId::as_str)) == (Action::AccessRefused, Some("ann"))
            && event.target == Some(Target::Operation(operation.to_owned()))
            && (after, event.at) == (Some("permission_missing"), noon())
    };
    log.expect_append().withf(told).once().returning(|_| Ok(()));
    log
}

#[actix_web::test]
async fn without_the_permission_nothing_is_looked_up_and_the_refusal_is_recorded() {
    for path in ["audit", "audit/export", "audit/verify"] {
        let log = log_of_refusal(Box::leak(format!("GET /api/v1/{path}").into_boxed_str()));
        let answer = send(log, request("GET", &format!("/api/{path}"))).await;
        assert_eq!(answer.refusal(), (403, "permission_missing".into()), "{path}");
        assert!(answer.text.contains("audit:read"), "{path}");
    }
}

#[actix_web::test]
async fn who_lacks_a_permission_is_refused_even_if_that_cannot_be_recorded() {
    let mut log = MockAuditLog::new();
    log.expect_append().once().returning(|_| Err(unavailable()));
    assert_eq!(send(log, request("GET", "/api/audit")).await.refusal(), (403, "permission_missing".into()));
}

#[actix_web::test]
async fn what_is_refused_for_other_reasons_or_to_strangers_is_not_recorded() {
    let stranger = TestRequest::with_uri("/api/audit");
    assert_eq!(send(MockAuditLog::new(), stranger).await.refusal(), (401, "not_authenticated".into()));
    let missing = request("GET", "/api/nowhere");
    assert_eq!(send(MockAuditLog::new(), missing).await.refusal(), (404, "not_found".into()));
}

#[actix_web::test]
async fn a_record_is_shown_with_what_was_before_as_json() {
    let answer = send(log(&[7]).0, by_root("/api/v1/audit")).await;
    assert_eq!(
        answer.json(),
        json!([{
            "id": 7,
            "at": "2026-11-21T12:00:00Z",
            "actor": "ann",
            "action": "role_set",
            "target": { "kind": "user", "id": "bob" },
            "before": { "role": "user" },
            "after": null,
            "ip_address": "192.0.2.7",
            "user_agent": "curl",
            "request_id": "r-1",
            "chain": { "number": 1, "hash": "ab".repeat(32) },
        }])
    );
}

#[actix_web::test]
async fn pages_lead_to_each_other_until_the_oldest_record() {
    let mut path = "/api/audit?limit=2&actor=ann".to_owned();
    let mut seen = Vec::new();
    loop {
        let (log, _) = log(&[9, 7, 4, 3, 1]);
        let answer = send(log, by_root(&path)).await;
        let page: Vec<i64> = answer.json().as_array().unwrap().iter().map(|one| one["id"].as_i64().unwrap()).collect();
        seen.extend(page);
        let Some(link) = answer.header("link") else { break };
        path = link.trim_start_matches('<').split('>').next().unwrap().to_owned();
    }
    assert_eq!(seen, [9, 7, 4, 3, 1]);
}

#[actix_web::test]
async fn filters_are_passed_on_and_wrong_ones_refused() {
    let (log, asked) = log(&[]);
    let filters = "actor=ann&action=role_set&target=bob&since=2026-11-21T00:00:00Z&until=2026-11-22T00:00:00Z";
    assert_eq!(send(log, by_root(&format!("/api/audit?{filters}"))).await.json(), json!([]));
    let query = asked.lock().unwrap().remove(0);
    assert_eq!((query.actor.as_deref(), query.action.as_deref()), (Some("ann"), Some("role_set")));
    assert_eq!(query.target.as_deref(), Some("bob"));
    assert_eq!(query.until.unwrap() - query.since.unwrap(), chrono::TimeDelta::days(1));

    for (wrong, pointer) in [
        ("since=yesterday", "/query/since"),
        ("limit=0", "/query/limit"),
        ("actr=ann", "/query/actr"),
        ("actor=", "/query/actor"),
    ] {
        let answer = send(MockAuditLog::new(), by_root(&format!("/api/audit?{wrong}"))).await;
        assert_eq!((answer.status.as_u16(), &*answer.faults()[0].0), (422, pointer), "{wrong}");
    }
    let answer = send(MockAuditLog::new(), by_root("/api/audit?cursor=AAAA")).await;
    assert_eq!(answer.refusal(), (400, "cursor_invalid".into()));
}

#[actix_web::test]
async fn an_export_has_all_records_one_a_line() {
    let ids: Vec<i64> = (1..=250).rev().collect();
    let (log, asked) = log(&ids);
    let answer = send(log, by_root("/api/audit/export?actor=ann")).await;
    assert_eq!(answer.header("content-type"), Some("application/x-ndjson"));
    let lines: Vec<Value> = answer.text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let exported: Vec<i64> = lines.iter().map(|line| line["id"].as_i64().unwrap()).collect();
    assert_eq!(exported, ids);
    assert!(asked.lock().unwrap().iter().all(|query| query.actor.as_deref() == Some("ann")));
}

#[actix_web::test]
async fn a_walk_tells_where_the_chain_ends_and_what_is_missing() {
    for (number, intact) in [(0, true), (3, false)] {
        let mut log = MockAuditLog::new();
        log.expect_head().returning(move || Ok(Link { number, ..Link::ORIGIN }));
        log.expect_chained_after().returning(|_, _| Ok(vec![]));
        let answer = send(log, by_root("/api/audit/verify")).await.json();
        assert_eq!((&answer["intact"], &answer["head"]["number"]), (&json!(intact), &json!(0)));
        assert_eq!(answer["fault"].is_null(), intact, "{answer}");
    }
}
