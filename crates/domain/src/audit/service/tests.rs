use super::super::chain::Break;
use super::super::ports::MockAuditLog;
use super::*;
use crate::access::{AccessError, PermissionSet};
use crate::testing::WeakHasher;
use crate::testing::fixtures::{noon, user_id};

fn record(id: i64) -> AuditRecord {
    AuditRecord {
        id,
        at: noon(),
        actor: Some("ann".into()),
        action: "signed_in".into(),
        target: None,
        before: None,
        after: None,
        address: "192.0.2.1".into(),
        user_agent: String::new(),
        request_id: String::new(),
        impersonator: None,
        link: None,
    }
}

fn chained(ids: &[i64]) -> Vec<AuditRecord> {
    let mut head = Link::ORIGIN;
    let next = |id: &i64| {
        let record = record(*id);
        head = head.next(&record, &WeakHasher);
        AuditRecord { link: Some(head), ..record }
    };
    ids.iter().map(next).collect()
}

async fn walk(records: Vec<AuditRecord>, known: Link) -> Verification {
    let mut log = MockAuditLog::new();
    log.expect_head().returning(move || Ok(known));
    log.expect_chained_after().returning(move |number, _| {
        let after = |record: &&AuditRecord| record.link.is_some_and(|link| link.number > number);
        Ok(records.iter().filter(after).cloned().collect())
    });
    AuditService::new(Arc::new(log), Arc::new(WeakHasher)).walk().await.unwrap()
}

#[tokio::test]
async fn a_chain_that_nobody_touched_holds() {
    let records = chained(&[3, 4, 9]);
    let head = records[2].link.unwrap();
    assert_eq!(walk(records, head).await, Verification { head, broken: None });
    assert_eq!(walk(vec![], Link::ORIGIN).await, Verification { head: Link::ORIGIN, broken: None });
}

#[tokio::test]
async fn the_first_altered_record_is_named() {
    let alterations: [fn(&mut AuditRecord); 7] = [
        |record| record.id = 7,
        |record| record.at += chrono::TimeDelta::microseconds(1),
        |record| record.actor = None,
        |record| record.impersonator = Some(String::new()),
        |record| record.action.push('s'),
        |record| record.before = Some("{}".into()),
        |record| (record.address, record.user_agent) = (String::new(), record.address.clone()),
    ];
    for alter in alterations {
        let mut records = chained(&[3, 4, 9]);
        let head = records[2].link.unwrap();
        alter(&mut records[1]);
        let id = records[1].id;
        let found = walk(records.clone(), head).await;
        assert_eq!(
            found,
            Verification { head: records[0].link.unwrap(), broken: Some(Break::Altered { number: 2, id }) }
        );
    }
}

#[tokio::test]
async fn a_missing_record_is_named_wherever_it_was() {
    for missing in 0..3 {
        let mut records = chained(&[3, 4, 9]);
        let head = records[2].link.unwrap();
        records.remove(missing);
        let number = i64::try_from(missing).unwrap() + 1;
        assert_eq!(walk(records, head).await.broken, Some(Break::Missing { number }));
    }
}

#[tokio::test]
async fn what_is_chained_during_a_walk_does_not_disturb_it() {
    let records = chained(&[3, 4, 9]);
    let known = records[1].link.unwrap();
    assert_eq!(walk(records, known).await, Verification { head: known, broken: None });
}

#[tokio::test]
async fn new_records_come_behind_the_head() {
    let known = chained(&[3]).remove(0).link.unwrap();
    let expected: Vec<_> = chained(&[3, 5, 4])[1..].iter().map(|record| (record.id, record.link.unwrap())).collect();
    let mut log = MockAuditLog::new();
    log.expect_head().returning(move || Ok(known));
    log.expect_unchained().returning(|_| Ok(vec![record(5), record(4)]));
    log.expect_chain().withf(move |head, links| *head == known && links == expected).once().returning(|_, _| Ok(true));
    assert_eq!(AuditService::new(Arc::new(log), Arc::new(WeakHasher)).chain().await.unwrap(), 2);
}

#[tokio::test]
async fn the_log_is_shown_to_who_may_read_it() {
    let service = AuditService::new(Arc::new(MockAuditLog::new()), Arc::new(WeakHasher));
    let actor = Actor::new(user_id("ann"), PermissionSet::NONE);
    let refused = AccessError::Missing(Permission::AuditRead);
    assert!(
        matches!(service.list(&actor, &AuditQuery::default()).await, Err(AuditError::Access(error)) if error == refused)
    );
    assert!(matches!(service.verify(&actor).await, Err(AuditError::Access(error)) if error == refused));
}
