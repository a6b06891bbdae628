use actix_web::test::TestRequest;

use crate::support::{Api, anonymous, json, request};

#[actix_web::test]
async fn there_are_no_providers() {
    for route in ["sign-in/social", "link-social"] {
        let path = format!("/api/auth/{route}");
        let answer = Api::untouched().send(json("POST", &path, r#"{"provider":"github","callbackURL":"/"}"#)).await;
        assert_eq!(answer.status.as_u16(), 404, "{route}");
        assert_eq!(answer.text, r#"{"message":"Provider not found","code":"PROVIDER_NOT_FOUND"}"#);
        let answer = Api::untouched().send(json("POST", &path, "{}")).await;
        assert_eq!(answer.refusal(), (400, "VALIDATION_ERROR".into()), "{route}");
    }
}

#[actix_web::test]
async fn who_comes_back_from_a_provider_is_led_to_the_error_page() {
    for (query, error) in
        [("?code=x&state=y", "state_mismatch"), ("?code=x", "state_not_found"), ("", "state_not_found")]
    {
        let answer = Api::untouched().send(TestRequest::with_uri(&format!("/api/auth/callback/github{query}"))).await;
        assert_eq!(answer.status.as_u16(), 302, "{query}");
        let page = answer.header("location").unwrap();
        assert!(page.ends_with(&format!("/api/auth/error?error={error}")), "{page}");
    }
}

#[actix_web::test]
async fn there_are_no_accounts_of_providers() {
    for route in ["get-access-token", "refresh-token"] {
        let answer = Api::untouched().send(json("POST", &format!("/api/auth/{route}"), r#"{"accountId":"x"}"#)).await;
        assert_eq!(answer.text, r#"{"message":"Account not found","code":"ACCOUNT_NOT_FOUND"}"#, "{route}");
    }
    for body in ["{}", r#"{"accountId":7}"#, r#"{"useAccountCookie":false}"#] {
        let answer = Api::untouched().send(json("POST", "/api/auth/get-access-token", body)).await;
        assert_eq!(answer.text, r#"{"message":"[body] Invalid input","code":"VALIDATION_ERROR"}"#, "{body}");
    }
    let answer = Api::untouched().send(request("GET", "/api/auth/account-info?accountId=x")).await;
    assert_eq!(answer.refusal(), (400, "ACCOUNT_NOT_FOUND".into()));
}

#[actix_web::test]
async fn about_accounts_of_providers_nobody_is_told_anything() {
    let routes = [("POST", "get-access-token"), ("POST", "refresh-token"), ("GET", "account-info?accountId=x")];
    for (method, route) in routes {
        let request = anonymous(method, &format!("/api/auth/{route}"), r#"{"accountId":"x"}"#);
        let answer = Api::untouched().send(request).await;
        assert_eq!((answer.status.as_u16(), answer.text.as_str()), (401, ""), "{route}");
    }
}
