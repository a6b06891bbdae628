use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::test::TestRequest;
use chrono::TimeDelta;

use crate::support::{Answer, Api, ORIGIN, cookie, signed};
use crate::wire::aged;

async fn call(authorization: &[&str]) -> Answer {
    let mut request = TestRequest::with_uri("/api/v1/tasks/x");
    for value in authorization {
        request = request.append_header(("authorization", *value));
    }
    Api::untouched().send(request).await
}

#[actix_web::test]
async fn without_a_credential_the_challenge_names_no_error() {
    for authorization in [&[][..], &["Basic YTpi"], &["Bearer"], &[""]] {
        let answer = call(authorization).await;
        assert_eq!(answer.refusal(), (401, "not_authenticated".into()), "{authorization:?}");
        assert_eq!(answer.json()["detail"], "Not authenticated");
        assert_eq!(answer.header("www-authenticate"), Some("Bearer"));
    }
}

#[actix_web::test]
async fn a_bad_credential_is_told_apart_by_its_code_only() {
    let cases = [
        ("jwt.expired.signed", "token_expired"),
        ("jwt.forged.signed", "token_invalid"),
        ("jwt.banned.signed", "user_banned"),
        ("nobody", "session_expired"),
        ("ann.wrong-signature", "token_invalid"),
    ];
    for (token, code) in cases {
        let answer = call(&[&format!("bearer {token}")]).await;
        assert_eq!(answer.refusal(), (401, code.into()));
        assert!(answer.header("www-authenticate").unwrap().contains(r#"error="invalid_token""#));
        assert!(!answer.text.contains("signature"), "{}", answer.text);
    }
    assert_eq!(call(&["Bearer jwt.forged.signed"]).await.json()["detail"], "Invalid or expired token");
}

#[actix_web::test]
async fn a_credential_that_cannot_be_judged_at_the_moment_is_503() {
    for token in ["jwt.unavailable.signed", "unavailable"] {
        let answer = call(&[&format!("Bearer {token}")]).await;
        assert_eq!(answer.refusal(), (503, "unavailable".into()), "{token}");
        assert!(answer.header("retry-after").is_some());
    }
}

#[actix_web::test]
async fn two_credentials_are_400() {
    assert_eq!(call(&["Bearer ann", "Bearer bob"]).await.refusal(), (400, "credentials_ambiguous".into()));
}

#[actix_web::test]
async fn a_good_credential_opens_the_api() {
    for token in ["ann".to_owned(), "jwt.ann.signed".to_owned(), signed("ann")] {
        assert_eq!(call(&[&format!("Bearer {token}")]).await.refusal(), (404, "task_not_found".into()), "{token}");
    }
}

#[actix_web::test]
async fn the_session_cookie_is_a_credential_only_with_its_signature() {
    let send = async |value: &str| {
        let request = TestRequest::with_uri("/api/v1/tasks/0").insert_header(("cookie", value));
        Api::untouched().send(request).await.refusal().1
    };
    assert_eq!(send(&cookie("ann")).await, "task_not_found");
    assert_eq!(send("better-auth.session_token=ann").await, "token_invalid");
    assert_eq!(send(&format!("__Secure-{}", cookie("ann"))).await, "not_authenticated");
}

#[actix_web::test]
async fn what_took_a_credential_is_never_stored() {
    for authorization in [&[][..], &["Bearer ann"]] {
        assert_eq!(call(authorization).await.header("cache-control"), Some("no-store"));
    }
}

#[actix_web::test]
async fn a_cookie_is_a_credential_but_changes_something_only_from_a_trusted_origin() {
    let send = async |method: &str, origin: Option<&str>| {
        let mut request = TestRequest::with_uri("/api/v1/tasks/0")
            .method(method.parse().unwrap())
            .insert_header(("cookie", "access_token=ann"));
        if let Some(origin) = origin {
            request = request.insert_header(("origin", origin));
        }
        Api::untouched().send(request).await.refusal()
    };
    assert_eq!(send("GET", None).await, (404, "task_not_found".into()));
    assert_eq!(send("DELETE", Some(ORIGIN)).await, (404, "task_not_found".into()));
    assert_eq!(send("DELETE", None).await, (403, "csrf_origin".into()));
    assert_eq!(send("DELETE", Some("https://evil.example")).await, (403, "csrf_origin".into()));
}

#[actix_web::test]
async fn a_token_in_the_query_string_is_no_credential() {
    let answer = Api::untouched().send(TestRequest::with_uri("/api/v1/tasks?access_token=ann")).await;
    assert_eq!(answer.refusal(), (401, "not_authenticated".into()));
}

/// The answer of a product route in a session that began two days ago, and whether the session was extended.
async fn call_in_old_session(header: (&str, &str), path: &str) -> (Answer, bool) {
    let (mut identity, extended) = (aged(TimeDelta::days(2)), Arc::new(AtomicBool::new(false)));
    let noted = Arc::clone(&extended);
    identity.sessions.expect_extend().returning(move |_| {
        noted.store(true, Ordering::Relaxed);
        Ok(true)
    });
    let answer = Api::of(identity).send(TestRequest::get().uri(path).insert_header(header)).await;
    (answer, extended.load(Ordering::Relaxed))
}

#[actix_web::test]
async fn a_browser_whose_session_is_extended_gets_its_cookie_again() {
    for path in ["/api/v1/tasks/x", "/api/v1/nowhere"] {
        let (answer, extended) = call_in_old_session(("cookie", &cookie("ann")), path).await;
        assert_eq!((answer.status.as_u16(), extended), (404, true), "{path}");
        let expected = format!("{}; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax", cookie("ann"));
        assert_eq!(answer.cookies(), [expected], "{path}");
    }
}

#[actix_web::test]
async fn a_client_without_cookies_gets_none_when_its_session_is_extended() {
    let (answer, extended) = call_in_old_session(("authorization", "Bearer ann"), "/api/v1/tasks/x").await;
    assert_eq!((answer.status.as_u16(), extended), (404, true));
    assert!(answer.cookies().is_empty());
}

#[actix_web::test]
async fn a_session_that_shall_end_with_the_browser_is_not_extended() {
    let brief = format!("{}; {}", cookie("ann"), cookie("true").replace("session_token", "dont_remember"));
    let (answer, extended) = call_in_old_session(("cookie", &brief), "/api/v1/tasks/x").await;
    assert_eq!((answer.status.as_u16(), extended), (404, false));
    assert!(answer.cookies().is_empty());
}
