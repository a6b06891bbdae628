use std::collections::BTreeSet;

use actix_web::test::TestRequest;
use serde_json::Value;

use crate::support::{Api, request};

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

#[actix_web::test]
async fn every_documented_operation_has_a_route_and_asks_for_the_credential_that_it_names() {
    let api = Api::untouched();
    for (path, method, operation) in operations(&document()) {
        let base = if path.starts_with("/health") { "" } else { "/api/v1" };
        let names =
            [("{id}", "7"), ("{user_id}", "me"), ("{session_id}", "s"), ("{token}", "t"), ("{sharee_id}", "bob")];
        let path = names.iter().fold(path, |path, (name, value)| path.replace(name, value));
        let path = format!("{base}{path}");
        let answer = api.send(TestRequest::with_uri(&path).method(method.parse().unwrap())).await;
        let status = answer.status.as_u16();
        if operation["security"].is_array() {
            assert_eq!(status, 401, "{method} {path}");
        } else if path.starts_with("/api/v1/auth") {
            // Routes of sign-in do without a credential, or tell in their own words that they need one.
            assert!(!answer.text.is_empty() && ![404, 500, 503].contains(&status), "{status} {method} {path}");
        } else {
            assert_eq!(status, 200, "{method} {path}");
        }
    }
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
        let key = serde_json::json!({"alg": "EdDSA", "crv": "Ed25519", "kid": "key-1"});
        let development = serde_json::json!({"kty": "OKP", "kid": "development"});
        assert_eq!(answer.json(), serde_json::json!({"keys": [key, development]}));
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
