//! What an OpenTelemetry collector is sent.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use serde_json::json;

use crate::support::{Database, Issuer, Server, body, free_port};

const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
const PARENT: &str = "00f067aa0ba902b7";

/// A collector that keeps what it is sent by OTLP over HTTP. It ends with the test.
struct Collector {
    url: String,
    requests: Arc<Mutex<Vec<ExportTraceServiceRequest>>>,
}

impl Collector {
    fn start() -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                kept.lock().unwrap().push(receive(stream.unwrap()));
            }
        });
        Self { url, requests }
    }

    fn spans(&self) -> Vec<Span> {
        let requests = self.requests.lock().unwrap();
        let scopes = requests.iter().flat_map(|request| &request.resource_spans).flat_map(|spans| &spans.scope_spans);
        scopes.flat_map(|scope| scope.spans.clone()).collect()
    }

    fn resource(&self, key: &str) -> Option<String> {
        let requests = self.requests.lock().unwrap();
        let resource = requests.first()?.resource_spans.first()?.resource.clone()?;
        let attribute = resource.attributes.into_iter().find(|attribute| attribute.key == key)?;
        text(attribute.value?.value?)
    }
}

fn receive(mut stream: TcpStream) -> ExportTraceServiceRequest {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let head: Vec<String> = reader.by_ref().lines().map_while(Result::ok).take_while(|line| !line.is_empty()).collect();
    assert!(head[0].starts_with("POST /v1/traces "), "{head:?}");
    let header = |name: &str| {
        let lines = head.iter().filter_map(|line| line.split_once(": "));
        lines.filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value).next()
    };
    assert_eq!(header("content-type"), Some("application/x-protobuf"));
    assert_eq!(header("x-tenant"), Some("a b"));
    let mut body = vec![0; header("content-length").unwrap().parse().unwrap()];
    reader.read_exact(&mut body).unwrap();
    stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
    ExportTraceServiceRequest::decode(body.as_slice()).unwrap()
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::StringValue(text) => Some(text),
        Value::IntValue(number) => Some(number.to_string()),
        _ => None,
    }
}

fn attribute(span: &Span, key: &str) -> Option<String> {
    let attribute = span.attributes.iter().find(|attribute| attribute.key == key)?;
    text(attribute.value.clone()?.value?)
}

fn hex(id: &[u8]) -> String {
    id.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[tokio::test]
async fn a_request_continues_the_trace_of_its_caller() {
    let (database, issuer, collector) = (Database::migrated().await, Issuer::start(), Collector::start());
    let server = Server::start(&[
        ("DATABASE_URL", database.url()),
        ("JWKS_URL", &issuer.key_set_url()),
        ("LOG_FORMAT", "json"),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=a%20b"),
        ("OTEL_SERVICE_NAME", "tasks-of-ann"),
    ])
    .await;
    for flags in ["01", "00"] {
        let path = format!("/api/tasks/7?flags={flags}");
        let request = server.request("GET", &path).bearer_auth(issuer.token("ann"));
        let request = request.header("traceparent", format!("00-{TRACE}-{PARENT}-{flags}"));
        body(request.send().await.unwrap(), 404).await;
    }
    server.wait_for_log(&format!(r#""trace_id":"{TRACE}""#)).await;
    // What is waiting is sent at the end.
    server.stop().await;

    let spans: Vec<_> = collector.spans().into_iter().filter(|span| hex(&span.trace_id) == TRACE).collect();
    let requests: Vec<_> = spans.iter().filter(|span| hex(&span.parent_span_id) == PARENT).collect();
    let [request] = requests.as_slice() else { panic!("the sampled request and no other, not {spans:?}") };
    assert_eq!(request.name, "GET /api/v1/tasks/{id}");
    for (key, value) in [
        ("http.request.method", "GET"),
        ("http.route", "/api/v1/tasks/{id}"),
        ("http.response.status_code", "404"),
        ("url.path", "/api/tasks/7"),
        ("url.scheme", "http"),
    ] {
        assert_eq!(attribute(request, key).as_deref(), Some(value), "{key}");
    }
    let children: Vec<_> = spans.iter().filter(|span| span.parent_span_id == request.span_id).collect();
    assert!(
        children.iter().any(|span| attribute(span, "db.system.name").as_deref() == Some("postgresql")),
        "{spans:?}"
    );
    assert!(children.iter().any(|span| span.name == "fetch key set"), "{spans:?}");
    assert_eq!(collector.resource("service.name").as_deref(), Some("tasks-of-ann"));
    assert_eq!(collector.resource("service.version").as_deref(), Some(env!("CARGO_PKG_VERSION")));
}

#[tokio::test]
async fn a_write_belongs_to_the_request_that_asked_for_it() {
    let (database, issuer, collector) = (Database::migrated().await, Issuer::start(), Collector::start());
    let server = Server::start(&[
        ("DATABASE_URL", database.url()),
        ("JWKS_URL", &issuer.key_set_url()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &collector.url),
        ("OTEL_EXPORTER_OTLP_HEADERS", "x-tenant=a%20b"),
    ])
    .await;
    let request = server.request("POST", "/api/tasks").bearer_auth(issuer.token("ann"));
    let request = request.header("traceparent", format!("00-{TRACE}-{PARENT}-01")).json(&json!({"title": "Trace"}));
    body(request.send().await.unwrap(), 201).await;
    server.stop().await;

    let spans: Vec<_> = collector.spans().into_iter().filter(|span| hex(&span.trace_id) == TRACE).collect();
    let batch = spans.iter().find(|span| span.name == "batch").unwrap_or_else(|| panic!("{spans:?}"));
    let request = spans.iter().find(|span| hex(&span.parent_span_id) == PARENT).unwrap();
    assert_eq!(batch.parent_span_id, request.span_id);
    let statement = spans.iter().find(|span| span.parent_span_id == batch.span_id).unwrap();
    assert_eq!(attribute(statement, "db.system.name").as_deref(), Some("postgresql"));
}

#[tokio::test]
async fn a_collector_that_is_not_there_hurts_no_request_and_no_stop() {
    let (database, issuer) = (Database::migrated().await, Issuer::start());
    let nowhere = format!("http://127.0.0.1:{}", free_port());
    let server = Server::start(&[
        ("DATABASE_URL", database.url()),
        ("JWKS_URL", &issuer.key_set_url()),
        ("OTEL_EXPORTER_OTLP_ENDPOINT", &nowhere),
    ])
    .await;
    for _ in 0..20 {
        body(server.request("GET", "/api/tasks").bearer_auth(issuer.token("ann")).send().await.unwrap(), 200).await;
    }
    server.stop().await;
}
