use std::collections::BTreeSet;

use actix_web::test::TestRequest;
use hexado_domain::identity::{PasswordHash, TokenError};
use serde_json::Value;

use crate::support::{Api, everybody, request};

fn document() -> Value {
    serde_json::from_str(&hexado_web::openapi()).unwrap()
}

/// Path, method and operation of everything in the document.
fn operations(document: &Value) -> Vec<(String, String, Value)> {
    let methods = ["get", "post", "put", "patch", "delete"];
    let paths = document["paths"].as_object().unwrap();
    paths
        .iter()
        .flat_map(|(path, item)| {
            methods.iter().filter_map(move |method| {
                item.get(method).map(|operation| (path.clone(), method.to_uppercase(), operation.clone()))
            })
        })
        .collect()
}

#[actix_web::test]
async fn the_document_is_served_and_is_openapi_3_1_with_both_bases() {
    let answer = Api::untouched().send(TestRequest::with_uri("/openapi.json")).await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.json(), document());
    assert!(document()["openapi"].as_str().unwrap().starts_with("3.1"));
    assert_eq!(document()["servers"], serde_json::json!([{"url": "/api/v1"}, {"url": "/api"}]));
}

#[test]
fn every_operation_is_described_and_named_once() {
    let mut ids = BTreeSet::new();
    for (path, method, operation) in operations(&document()) {
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()), "{method} {path}");
        assert!(operation["tags"].as_array().is_some_and(|tags| tags.len() == 1), "{method} {path}");
        let id = operation["operationId"].as_str().unwrap().to_owned();
        assert!(ids.insert(id), "{method} {path}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(parameter["description"].is_string(), "{parameter} of {method} {path}");
        }
        for (status, response) in operation["responses"].as_object().unwrap() {
            let described = response["description"].as_str().is_some_and(|text| !text.is_empty());
            assert!(described || response["$ref"].is_string(), "{status} of {method} {path}");
        }
    }
    assert!(ids.len() >= 19, "{ids:?}");
}

#[test]
fn every_reference_leads_somewhere() {
    fn check(value: &Value, document: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    assert!(document.pointer(&reference[1..]).is_some(), "{reference}");
                }
                members.values().for_each(|value| check(value, document));
            }
            Value::Array(items) => items.iter().for_each(|value| check(value, document)),
            _ => {}
        }
    }
    check(&document(), &document());
}

/// Where everything that is asked without a credential gets some answer.
fn patient() -> Api {
    let mut identity = everybody();
    identity.passwords.expect_hash().returning(|_| Ok(PasswordHash::from_stored("hash".into())));
    identity.passwords.expect_pretend().returning(|_| Ok(()));
    identity.accounts.expect_candidate().returning(|_| Ok(None));
    identity.accounts.expect_register().returning(|_| Ok(()));
    identity.users.expect_find_by_email().returning(|_| Ok(None));
    identity.verifications.expect_find().returning(|_| Ok(None));
    identity.signer.expect_read_email_token().returning(|_, _| Err(TokenError::Invalid("no".into())));
    Api::of(identity)
}

/// A path of the document with its base, its parameters and those of its query that must be there.
fn filled(path: &str, operation: &Value) -> String {
    let base = if path.starts_with("/health") { "" } else { "/api/v1" };
    let names = [
        ("{id}", "7"),
        ("{user_id}", "me"),
        ("{session_id}", "s"),
        ("{token}", "t"),
        ("{name}", "n"),
        ("{block_id}", "7"),
        ("{sharee_id}", "bob"),
    ];
    let path = names.iter().fold(path.to_owned(), |path, (name, value)| path.replace(name, value));
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let needed = parameters.filter(|parameter| parameter["in"] == "query" && parameter["required"] == true);
    let query: Vec<_> = needed.map(|parameter| format!("{}=t", parameter["name"].as_str().unwrap())).collect();
    format!("{base}{path}?{}", query.join("&"))
}

/// A body that the operation can read: what it needs, or else the first thing that it knows.
fn body(document: &Value, operation: &Value) -> Option<Value> {
    let schema = meant(document, &operation["requestBody"]["content"].as_object()?.get("application/json")?["schema"]);
    let properties = schema["properties"].as_object().cloned().unwrap_or_default();
    let needed: Vec<_> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let least = if needed.is_empty() { properties.keys().take(1).map(String::as_str).collect() } else { needed };
    let value = |name: &str| match &meant(document, &properties[name])["example"] {
        Value::Null if name.contains("URL") => "/".into(),
        Value::Null if name.contains("mail") => "ann@example.com".into(),
        Value::Null => "password-1".into(),
        example => example.clone(),
    };
    Some(least.iter().map(|name| ((*name).to_owned(), value(name))).collect())
}

/// The schema itself, or the one that it refers to.
fn meant<'a>(document: &'a Value, schema: &'a Value) -> &'a Value {
    schema["$ref"].as_str().map_or(schema, |reference| document.pointer(&reference[1..]).unwrap())
}

/// What a route says to whom it does not know, and nobody else.
const WHO_ARE_YOU: [&str; 3] = ["not_authenticated", "UNAUTHORIZED", "FAILED_TO_GET_USER_INFO"];

#[actix_web::test]
async fn every_documented_operation_has_a_route_and_asks_for_the_credential_that_it_names() {
    let (document, api) = (document(), patient());
    for (path, method, operation) in operations(&document) {
        let mut request = TestRequest::with_uri(&filled(&path, &operation)).method(method.parse().unwrap());
        if let Some(body) = body(&document, &operation) {
            request = request.set_json(body);
        }
        let answer = api.send(request).await;
        let code = serde_json::from_str::<Value>(&answer.text).unwrap_or_default()["code"].clone();
        let said = format!("{} {method} {path}: {}", answer.status, answer.text);
        assert!(![405, 500, 503].contains(&answer.status.as_u16()) || path == "/auth/get-session", "{said}");
        assert!(answer.status.as_u16() != 404 || code.is_string(), "{said}");
        // Some routes of the wire say it without a word.
        let wordless = answer.status.as_u16() == 401 && answer.text.is_empty();
        let asks = wordless || code.as_str().is_some_and(|code| WHO_ARE_YOU.contains(&code));
        assert_eq!(asks, is_guarded(&operation), "{said}");
    }
}

/// Whether an operation needs one of its credentials.
fn is_guarded(operation: &Value) -> bool {
    let ways = operation["security"].as_array();
    ways.is_some_and(|ways| ways.iter().all(|way| way.as_object().is_some_and(|schemes| !schemes.is_empty())))
}

#[test]
fn every_credential_is_explained_and_says_where_to_get_it() {
    let document = document();
    let schemes = &document["components"]["securitySchemes"];
    for (path, method, operation) in operations(&document) {
        let ways = operation["security"].as_array().into_iter().flatten();
        let named: Vec<_> = ways.flat_map(|way| way.as_object().unwrap().keys()).collect();
        assert!(named.is_empty() || named == ["bearer", "session"], "{method} {path}: {named:?}");
    }
    assert_eq!((&schemes["bearer"]["type"], &schemes["bearer"]["scheme"]), (&"http".into(), &"bearer".into()));
    assert_eq!((&schemes["session"]["type"], &schemes["session"]["in"]), (&"apiKey".into(), &"cookie".into()));
    for scheme in ["bearer", "session"] {
        assert!(schemes[scheme]["description"].as_str().unwrap().contains("POST /auth/login"), "{scheme}");
    }
    assert!(document["paths"]["/auth/login"]["post"].is_object());
}

#[test]
fn the_document_names_the_fields_that_are_read() {
    let document = document();
    let schema = |name: &str| -> BTreeSet<String> {
        document["components"]["schemas"][name]["properties"].as_object().unwrap().keys().cloned().collect()
    };
    let writable = ["title", "description", "completed", "status", "category", "priority", "due_at"];
    for name in ["CreateTask", "ReplaceTask", "UpdateTask"] {
        assert_eq!(schema(name), writable.map(str::to_owned).into(), "{name}");
    }
    let read_only = ["id", "user_id", "version", "completed_at", "created_at", "updated_at"];
    let all: BTreeSet<String> = writable.into_iter().chain(read_only).map(str::to_owned).collect();
    assert_eq!(schema("Task"), all);
}

#[actix_web::test]
async fn swagger_ui_is_served_from_this_server_alone() {
    let api = Api::untouched();
    let redirect = api.send(TestRequest::with_uri("/docs")).await;
    assert_eq!((redirect.status.as_u16(), redirect.header("location")), (308, Some("/docs/")));
    let page = api.send(TestRequest::with_uri("/docs/")).await;
    assert_eq!(page.status.as_u16(), 200);
    assert!(page.text.contains("swagger-ui") && !page.text.contains("https://"), "{}", page.text);
    assert!(page.header("content-security-policy").unwrap().contains("script-src 'self'"));
    let script = api.send(TestRequest::with_uri("/docs/swagger-ui-bundle.js")).await;
    assert_eq!(script.status.as_u16(), 200);
    let initializer = api.send(TestRequest::with_uri("/docs/swagger-initializer.js")).await;
    assert!(initializer.text.contains("/openapi.json"), "{}", initializer.text);
    let missing = api.send(TestRequest::with_uri("/docs/nope")).await;
    assert_eq!(missing.refusal(), (404, "not_found".into()));
}

#[actix_web::test]
async fn documents_can_be_switched_off() {
    let mut api = Api::untouched();
    api.options.api_docs = false;
    for path in ["/docs", "/docs/", "/openapi.json"] {
        assert_eq!(api.send(request("GET", path)).await.refusal(), (404, "not_found".into()), "{path}");
    }
}

#[actix_web::test]
async fn the_key_set_is_public_and_has_the_keys_of_the_store_and_of_development() {
    let mut api = Api::untouched();
    api.deps.key_set = Some(r#"{"keys":[{"kty":"OKP","kid":"development"}]}"#.into());
    for path in ["/api/auth/jwks", "/api/v1/auth/jwks"] {
        let answer = api.send(TestRequest::with_uri(path)).await;
        let key = r#"{"alg":"EdDSA","crv":"Ed25519","x":"abc","kty":"OKP","kid":"key-1"}"#;
        let development = r#"{"kty":"OKP","kid":"development"}"#;
        assert_eq!(answer.text, format!(r#"{{"keys":[{key},{development}]}}"#));
        assert_eq!(answer.header("content-type"), Some("application/json"));
        assert_eq!(answer.header("cache-control"), Some("public, max-age=60"));
    }
}

#[test]
fn every_code_is_listed_once_in_order() {
    let codes: Vec<&str> = hexado_web::CODES.iter().map(|(code, _)| *code).collect();
    let mut sorted = codes.clone();
    sorted.sort_unstable();
    sorted.dedup();
    assert_eq!(codes, sorted);
}
