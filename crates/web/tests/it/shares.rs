use std::sync::{Arc, Mutex};

use hexado_domain::error::StoreError;
use hexado_domain::idempotency::{Attempt, Recorded};
use hexado_domain::page::Page;
use hexado_domain::task::share::{Access, Granted, MockShareStore, ShareGrant, Sharing};
use hexado_domain::task::{Expected, MockTaskStore, Task, TaskOutcome, Version, WriteTarget};
use hexado_domain::testing::fixtures::{sharing, task, user_id};
use serde_json::json;

use crate::support::{Api, json, request};

const SHARE_OF_BOB: &str = "/api/v1/tasks/7/shares/bob";

/// A store with a task of this owner that is shared with these users.
fn holding(owner: &'static str, shares: &'static [(&str, Access)]) -> MockTaskStore {
    let mut tasks = MockTaskStore::new();
    tasks.expect_find_for_write().returning(move |_, _, _| {
        let task = Task { version: Version::new(3), ..task(7, owner) };
        Ok(WriteTarget { task: Some(task), sharing: sharing(shares), recorded: None })
    });
    tasks
}

/// A store that takes any change.
fn willing() -> (MockShareStore, Arc<Mutex<Vec<ShareGrant>>>) {
    let grants: Arc<Mutex<Vec<ShareGrant>>> = Arc::default();
    let (mut shares, made) = (MockShareStore::new(), grants.clone());
    shares.expect_grant().returning(move |grant, _| {
        made.lock().unwrap().push(grant.clone());
        Ok(())
    });
    shares.expect_revoke().returning(|_, _| Ok(()));
    (shares, grants)
}

fn api(owner: &'static str, shares: &'static [(&str, Access)]) -> Api {
    Api::sharing(holding(owner, shares), willing().0)
}

#[actix_web::test]
async fn the_owner_lists_the_shares() {
    let api = api("ann", &[("bob", Access::View), ("cid", Access::Edit)]);
    for path in ["/api/v1/tasks/7/shares", "/api/users/me/tasks/7/shares"] {
        let answer = api.send(request("GET", path)).await;
        assert_eq!(
            answer.json(),
            json!([
                {"user_id": "bob", "access": "view", "created_at": "2026-11-21T12:00:00Z"},
                {"user_id": "cid", "access": "edit", "created_at": "2026-11-21T12:00:00Z"},
            ])
        );
    }
}

#[actix_web::test]
async fn a_new_share_is_201_and_one_that_is_there_200() {
    let (shares, grants) = willing();
    let api = Api::sharing(holding("ann", &[("cid", Access::View)]), shares);
    for (sharee, body, status) in [
        ("bob", r#"{"access": "view"}"#, 201),
        ("cid", r#"{"access": "edit"}"#, 200),
        ("cid", r#"{"access": "view"}"#, 200),
    ] {
        let answer = api.send(json("PUT", &format!("/api/v1/tasks/7/shares/{sharee}"), body)).await;
        assert_eq!(answer.status.as_u16(), status, "{}", answer.text);
        let access = serde_json::from_str::<serde_json::Value>(body).unwrap()["access"].clone();
        let share = json!({"user_id": sharee, "access": access, "created_at": "2026-11-21T12:00:00Z"});
        assert_eq!(answer.json(), share);
    }
    // What is that way already is not written.
    assert_eq!(grants.lock().unwrap().len(), 2);
}

#[actix_web::test]
async fn a_share_is_taken_back_by_the_owner_and_given_up_by_its_user() {
    let expected = |user: &str| json!({"message": "Task no longer shared", "user_id": user});
    let owned = api("ann", &[("bob", Access::View)]).send(request("DELETE", SHARE_OF_BOB)).await;
    assert_eq!((owned.status.as_u16(), owned.json()), (200, expected("bob")));
    let shared = api("cid", &[("ann", Access::View)]);
    for path in ["/api/tasks/7/shares/me", "/api/tasks/7/shares/ann", "/api/v1/users/ann/tasks/7/shares/me"] {
        let given_up = shared.send(request("DELETE", path)).await;
        assert_eq!((given_up.status.as_u16(), given_up.json()), (200, expected("ann")), "{path}");
    }
}

#[actix_web::test]
async fn what_a_sharee_may_not_do_is_403_and_says_what_is_missing() {
    let view: &[_] = &[("ann", Access::View), ("cid", Access::View)];
    let edit: &[_] = &[("ann", Access::Edit), ("cid", Access::View)];
    let cases = [
        (view, "PUT", "/api/v1/tasks/7", r#"{"title": "b"}"#, "edit"),
        (view, "PATCH", "/api/v1/tasks/7", r#"{"title": "b"}"#, "edit"),
        (view, "PATCH", "/api/v1/tasks/7/complete", "", "edit"),
        (view, "DELETE", "/api/v1/tasks/7", "", "owner"),
        (edit, "DELETE", "/api/v1/tasks/7", "", "owner"),
        (edit, "GET", "/api/v1/tasks/7/shares", "", "owner"),
        (edit, "PUT", SHARE_OF_BOB, r#"{"access": "view"}"#, "owner"),
        (edit, "PUT", "/api/v1/tasks/7/shares/me", r#"{"access": "edit"}"#, "owner"),
        (edit, "DELETE", "/api/v1/tasks/7/shares/cid", "", "owner"),
    ];
    for (shares, method, path, body, missing) in cases {
        let mut tasks = holding("bob", shares);
        tasks.expect_delete().returning(|_, _| Ok(false));
        let answer = Api::sharing(tasks, MockShareStore::new()).send(json(method, path, body)).await;
        assert_eq!(answer.refusal(), (403, "access_missing".into()), "{method} {path}");
        assert!(answer.text.contains(&format!("this needs `{missing}`")), "{}", answer.text);
    }
}

#[actix_web::test]
async fn who_may_edit_a_task_changes_and_completes_it() {
    for (method, path, body) in [
        ("PUT", "/api/v1/tasks/7", r#"{"title": "b"}"#),
        ("PATCH", "/api/v1/tasks/7", r#"{"title": "b"}"#),
        ("PATCH", "/api/v1/tasks/7/complete", ""),
    ] {
        let mut tasks = holding("bob", &[("ann", Access::Edit)]);
        tasks.expect_update().returning(|change, _| Ok(change.task.clone()));
        let answer = Api::new(tasks).send(json(method, path, body)).await;
        assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, Some("\"4\"")), "{method} {path}");
    }
}

#[actix_web::test]
async fn oneself_the_owner_unknown_and_banned_users_get_no_share() {
    let api = api("ann", &[]);
    for (sharee, refusal) in [
        ("me", (422, "share_with_owner")),
        ("ann", (422, "share_with_owner")),
        ("banned", (422, "share_with_banned")),
        ("nobody", (404, "user_not_found")),
        ("a%00b", (404, "not_found")),
        (&"x".repeat(256), (404, "not_found")),
    ] {
        let answer = api.send(json("PUT", &format!("/api/v1/tasks/7/shares/{sharee}"), r#"{"access": "view"}"#)).await;
        assert_eq!(answer.refusal(), (refusal.0, refusal.1.into()), "{sharee}");
    }
}

#[actix_web::test]
async fn the_51st_share_is_refused() {
    let mut tasks = MockTaskStore::new();
    tasks.expect_find_for_write().returning(|_, _, _| {
        let names: Vec<_> = (0..50).map(|i| format!("user{i}")).collect();
        let shares: Vec<_> = names.iter().map(|name| (name.as_str(), Access::View)).collect();
        Ok(WriteTarget { task: Some(task(7, "ann")), sharing: sharing(&shares), recorded: None })
    });
    let answer = Api::new(tasks).send(json("PUT", SHARE_OF_BOB, r#"{"access": "view"}"#)).await;
    assert_eq!(answer.refusal(), (422, "too_many_shares".into()));
}

#[actix_web::test]
async fn access_is_one_of_two_words_and_nothing_else_is_read() {
    let api = Api::untouched();
    for (body, pointer, code) in [
        (r#"{"access": "owner"}"#, "/access", "not_one_of"),
        (r#"{"access": "View"}"#, "/access", "not_one_of"),
        (r#"{"access": ""}"#, "/access", "not_one_of"),
        (r#"{"access": null}"#, "/access", "required"),
        (r#"{}"#, "/access", "required"),
        (r#"{"access": 1}"#, "/access", "wrong_type"),
        (r#"{"access": ["view"]}"#, "/access", "wrong_type"),
        (r#"{"access": "view", "access": "edit"}"#, "/access", "duplicate_field"),
        (r#"{"access": "view", "user_id": "root"}"#, "/user_id", "unknown_field"),
    ] {
        let answer = api.send(json("PUT", SHARE_OF_BOB, body)).await;
        assert_eq!(answer.status.as_u16(), 422, "{body}");
        assert_eq!(answer.faults(), [(pointer.to_owned(), code.to_owned())], "{body}");
    }
    assert_eq!(api.send(json("PUT", SHARE_OF_BOB, "{")).await.refusal(), (400, "json_invalid".into()));
    let form = request("PUT", SHARE_OF_BOB).insert_header(("content-type", "application/x-www-form-urlencoded"));
    assert_eq!(api.send(form.set_payload("access=view")).await.refusal(), (415, "media_type_unsupported".into()));
}

#[actix_web::test]
async fn another_user_in_the_path_is_403_unless_the_permission_is_held() {
    let api = api("bob", &[]);
    for (method, path, body) in [
        ("GET", "/api/v1/users/bob/tasks/7/shares", ""),
        ("PUT", "/api/v1/users/bob/tasks/7/shares/ann", r#"{"access": "edit"}"#),
        ("DELETE", "/api/v1/users/bob/tasks/7/shares/ann", ""),
    ] {
        assert_eq!(api.send(json(method, path, body)).await.refusal(), (403, "user_mismatch".into()), "{method}");
    }
    let by_root = json("PUT", "/api/v1/users/bob/tasks/7/shares/ann", r#"{"access": "edit"}"#);
    let by_root = api.send(by_root.insert_header(("authorization", "Bearer root"))).await;
    assert_eq!(by_root.status.as_u16(), 201);
}

#[actix_web::test]
async fn a_task_that_is_not_seen_has_no_shares() {
    let mut tasks = MockTaskStore::new();
    tasks.expect_find_for_write().returning(|_, _, _| Ok(WriteTarget::default()));
    let api = Api::new(tasks);
    for (method, path, body) in [
        ("GET", "/api/v1/tasks/7/shares", ""),
        ("PUT", SHARE_OF_BOB, r#"{"access": "edit"}"#),
        ("DELETE", SHARE_OF_BOB, ""),
        ("DELETE", "/api/v1/tasks/07/shares/bob", ""),
    ] {
        assert_eq!(api.send(json(method, path, body)).await.refusal(), (404, "task_not_found".into()), "{method}");
    }
    let gone = self::api("ann", &[]).send(request("DELETE", SHARE_OF_BOB)).await;
    assert_eq!(gone.refusal(), (404, "share_not_found".into()));
}

#[actix_web::test]
async fn if_match_names_versions_of_the_task() {
    let api = api("ann", &[("cid", Access::View)]);
    for (method, path, body) in
        [("PUT", SHARE_OF_BOB, r#"{"access": "edit"}"#), ("DELETE", "/api/v1/tasks/7/shares/cid", "")]
    {
        let stale = api.send(json(method, path, body).insert_header(("if-match", "\"2\""))).await;
        assert_eq!(stale.refusal(), (412, "version_mismatch".into()), "{method}");
        assert_eq!(stale.json()["current_version"], 3);
        let present = api.send(json(method, path, body).insert_header(("if-match", "\"3\""))).await;
        assert!(present.status.is_success(), "{method}");
    }
}

#[actix_web::test]
async fn what_if_match_names_reaches_the_store() {
    let (shares, grants) = willing();
    let api = Api::sharing(holding("ann", &[]), shares);
    let put = json("PUT", SHARE_OF_BOB, r#"{"access": "edit"}"#).insert_header(("if-match", "\"3\""));
    api.send(put).await;
    let grants = grants.lock().unwrap();
    assert_eq!(grants[0].expected, Expected::OneOf(vec![Version::new(3)]));
    assert_eq!(grants[0].event.actor, Some(user_id("ann")));
    assert_eq!(grants[0].outcome.share.user_id, user_id("bob"));
}

#[actix_web::test]
async fn a_repeated_request_is_answered_as_before_and_marked() {
    let first: Arc<Mutex<Option<Attempt>>> = Arc::default();
    let (writer, reader) = (first.clone(), first);
    let mut tasks = MockTaskStore::new();
    tasks.expect_find_for_write().returning(move |_, _, _| {
        let recorded = reader.lock().unwrap().as_ref().map(|attempt: &Attempt| {
            let granted = Granted { share: sharing(&[("bob", Access::Edit)]).shares.remove(0), is_new: true };
            Recorded { fingerprint: attempt.fingerprint, outcome: TaskOutcome::Granted(granted) }
        });
        Ok(WriteTarget { task: Some(task(7, "ann")), sharing: Sharing::default(), recorded })
    });
    let mut shares = MockShareStore::new();
    shares.expect_grant().once().returning(move |_, attempt| {
        *writer.lock().unwrap() = attempt.cloned();
        Ok(())
    });
    let api = Api::sharing(tasks, shares);
    let send =
        async |body: &str| api.send(json("PUT", SHARE_OF_BOB, body).insert_header(("idempotency-key", "k"))).await;
    let (once, twice) = (send(r#"{"access": "edit"}"#).await, send(r#"{"access": "edit"}"#).await);
    assert_eq!((once.status.as_u16(), twice.status.as_u16()), (201, 201));
    assert_eq!(once.text, twice.text);
    assert_eq!((once.header("idempotency-replayed"), twice.header("idempotency-replayed")), (None, Some("true")));
    assert_eq!(send(r#"{"access": "view"}"#).await.refusal(), (422, "idempotency_key_reused".into()));
}

#[actix_web::test]
async fn a_request_that_is_still_running_elsewhere_is_409() {
    let mut shares = MockShareStore::new();
    shares.expect_grant().returning(|_, _| Err(StoreError::InFlight));
    shares.expect_revoke().returning(|_, _| Err(StoreError::InFlight));
    let api = Api::sharing(holding("ann", &[("bob", Access::View)]), shares);
    for (method, body) in [("PUT", r#"{"access": "edit"}"#), ("DELETE", "")] {
        let answer = api.send(json(method, SHARE_OF_BOB, body).insert_header(("idempotency-key", "k"))).await;
        assert_eq!(answer.refusal(), (409, "idempotency_in_flight".into()));
    }
}

#[actix_web::test]
async fn shared_tasks_are_asked_for_by_name() {
    for (query, expected) in [("", Some(false)), ("?shared=false", Some(false)), ("?shared=true", Some(true))] {
        let mut tasks = MockTaskStore::new();
        tasks.expect_list().returning(move |_, query| {
            assert_eq!(Some(query.filter.shared), expected);
            Ok(Page { items: vec![task(9, "bob")], more: false, total: None })
        });
        let answer = Api::new(tasks).send(request("GET", &format!("/api/v1/tasks{query}"))).await;
        assert_eq!(answer.json()[0]["user_id"], "bob");
    }
    let wrong = Api::untouched().send(request("GET", "/api/v1/tasks?shared=bob")).await;
    assert_eq!(wrong.faults(), [("/query/shared".to_owned(), "invalid_parameter".to_owned())]);
}
