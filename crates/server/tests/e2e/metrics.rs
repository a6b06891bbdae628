//! What Prometheus is shown.

use serde_json::json;

use crate::support::{Database, Issuer, Server, body, client, free_port};

/// A server that shows metrics, and where.
struct Measured {
    server: Server,
    url: String,
}

impl Measured {
    fn launch(variables: &[(&str, &str)]) -> Self {
        let address = format!("127.0.0.1:{}", free_port());
        let server = Server::launch(&[&[("METRICS_ADDR", address.as_str())], variables].concat());
        Self { server, url: format!("http://{address}/metrics") }
    }

    async fn text(&self) -> String {
        let answer = client().get(&self.url).send().await.unwrap();
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("application/openmetrics-text"));
        body(answer, 200).await.as_str().unwrap().to_owned()
    }

    /// The value of the sample that stands in the text like this.
    async fn sample(&self, sample: &str) -> f64 {
        let text = self.text().await;
        let value = text.lines().find_map(|line| line.strip_prefix(sample)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("{sample} is missing:\n{text}")).parse().unwrap()
    }
}

#[tokio::test]
async fn requests_are_counted_by_route_method_and_status() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let mut measured = Measured::launch(&[("DATABASE_URL", database.url()), ("JWKS_URL", &issuer.key_set_url())]);
    measured.server.wait_until_ready().await;
    let server = &measured.server;
    let send = async |method: &str, path: &str| {
        let request = server.request(method, path).bearer_auth(issuer.token("ann")).json(&json!({"title": "Count"}));
        request.send().await.unwrap().status().as_u16()
    };
    assert_eq!(send("POST", "/api/v1/tasks").await, 201);
    assert_eq!(send("GET", "/api/v1/tasks/99").await, 404);
    assert_eq!(send("GET", "/api/tasks/98").await, 404);
    for path in ["/made/up", "/api/v1/made-up"] {
        send("GET", path).await;
    }
    send("BREW", "/made/up/as/well").await;

    let requests = "hexado_http_requests_total";
    let task = r#"{route="/api/v1/tasks/{id}",method="GET",status="404"}"#;
    assert_eq!(measured.sample(&format!("{requests}{task}")).await, 2.0);
    assert_eq!(
        measured.sample(&format!(r#"{requests}{{route="/api/v1/tasks",method="POST",status="201"}}"#)).await,
        1.0
    );
    let count = r#"hexado_http_request_duration_seconds_count{route="/api/v1/tasks/{id}"}"#;
    assert_eq!(measured.sample(count).await, 2.0);
    // No path of a client's makes a new sample.
    let text = measured.text().await;
    assert!(!text.contains("made"), "{text}");
    assert_eq!(measured.sample(&format!(r#"{requests}{{route="none",method="other",status="404"}}"#)).await, 1.0);
    measured.server.stop().await;
}

#[tokio::test]
async fn refusals_are_counted_by_their_code_and_callers_by_whether_they_are_known() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let mut measured = Measured::launch(&[
        ("DATABASE_URL", database.url()),
        ("JWKS_URL", &issuer.key_set_url()),
        ("RATE_LIMIT_PER_MINUTE", "3"),
    ]);
    measured.server.wait_until_ready().await;
    let token = issuer.token("ann");
    for status in [200, 200, 200, 429, 429] {
        body(measured.server.request("GET", "/api/tasks").bearer_auth(&token).send().await.unwrap(), status).await;
    }
    assert_eq!(measured.sample(r#"hexado_http_refusals_total{code="rate_limited"}"#).await, 2.0);
    assert_eq!(measured.sample("hexado_caller_cache_entries").await, 1.0);
    let (hits, misses) = ("hexado_caller_cache_hits_total", "hexado_caller_cache_misses_total");
    // Nobody is looked for while the news of changed users is old.
    let looked_for = measured.sample(hits).await + measured.sample(misses).await;
    assert!((1.0..=5.0).contains(&looked_for), "{looked_for}");
    assert!(measured.sample("hexado_rate_limiter_subjects").await >= 1.0);
    let age = format!(r#"hexado_key_set_age_seconds{{key_set="{}"}}"#, issuer.key_set_url());
    assert!((0.0..60.0).contains(&measured.sample(&age).await));
}

#[tokio::test]
async fn metrics_are_shown_before_there_is_a_database() {
    let nowhere = format!("postgres://ann:hush@127.0.0.1:{}/none?sslmode=disable", free_port());
    let mut measured = Measured::launch(&[("DATABASE_URL", &nowhere), ("JWKS_URL", "http://127.0.0.1:9/jwks")]);
    measured.server.wait_for("/health/ready", 503).await;
    assert_eq!(measured.sample("hexado_db_pool_max_connections").await, 16.0);
    assert_eq!(measured.sample("hexado_db_lanes").await, 0.0);
    for sample in ["hexado_db_batches_total", "hexado_db_batched_writes_total", "hexado_db_writes_waiting"] {
        assert_eq!(measured.sample(sample).await, 0.0);
    }
    assert_eq!(measured.sample("hexado_log_lines_dropped_total").await, 0.0);
    assert_eq!(measured.sample(r#"hexado_build_info{version="0.1.0"}"#).await, 1.0);
    assert!(measured.sample("process_start_time_seconds").await > 0.0);
    #[cfg(target_os = "linux")]
    for sample in ["process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds", "process_threads"]
    {
        assert!(measured.sample(sample).await >= 0.0);
    }
    assert!(!measured.text().await.contains("hush"));
    assert_eq!(client().get(measured.url.replace("/metrics", "/")).send().await.unwrap().status(), 404);
}
