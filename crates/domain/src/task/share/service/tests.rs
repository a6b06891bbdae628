use mockall::Sequence;

use super::*;
use crate::access::PermissionSet;
use crate::error::{ErrorKind, Fault};
use crate::identity::{MockUserStore, User};
use crate::task::share::{MockShareStore, ShareGrant, ShareRevocation};
use crate::task::{MockTaskStore, WriteTarget};
use crate::testing::FixedClock;
use crate::testing::fixtures::{actor, attempt, noon, sharing, task, task_id, user, user_id};
use crate::version::Version;

fn service(tasks: MockTaskStore, shares: MockShareStore) -> ShareService {
    let mut users = MockUserStore::new();
    users.expect_find().returning(|id| {
        let name = id.as_str();
        Ok((name != "nobody").then(|| User { banned: name == "banned", ..user(name) }))
    });
    ShareService::new(Arc::new(tasks), Arc::new(shares), Arc::new(users), Arc::new(FixedClock::at(noon())))
}

/// A store with a task of ann's that is shared with bob, who may view it, and with cid, who may edit it.
fn holding() -> MockTaskStore {
    let mut tasks = MockTaskStore::new();
    tasks.expect_find_for_write().returning(|user, _, _| {
        let sharing = sharing(&[("bob", Access::View), ("cid", Access::Edit)]);
        let task = task(1, "ann");
        let seen = rules::reach(&task, &sharing, user).is_some();
        Ok(if seen { WriteTarget { task: Some(task), sharing, recorded: None } } else { WriteTarget::default() })
    });
    tasks
}

fn request(sharee: &str) -> ShareRequest {
    ShareRequest {
        owner: Owner::Caller,
        task_id: task_id(1),
        sharee: Owner::User(user_id(sharee)),
        expected: Expected::Any,
        attempt: None,
        visitor: Visitor::default(),
    }
}

fn keyed(sharee: &str, key: &str) -> ShareRequest {
    ShareRequest { attempt: Some(attempt("ann", key, 7)), ..request(sharee) }
}

#[tokio::test]
async fn a_grant_is_made_from_the_sharing_that_was_read_and_tells_who_made_it() {
    let mut shares = MockShareStore::new();
    shares.expect_grant().once().returning(|_, _| Ok(())).withf(|grant: &ShareGrant, attempt| {
        let event =
            AuditEvent::by(Action::TaskShared, &user_id("ann"), Target::Task(task_id(1)), &Visitor::default(), noon());
        let changes = vec![FieldChange::to("sharee", "dan"), FieldChange::to("access", "edit")];
        let made = (grant.task_id, grant.owner.as_str(), grant.made_from) == (task_id(1), "ann", 2);
        made && grant.event == event.with(changes) && attempt.is_none()
    });
    let written = service(holding(), shares).grant(&actor("ann"), &request("dan"), Access::Edit).await.unwrap();
    let share = Share { user_id: user_id("dan"), access: Access::Edit, created_at: noon() };
    assert_eq!(written, Written::now(Granted { share, is_new: true }));
}

#[tokio::test]
async fn a_change_of_access_and_a_revocation_tell_what_there_was_before() {
    let mut shares = MockShareStore::new();
    shares.expect_grant().once().returning(|_, _| Ok(())).withf(|grant: &ShareGrant, _| {
        let sharee = FieldChange { field: "sharee", before: Some("bob".into()), after: Some("bob".into()) };
        let access = FieldChange { field: "access", before: Some("view".into()), after: Some("edit".into()) };
        grant.event.changes == [sharee, access]
    });
    shares.expect_revoke().once().returning(|_, _| Ok(())).withf(|revocation: &ShareRevocation, _| {
        let sharee = FieldChange { field: "sharee", before: Some("bob".into()), after: None };
        let access = FieldChange { field: "access", before: Some("view".into()), after: None };
        revocation.event.action == Action::TaskUnshared && revocation.event.changes == [sharee, access]
    });
    let service = service(holding(), shares);
    service.grant(&actor("ann"), &request("bob"), Access::Edit).await.unwrap();
    service.revoke(&actor("ann"), &request("bob")).await.unwrap();
}

#[tokio::test]
async fn only_the_owner_lists_and_grants() {
    let service = service(holding(), MockShareStore::new());
    let listed = service.list(&actor("ann"), &Owner::Caller, task_id(1)).await.unwrap();
    assert_eq!(listed, sharing(&[("bob", Access::View), ("cid", Access::Edit)]).shares);
    for (user, code) in [("bob", "access_missing"), ("cid", "access_missing"), ("dan", "task_not_found")] {
        let list = service.list(&actor(user), &Owner::Caller, task_id(1)).await;
        assert_eq!(list.unwrap_err().code(), code, "{user}");
        let grant = service.grant(&actor(user), &request(user), Access::Edit).await;
        assert_eq!(grant.unwrap_err().code(), code, "{user}");
    }
}

#[tokio::test]
async fn another_users_shares_are_refused_before_any_look_up() {
    let service = service(MockTaskStore::new(), MockShareStore::new());
    let request = ShareRequest { owner: Owner::User(user_id("bob")), ..request("cid") };
    let refusals = [
        service.list(&actor("ann"), &request.owner, task_id(1)).await.err(),
        service.grant(&actor("ann"), &request, Access::View).await.err(),
        service.revoke(&actor("ann"), &request).await.err(),
    ];
    for refusal in refusals {
        assert_eq!(refusal.unwrap().code(), "user_mismatch");
    }
}

#[tokio::test]
async fn an_admin_grants_in_the_name_of_the_owner_and_is_told_of_as_who_did_it() {
    let mut shares = MockShareStore::new();
    let by_root = |grant: &ShareGrant, _: &Option<&Attempt>| {
        (grant.owner.as_str(), grant.event.actor.as_ref()) == ("ann", Some(&user_id("root")))
    };
    shares.expect_grant().once().withf(by_root).returning(|_, _| Ok(()));
    let admin = Actor::new(user_id("root"), PermissionSet::ALL);
    let request = ShareRequest { owner: Owner::User(user_id("ann")), ..request("dan") };
    assert!(service(holding(), shares).grant(&admin, &request, Access::View).await.is_ok());
}

#[tokio::test]
async fn unknown_and_banned_users_and_the_owner_are_refused() {
    let service = service(holding(), MockShareStore::new());
    for (sharee, kind, code) in [
        ("nobody", ErrorKind::NotFound, "user_not_found"),
        ("banned", ErrorKind::Invalid, "share_with_banned"),
        ("ann", ErrorKind::Invalid, "share_with_owner"),
    ] {
        let refusal = service.grant(&actor("ann"), &request(sharee), Access::View).await.unwrap_err();
        assert_eq!((refusal.kind(), refusal.code()), (kind, code));
    }
    let oneself = ShareRequest { sharee: Owner::Caller, ..request("") };
    let refusal = service.grant(&actor("ann"), &oneself, Access::View).await.unwrap_err();
    assert_eq!(refusal.code(), "share_with_owner");
}

#[tokio::test]
async fn a_user_who_ends_while_a_task_is_shared_with_them_is_unknown() {
    let mut shares = MockShareStore::new();
    shares.expect_grant().returning(|_, _| Err(StoreError::Conflict { constraint: OWNER_CONSTRAINT.into() }));
    let result = service(holding(), shares).grant(&actor("ann"), &request("dan"), Access::View).await;
    assert_eq!(result.unwrap_err().code(), "user_not_found");
}

#[tokio::test]
async fn a_grant_that_was_overtaken_is_made_anew_from_what_there_is_then() {
    let (mut tasks, mut shares, mut order) = (MockTaskStore::new(), MockShareStore::new(), Sequence::new());
    for revision in [2, 3] {
        tasks.expect_find_for_write().once().in_sequence(&mut order).returning(move |_, _, _| {
            let sharing = Sharing { revision, ..Sharing::default() };
            Ok(WriteTarget { task: Some(task(1, "ann")), sharing, recorded: None })
        });
        shares
            .expect_grant()
            .withf(move |grant, _| grant.made_from == revision)
            .once()
            .in_sequence(&mut order)
            .returning(move |_, _| if revision == 2 { Err(StoreError::Stale) } else { Ok(()) });
    }
    assert!(service(tasks, shares).grant(&actor("ann"), &request("dan"), Access::View).await.is_ok());
}

#[tokio::test]
async fn a_share_that_is_that_way_already_is_recorded_with_its_key_and_not_written_without() {
    let mut tasks = holding();
    tasks.expect_record().once().returning(|_, outcome| {
        assert!(matches!(outcome, TaskOutcome::Granted(granted) if !granted.is_new), "{outcome:?}");
        Ok(())
    });
    let service = service(tasks, MockShareStore::new());
    for request in [request("bob"), keyed("bob", "key")] {
        let written = service.grant(&actor("ann"), &request, Access::View).await.unwrap();
        assert_eq!((written.replayed, written.outcome.is_new), (false, false));
    }
}

#[tokio::test]
async fn a_repeated_request_gets_the_first_outcome_though_the_task_is_gone() {
    let recorded = |outcome| {
        let mut tasks = MockTaskStore::new();
        tasks.expect_find_for_write().returning(move |_, _, _| {
            let outcome: TaskOutcome = TaskOutcome::clone(&outcome);
            Ok(WriteTarget { recorded: Some(Recorded { fingerprint: [7; 32], outcome }), ..WriteTarget::default() })
        });
        service(tasks, MockShareStore::new())
    };
    let granted = Granted { share: sharing(&[("dan", Access::View)]).shares.remove(0), is_new: true };
    let of_grant = recorded(TaskOutcome::Granted(granted.clone()));
    let again = of_grant.grant(&actor("ann"), &keyed("dan", "key"), Access::View).await.unwrap();
    assert_eq!(again, Written::earlier(granted));
    assert_eq!(
        of_grant.revoke(&actor("ann"), &keyed("dan", "key")).await.unwrap_err().code(),
        "idempotency_key_reused"
    );

    let of_revocation = recorded(TaskOutcome::Revoked(user_id("bob")));
    let again = of_revocation.revoke(&actor("ann"), &keyed("bob", "key")).await.unwrap();
    assert_eq!(again, Written::earlier(user_id("bob")));
}

#[tokio::test]
async fn another_version_than_the_expected_one_is_stale() {
    let service = service(holding(), MockShareStore::new());
    let request = ShareRequest { expected: Expected::OneOf(vec![Version::new(9)]), ..request("bob") };
    let refusals = [
        service.grant(&actor("ann"), &request, Access::Edit).await.err(),
        service.revoke(&actor("ann"), &request).await.err(),
    ];
    for refusal in refusals {
        assert!(matches!(refusal, Some(ShareError::Task(TaskError::Stale { current })) if current == Version::FIRST));
    }
}

#[tokio::test]
async fn a_share_is_taken_back_by_the_owner_or_given_up() {
    for (user, sharee) in [("ann", Owner::User(user_id("bob"))), ("bob", Owner::Caller)] {
        let mut shares = MockShareStore::new();
        shares.expect_revoke().once().returning(|_, _| Ok(())).withf(|revocation: &ShareRevocation, _| {
            (revocation.owner.as_str(), revocation.outcome.as_str(), revocation.made_from) == ("ann", "bob", 2)
        });
        let request = ShareRequest { sharee, ..request("") };
        let written = service(holding(), shares).revoke(&actor(user), &request).await.unwrap();
        assert_eq!(written, Written::now(user_id("bob")));
    }
}
