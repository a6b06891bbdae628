use actix_web::test::TestRequest;
use hexado_web::Readiness;

use crate::support::{Answer, Api, ORIGIN, anonymous, cookie};

async fn send(request: TestRequest) -> Answer {
    Api::untouched().send(request).await
}

fn post(path: &str) -> TestRequest {
    TestRequest::post().uri(path)
}

#[actix_web::test]
async fn what_is_no_route_is_404_with_nothing() {
    let requests = [
        TestRequest::get().uri("/api/auth/nope"),
        TestRequest::get().uri("/api/auth/sign-in/email"),
        TestRequest::get().uri("/api/auth/ok/"),
        TestRequest::get().uri("/api/auth//ok"),
        post("/api/auth/set-password"),
        TestRequest::delete().uri("/api/v1/auth/sign-out"),
    ];
    for request in requests {
        let answer = send(request).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (404, ""));
        assert_eq!(answer.header("content-type"), None);
        assert!(answer.header("x-request-id").is_some());
    }
}

#[actix_web::test]
async fn where_accounts_are_kept_elsewhere_it_is_told_where() {
    let mut api = Api::untouched();
    api.options.builtin_identity = false;
    let answers = async |api: &Api| {
        let wire = api.send(anonymous("POST", "/api/auth/sign-in/email", "{}")).await;
        assert_eq!(wire.refusal(), (404, "NOT_FOUND".into()));
        let ours = api.send(anonymous("POST", "/api/auth/login", "{}")).await;
        assert_eq!(ours.refusal(), (404, "not_found".into()));
        assert_eq!(wire.json()["message"], ours.json()["detail"]);
        ours.json()["detail"].as_str().unwrap().to_owned()
    };
    assert!(answers(&api).await.contains("kept by another server"));
    api.options.identity_server = Some("https://auth.example.com".into());
    assert!(answers(&api).await.contains("kept by https://auth.example.com"));
    assert_eq!(api.send(TestRequest::get().uri("/api/auth/jwks")).await.status.as_u16(), 200);
}

#[actix_web::test]
async fn our_own_routes_keep_our_own_words() {
    let answer = send(TestRequest::get().uri("/api/auth/login")).await;
    assert_eq!(answer.refusal(), (405, "method_not_allowed".into()));
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    assert_eq!(send(post("/api/auth/me")).await.refusal(), (405, "method_not_allowed".into()));
}

#[actix_web::test]
async fn the_wire_is_served_on_both_bases() {
    for path in ["/api/auth/ok", "/api/v1/auth/ok"] {
        let answer = send(TestRequest::get().uri(path)).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, r#"{"ok":true}"#));
        assert_eq!(answer.header("content-type"), Some("application/json"));
    }
}

#[actix_web::test]
async fn bodies_of_other_types_are_415() {
    let text = |path| post(path).insert_header(("content-type", "text/plain")).set_payload("{}");
    let answer = send(text("/api/auth/sign-in/email")).await;
    assert_eq!(answer.status.as_u16(), 415);
    assert_eq!(
        answer.text,
        r#"{"message":"Content-Type \"text/plain\" is not allowed. Allowed types: application/x-www-form-urlencoded, application/json","code":"UNSUPPORTED_MEDIA_TYPE"}"#
    );
    let answer = send(text("/api/auth/sign-out")).await;
    assert!(answer.text.contains("Allowed types: application/json\""), "{}", answer.text);
    let form = post("/api/auth/update-user").insert_header(("content-type", "application/x-www-form-urlencoded"));
    assert_eq!(send(form.set_payload("name=x")).await.status.as_u16(), 415);
    let relative = post("/api/auth/sign-in/email").insert_header(("content-type", "application/vnd.api+json"));
    assert_eq!(send(relative.set_payload("{}")).await.status.as_u16(), 415);
}

#[actix_web::test]
async fn a_body_without_a_type_is_none() {
    let answer = send(post("/api/auth/sign-in/email").set_payload("{}")).await;
    assert_eq!(answer.json()["message"], "[body] Invalid input: expected object, received undefined");
}

#[actix_web::test]
async fn a_target_that_is_no_text_is_400() {
    for (member, name) in [("callbackURL", "callbackURL"), ("redirectTo", "redirectURL")] {
        let body = format!(r#"{{"email":"ann@example.com","password":"x","{member}":7}}"#);
        let answer = send(anonymous("POST", "/api/auth/sign-in/email", &body)).await;
        assert_eq!(answer.text, format!(r#"{{"message":"Invalid {name}: expected a string"}}"#));
    }
}

#[actix_web::test]
async fn bodies_that_cannot_be_read_are_400_in_the_words_of_the_original() {
    let cases = [
        ("{", r#"{"message":"Invalid JSON in request body","code":"BAD_REQUEST"}"#),
        (
            "{}",
            r#"{"message":"[body.email] Invalid input: expected string, received undefined; [body.password] Invalid input: expected string, received undefined","code":"VALIDATION_ERROR"}"#,
        ),
        ("", r#"{"message":"[body] Invalid input: expected object, received undefined","code":"VALIDATION_ERROR"}"#),
        ("[1]", r#"{"message":"[body] Invalid input: expected object, received array","code":"VALIDATION_ERROR"}"#),
    ];
    for (body, expected) in cases {
        let answer = send(anonymous("POST", "/api/auth/sign-in/email", body)).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (400, expected));
    }
    let large = anonymous("POST", "/api/auth/sign-in/email", &"x".repeat(1024 * 1024 + 1));
    assert_eq!(send(large).await.refusal(), (413, "PAYLOAD_TOO_LARGE".into()));
}

#[actix_web::test]
async fn a_cookie_changes_something_only_from_a_trusted_origin() {
    let refusal = async |origin: Option<&str>| {
        let mut request = anonymous("POST", "/api/auth/update-session", "{}").insert_header(("cookie", cookie("ann")));
        if let Some(origin) = origin {
            request = request.insert_header(("origin", origin));
        }
        send(request).await.refusal()
    };
    assert_eq!(refusal(None).await, (403, "MISSING_OR_NULL_ORIGIN".into()));
    assert_eq!(refusal(Some("https://evil.example")).await, (403, "INVALID_ORIGIN".into()));
    assert_eq!(refusal(Some(ORIGIN)).await, (400, String::new()));
}

#[actix_web::test]
async fn nobody_is_signed_in_by_a_foreign_page() {
    let sign_in = || anonymous("POST", "/api/auth/sign-in/email", r#"{"email":"ann@example.com","password":"x"}"#);
    let foreign = send(sign_in().insert_header(("origin", "https://evil.example"))).await;
    assert_eq!(foreign.text, r#"{"message":"Invalid origin","code":"INVALID_ORIGIN"}"#);
    let silent = send(sign_in().insert_header(("sec-fetch-mode", "cors"))).await;
    assert_eq!(silent.text, r#"{"message":"Missing or null Origin","code":"MISSING_OR_NULL_ORIGIN"}"#);
    let target = r#"{"email":"ann@example.com","password":"x","callbackURL":"https://evil.example/x"}"#;
    let answer = send(anonymous("POST", "/api/auth/sign-in/email", target)).await;
    assert_eq!((answer.status.as_u16(), answer.code().as_str()), (403, "INVALID_CALLBACK_URL"));
}

#[actix_web::test]
async fn an_address_signs_in_three_times_in_ten_seconds_and_asks_for_three_mails_a_minute() {
    let mut api = Api::untouched();
    api.options.auth_rate_limit = true;
    for (path, wait) in [("/api/auth/sign-in/email", "4"), ("/api/auth/request-password-reset", "20")] {
        let request = |address: &str| anonymous("POST", path, "{}").peer_addr(address.parse().unwrap());
        for _ in 0..3 {
            assert_eq!(api.send(request("192.0.2.1:9")).await.status.as_u16(), 400);
        }
        let refused = api.send(request("192.0.2.1:9")).await;
        assert_eq!(refused.status.as_u16(), 429);
        assert_eq!(refused.text, r#"{"message":"Too many requests. Please try again later."}"#);
        assert_eq!((refused.header("retry-after"), refused.header("x-retry-after")), (Some(wait), Some(wait)));
        assert_eq!(api.send(request("192.0.2.2:9")).await.status.as_u16(), 400);
    }
    let login = anonymous("POST", "/api/auth/login", "{}").peer_addr("192.0.2.1:9".parse().unwrap());
    assert_eq!(api.send(login).await.refusal(), (429, "rate_limited".into()));
}

#[actix_web::test]
async fn what_the_server_refuses_is_told_in_the_words_of_the_wire() {
    let mut api = Api::untouched();
    api.deps.readiness = Readiness::starting().into();
    let answer = api.send(TestRequest::get().uri("/api/auth/get-session")).await;
    assert_eq!(answer.refusal(), (503, "STARTING".into()));
    assert_eq!(answer.header("x-retry-after"), Some("1"));
    let down = TestRequest::get().uri("/api/auth/get-session").insert_header(("authorization", "Bearer unavailable"));
    let answer = send(down).await;
    assert_eq!(answer.refusal(), (503, "UNAVAILABLE".into()));
    assert!(!answer.text.contains("10.0.0.7"), "{}", answer.text);
}

#[actix_web::test]
async fn the_error_page_shows_codes_only() {
    let page = send(TestRequest::get().uri("/api/auth/error?error=state_mismatch")).await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    assert!(page.text.contains("<code>state_mismatch</code>"));
    let page = send(TestRequest::get().uri("/api/auth/error?error=%3Cscript%3E")).await;
    assert!(page.text.contains("<code>UNKNOWN</code>") && !page.text.contains("<script>"));
}
