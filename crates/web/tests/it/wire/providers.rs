use crate::support::{Api, json, request};

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
async fn there_are_no_accounts_of_providers() {
    for route in ["get-access-token", "refresh-token"] {
        let answer = Api::untouched().send(json("POST", &format!("/api/auth/{route}"), r#"{"accountId":"x"}"#)).await;
        assert_eq!(answer.text, r#"{"message":"Account not found","code":"ACCOUNT_NOT_FOUND"}"#, "{route}");
    }
    let answer = Api::untouched().send(request("GET", "/api/auth/account-info?accountId=x")).await;
    assert_eq!(answer.refusal(), (400, "ACCOUNT_NOT_FOUND".into()));
}
