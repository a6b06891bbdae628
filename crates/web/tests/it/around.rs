use std::sync::Arc;
use std::time::Duration;

use actix_web::test::TestRequest;
use hexado_domain::health::MockProbe;
use hexado_domain::task::{MockTaskStore, TaskService};
use hexado_domain::testing::fixtures::task;
use hexado_web::Readiness;

use crate::support::{Api, ORIGIN, StalledStore, json, request, unavailable};

fn finding() -> MockTaskStore {
    let mut store = MockTaskStore::new();
    store.expect_find().returning(|_, id| Ok(Some(task(id.get(), "ann"))));
    store
}

#[actix_web::test]
async fn an_unknown_path_is_a_problem_with_and_without_a_credential() {
    for path in ["/", "/nope", "/api", "/api/v1", "/api/v1/nope", "/api/nope", "/api/v1/tasks/7/nope", "/api/v1/tasks/"]
    {
        for request in [TestRequest::with_uri(path), request("GET", path)] {
            let answer = Api::untouched().send(request).await;
            assert_eq!(answer.refusal(), (404, "not_found".into()), "{path}");
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            assert_eq!(answer.json()["instance"], path);
            assert_eq!(answer.json()["request_id"], answer.header("x-request-id").unwrap());
            assert_eq!(answer.json()["message"], answer.json()["detail"]);
        }
    }
}

#[actix_web::test]
async fn a_wrong_method_is_answered_with_those_that_are_allowed() {
    let cases = [
        ("DELETE", "/api/v1/tasks", "GET, HEAD, POST, OPTIONS"),
        ("POST", "/api/tasks/7", "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"),
        ("GET", "/api/v1/users/me/tasks/7/complete", "PATCH, OPTIONS"),
        ("POST", "/health/live", "GET, HEAD, OPTIONS"),
    ];
    for (method, path, allow) in cases {
        let anonymous = TestRequest::with_uri(path).method(method.parse().unwrap());
        for request in [anonymous, request(method, path)] {
            let answer = Api::untouched().send(request).await;
            assert_eq!(answer.refusal(), (405, "method_not_allowed".into()), "{method} {path}");
            assert_eq!(answer.header("allow"), Some(allow));
        }
    }
}

#[actix_web::test]
async fn both_bases_lead_to_the_same_routes() {
    let api = Api::new(finding());
    for path in ["/api/v1/tasks/7", "/api/tasks/7", "/api/users/me/tasks/7", "/api/v1/users/ann/tasks/7"] {
        let answer = api.send(request("GET", path)).await;
        assert_eq!((answer.status.as_u16(), answer.json()["id"].as_i64()), (200, Some(7)), "{path}");
    }
    let problem = api.send(request("GET", "/api/tasks/0")).await;
    assert_eq!(problem.json()["instance"], "/api/tasks/0");
}

#[actix_web::test]
async fn head_is_answered_as_get_is() {
    let answer = Api::new(finding()).send(request("HEAD", "/api/v1/tasks/7")).await;
    assert_eq!((answer.status.as_u16(), answer.header("etag")), (200, Some("\"1\"")));
}

#[actix_web::test]
async fn a_panic_is_a_500_that_tells_nothing() {
    let mut store = MockTaskStore::new();
    store.expect_find().returning(|_, _| panic!("secret detail"));
    let answer = Api::new(store).send(request("GET", "/api/v1/tasks/7")).await;
    assert_eq!(answer.refusal(), (500, "internal_error".into()));
    assert!(!answer.text.contains("secret"), "{}", answer.text);
    assert_eq!(answer.json()["request_id"], answer.header("x-request-id").unwrap());
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
}

#[actix_web::test]
async fn an_unavailable_store_is_503_and_its_cause_shows_only_where_that_is_wanted() {
    for reveal in [false, true] {
        let mut store = MockTaskStore::new();
        store.expect_find().returning(|_, _| Err(unavailable()));
        let mut api = Api::new(store);
        api.options.reveal_causes = reveal;
        let answer = api.send(request("GET", "/api/v1/tasks/7")).await;
        assert_eq!(answer.refusal(), (503, "unavailable".into()));
        assert_eq!(answer.header("retry-after"), Some("1"));
        assert_eq!(answer.text.contains("10.0.0.7"), reveal, "{}", answer.text);
    }
}

#[actix_web::test]
async fn an_answer_that_takes_too_long_is_503() {
    let mut api = Api::untouched();
    let clock = api.deps.clock.clone();
    api.deps.tasks = Arc::new(TaskService::new(Arc::new(StalledStore), clock));
    api.options.deadline = Duration::from_millis(10);
    let answer = api.send(request("GET", "/api/v1/tasks/7")).await;
    assert_eq!(answer.refusal(), (503, "timeout".into()));
    assert!(answer.header("retry-after").is_some());
}

#[actix_web::test]
async fn finding_out_who_calls_must_not_take_too_long_either() {
    let mut api = Api::untouched();
    api.options.deadline = Duration::from_millis(10);
    let stalled =
        TestRequest::with_uri("/api/v1/tasks/7").insert_header(("authorization", "Bearer jwt.stalled.signed"));
    let answer = api.send(stalled).await;
    assert_eq!(answer.refusal(), (503, "timeout".into()));
    assert!(answer.header("retry-after").is_some());
}

#[actix_web::test]
async fn every_answer_has_the_security_headers() {
    let mut api = Api::new(finding());
    for path in ["/api/v1/tasks/7", "/health/live", "/nope", "/openapi.json"] {
        let answer = api.send(request("GET", path)).await;
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name} of {path}");
        }
        assert!(answer.header("permissions-policy").is_some());
        assert_eq!(answer.header("strict-transport-security"), None);
    }
    api.options.public_origin = "https://api.example.com".into();
    let answer = api.send(request("GET", "/health/live")).await;
    assert!(answer.header("strict-transport-security").unwrap().contains("max-age="));
}

#[actix_web::test]
async fn a_sane_request_id_is_kept_and_another_is_replaced() {
    let api = Api::untouched();
    let id = async |inbound: Option<&str>| {
        let mut request = TestRequest::with_uri("/health/live");
        if let Some(inbound) = inbound {
            request = request.insert_header(("x-request-id", inbound));
        }
        api.send(request).await.header("x-request-id").unwrap().to_owned()
    };
    assert_eq!(id(Some("trace-42")).await, "trace-42");
    assert_ne!(id(Some("a b")).await, "a b");
    assert_ne!(id(None).await, id(None).await);
}

#[actix_web::test]
async fn pages_of_allowed_origins_may_call_and_read() {
    let api = Api::new(finding());
    let preflight = |origin: &'static str| {
        TestRequest::with_uri("/api/v1/tasks/7")
            .method(actix_web::http::Method::OPTIONS)
            .insert_header(("origin", origin))
            .insert_header(("access-control-request-method", "PATCH"))
            .insert_header(("access-control-request-headers", "authorization,if-match,idempotency-key"))
    };
    let allowed = api.send(preflight(ORIGIN)).await;
    assert_eq!(allowed.status.as_u16(), 200);
    assert_eq!(allowed.header("access-control-allow-origin"), Some(ORIGIN));
    assert_eq!(allowed.header("access-control-allow-credentials"), Some("true"));
    let refused = api.send(preflight("https://evil.example")).await;
    assert_eq!(refused.header("access-control-allow-origin"), None);

    for path in ["/api/v1/tasks/7", "/api/v1/tasks/0"] {
        let answer = api.send(request("GET", path).insert_header(("origin", ORIGIN))).await;
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN), "{path}");
        let exposed = answer.header("access-control-expose-headers").unwrap().to_lowercase();
        for name in ["etag", "link", "location", "x-total-count", "x-request-id", "idempotency-replayed"] {
            assert!(exposed.contains(name), "{name} in {exposed}");
        }
    }
}

#[actix_web::test]
async fn pages_of_allowed_origins_may_read_what_went_wrong_inside() {
    let mut panicking = MockTaskStore::new();
    panicking.expect_find().returning(|_, _| panic!("secret detail"));
    let mut stalled = Api::untouched();
    stalled.deps.tasks = Arc::new(TaskService::new(Arc::new(StalledStore), stalled.deps.clock.clone()));
    stalled.options.deadline = Duration::from_millis(10);
    for (api, status) in [(Api::new(panicking), 500), (stalled, 503)] {
        let call = async |origin| api.send(request("GET", "/api/v1/tasks/7").insert_header(("origin", origin))).await;
        let answer = call(ORIGIN).await;
        assert_eq!(answer.status.as_u16(), status);
        assert_eq!(answer.header("access-control-allow-origin"), Some(ORIGIN));
        assert_eq!(answer.header("access-control-allow-credentials"), Some("true"));
        assert!(answer.header("access-control-expose-headers").unwrap().contains("retry-after"));
        assert_eq!(answer.header("vary"), Some("Origin"));
        assert_eq!(call("https://evil.example").await.header("access-control-allow-origin"), None);
    }
}

#[actix_web::test]
async fn a_body_of_more_than_1_mib_is_413() {
    let api = Api::untouched();
    let title = |length: usize| format!(r#"{{"title": "{}"}}"#, "a".repeat(length - 13));
    let (limit, over) = (title(1024 * 1024), title(1024 * 1024 + 1));
    assert_eq!(limit.len(), 1024 * 1024);
    let fits = api.send(json("POST", "/api/v1/tasks", &limit)).await;
    assert_eq!(fits.refusal(), (422, "validation_failed".into()));
    let refused = api.send(json("POST", "/api/v1/tasks", &over)).await;
    assert_eq!(refused.refusal(), (413, "payload_too_large".into()));
}

#[actix_web::test]
async fn nothing_is_served_before_the_server_is_ready_but_signs_of_life() {
    let mut api = Api::untouched();
    api.deps.readiness = Readiness::starting().into();
    assert_eq!(api.send(request("GET", "/api/v1/tasks")).await.refusal(), (503, "starting".into()));
    assert_eq!(api.send(TestRequest::with_uri("/health/live")).await.status.as_u16(), 200);
    let ready = api.send(TestRequest::with_uri("/health/ready")).await;
    assert_eq!((ready.status.as_u16(), ready.json()["process"].as_str()), (503, Some("starting")));
}

#[actix_web::test]
async fn health_tells_the_state_of_the_process_and_of_the_database() {
    let mut api = Api::untouched();
    let answer = api.send(TestRequest::with_uri("/health")).await;
    assert_eq!(answer.status.as_u16(), 200);
    assert_eq!(answer.json()["database"]["status"], "ok");
    let database = api.send(TestRequest::with_uri("/health/db")).await;
    assert_eq!(database.json()["round_trip_ms"], 0.4);

    api.deps.readiness.draining();
    let draining = api.send(TestRequest::with_uri("/health/ready")).await;
    assert_eq!((draining.status.as_u16(), draining.json()["process"].as_str()), (503, Some("draining")));

    let mut down = MockProbe::new();
    down.expect_round_trip().returning(|| Err(unavailable()));
    api.deps.database = Arc::new(down);
    for path in ["/health", "/health/ready", "/health/db"] {
        let answer = api.send(TestRequest::with_uri(path)).await;
        assert_eq!(answer.status.as_u16(), 503, "{path}");
        assert!(!answer.text.contains("10.0.0.7"));
    }
    assert_eq!(api.send(TestRequest::with_uri("/health/live")).await.status.as_u16(), 200);
}
