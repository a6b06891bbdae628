//! What needs a verified e-mail address.

use actix_web::test::TestRequest;
use hexado_domain::identity::{IdentityPolicy, User, VerifiedEmail};
use hexado_domain::page::Page;
use hexado_domain::task::MockTaskStore;
use hexado_domain::testing::fixtures::{signed_in, task, user};
use hexado_domain::testing::{MockIdentity, identity_policy};

use crate::support::{Answer, Api, everybody, json, request};

/// Ann's address is not verified; that of cid is.
fn people() -> MockIdentity {
    let mut identity = everybody();
    identity.users.checkpoint();
    identity.users.expect_find().returning(|id| {
        let email_verified = id.as_str() == "cid";
        Ok(Some(User { email_verified, ..user(id.as_str()) }))
    });
    identity.sessions.checkpoint();
    identity.sessions.expect_find().returning(|token, _| {
        let mut found = signed_in(token.as_str());
        found.user.email_verified = token.as_str() == "cid";
        Ok(Some(found))
    });
    identity.sessions.expect_find_by_id().returning(|_| Ok(Some(signed_in("ann"))));
    identity.sessions.expect_rotate().returning(|_| Ok(true));
    identity
}

async fn send(verified_email: VerifiedEmail, request: TestRequest) -> Answer {
    let mut tasks = MockTaskStore::new();
    tasks.expect_list().returning(|_, _| Ok(Page { items: vec![], more: false, total: None }));
    tasks.expect_create().returning(|_, _| Ok(task(1, "ann")));
    let policy = IdentityPolicy { verified_email, ..identity_policy() };
    Api::under(policy, tasks, people()).send(request).await
}

fn list() -> TestRequest {
    request("GET", "/api/tasks")
}

fn create() -> TestRequest {
    json("POST", "/api/tasks", r#"{"title": "Buy milk"}"#)
}

#[actix_web::test]
async fn an_unverified_address_is_refused_for_what_needs_a_verified_one() {
    for (verified_email, may_read, may_write) in [
        (VerifiedEmail::Optional, true, true),
        (VerifiedEmail::ToWrite, true, false),
        (VerifiedEmail::Always, false, false),
    ] {
        for (request, expected, allowed) in [(list(), 200, may_read), (create(), 201, may_write)] {
            let answer = send(verified_email, request).await;
            if allowed {
                assert_eq!(answer.status.as_u16(), expected, "{verified_email:?}");
            } else {
                assert_eq!(answer.refusal(), (403, "email_not_verified".into()), "{verified_email:?}");
            }
        }
    }
}

#[actix_web::test]
async fn who_has_a_verified_address_may_do_everything() {
    let by_cid = |request: TestRequest| request.insert_header(("authorization", "Bearer cid"));
    assert_eq!(send(VerifiedEmail::Always, by_cid(list())).await.status.as_u16(), 200);
    assert_eq!(send(VerifiedEmail::Always, by_cid(create())).await.status.as_u16(), 201);
}

#[actix_web::test]
async fn what_is_about_the_account_itself_needs_no_verified_address() {
    for (method, path) in [("GET", "/api/auth/me"), ("GET", "/api/auth/session"), ("POST", "/api/auth/refresh")] {
        let answer = send(VerifiedEmail::Always, request(method, path)).await;
        assert_eq!(answer.status.as_u16(), 200, "{method} {path}: {}", answer.text);
    }
}
