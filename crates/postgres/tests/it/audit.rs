//! The audit log: its contract, that it only grows, and that the walk finds what was done to it behind its back.

use std::sync::Arc;

use hexado_domain::audit::{Action, AuditEvent, AuditLog, AuditService, Break, FieldChange, Target, Verification};
use hexado_domain::identity::Visitor;
use hexado_domain::testing::WeakHasher;
use hexado_domain::testing::fixtures::{noon, user_id};
use hexado_postgres::PgAuditLog;

use crate::support::Bench;

macro_rules! tests {
    ($($clause:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $clause() {
                let bench = Bench::new().await;
                hexado_domain::testing::audit_log_contract::$clause(&PgAuditLog::new(&bench.postgres)).await;
            }
        )*
    };
}

hexado_domain::audit_log_clauses!(tests);

/// Three chained records; the second has every field.
async fn three(bench: &Bench) -> AuditService {
    let log = Arc::new(PgAuditLog::new(&bench.postgres));
    let (ann, bob) = (user_id("ann"), user_id("bob"));
    let visitor = Visitor {
        address: "192.0.2.7".parse().ok(),
        user_agent: "curl".into(),
        request_id: "r-1".into(),
        impersonator: Some(user_id("root")),
    };
    let role = FieldChange { field: "role", before: Some("user".into()), after: Some("admin".into()) };
    let set = AuditEvent::by(Action::RoleSet, &ann, Target::User(bob), &visitor, noon()).with(vec![role]);
    let signed_in = AuditEvent::of(Action::SignedIn, &ann, &visitor, noon());
    for event in [&signed_in, &set, &signed_in] {
        log.append(event).await.unwrap();
    }
    let service = AuditService::new(log, Arc::new(WeakHasher));
    assert_eq!(service.chain().await.unwrap(), 3);
    assert_eq!(service.walk().await.unwrap().broken, None);
    service
}

/// What who owns the tables can do.
async fn behind_its_back(bench: &Bench, sql: &str) {
    let sql =
        format!("ALTER TABLE audit_records DISABLE TRIGGER USER; {sql}; ALTER TABLE audit_records ENABLE TRIGGER USER");
    bench.execute(&sql).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_altered_field_is_found() {
    for alteration in [
        "at = at + interval '1 microsecond'",
        "actor = 'bob'",
        "actor = NULL",
        "action = 'signed_in'",
        "target_kind = 'role'",
        "target = 'ann'",
        "target = NULL, target_kind = NULL",
        "before = '{\"role\": \"user\"}'",
        "before = NULL",
        "after = '{}'",
        "address = ''",
        "user_agent = user_agent || ' '",
        "request_id = 'r-2'",
        "impersonator = 'ann'",
        "impersonator = NULL",
        "hash = sha256(hash)",
        "hash = ''",
    ] {
        let bench = Bench::new().await;
        let audit = three(&bench).await;
        behind_its_back(&bench, &format!("UPDATE audit_records SET {alteration} WHERE number = 2")).await;
        let found = audit.walk().await.unwrap();
        assert!(matches!(found.broken, Some(Break::Altered { number: 2, .. })), "{alteration}: {found:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_records_are_found_at_the_end_too() {
    for (missing, number) in [
        ("DELETE FROM audit_records WHERE number = 1", 1),
        ("DELETE FROM audit_records WHERE number = 2", 2),
        ("DELETE FROM audit_records WHERE number = 3", 3),
        ("UPDATE audit_records SET number = NULL, hash = NULL WHERE number = 2", 2),
        ("TRUNCATE audit_records", 1),
    ] {
        let bench = Bench::new().await;
        let audit = three(&bench).await;
        behind_its_back(&bench, missing).await;
        assert_eq!(audit.walk().await.unwrap().broken, Some(Break::Missing { number }), "{missing}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_end_is_found() {
    let bench = Bench::new().await;
    let audit = three(&bench).await;
    bench.execute("UPDATE audit_head SET hash = sha256(hash)").await;
    assert!(matches!(audit.walk().await.unwrap(), Verification { broken: Some(Break::End), .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_database_refuses_to_change_a_record_by_mistake() {
    let bench = Bench::new().await;
    three(&bench).await;
    for sql in [
        "UPDATE audit_records SET actor = 'bob'",
        "UPDATE audit_records SET hash = sha256(hash)",
        "DELETE FROM audit_records",
        "TRUNCATE audit_records",
    ] {
        let error = bench.admin.batch_execute(sql).await.unwrap_err();
        assert!(error.as_db_error().unwrap().message().contains("only grows"), "{sql}");
    }
    assert_eq!(bench.number("SELECT count(*) FROM audit_records WHERE actor = 'ann'").await, 3);
}
