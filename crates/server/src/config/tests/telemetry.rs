use super::*;

const COLLECTOR: (&str, &str) = ("OTEL_EXPORTER_OTLP_ENDPOINT", "http://localhost:4318");

fn traces(more: &[(&str, &str)]) -> Traces {
    config(&[&[COLLECTOR], more].concat()).traces.unwrap()
}

#[test]
fn metrics_and_traces_are_off_unless_they_are_asked_for() {
    let config = config(&[("OTEL_SERVICE_NAME", "tasks")]);
    assert_eq!(config.metrics.address, None);
    assert!(config.traces.is_none());
}

#[test]
fn metrics_have_an_address_of_their_own() {
    let address = |text| config(&[("METRICS_ADDR", text)]).metrics.address.unwrap().to_string();
    assert_eq!(address("127.0.0.1:9100"), "127.0.0.1:9100");
    assert_eq!(address("localhost:9100"), "127.0.0.1:9100");
    assert_eq!(address("[::]:9100"), "[::]:9100");
    for wrong in ["9100", ":9100", "localhost", "metrics.example:9100"] {
        assert!(
            fault(&[("METRICS_ADDR", wrong)]).starts_with(&format!("METRICS_ADDR is `{wrong}`; it must be")),
            "{wrong}"
        );
    }
}

#[test]
fn metrics_that_can_be_reached_from_outside_are_a_warning() {
    assert_eq!(warnings(&[("METRICS_ADDR", "[::1]:9100")]), Vec::<String>::new());
    let expected = "METRICS_ADDR can be reached from outside, and metrics are shown to everybody who asks";
    assert_eq!(warnings(&[("METRICS_ADDR", "0.0.0.0:9100")]), [expected]);
}

#[test]
fn traces_are_sent_to_the_collectors_path_for_traces() {
    let endpoint = |text| traces(&[("OTEL_EXPORTER_OTLP_ENDPOINT", text)]).endpoint.to_string();
    assert_eq!(endpoint("http://localhost:4318"), "http://localhost:4318/v1/traces");
    assert_eq!(endpoint("https://otel.example/tenant/"), "https://otel.example/tenant/v1/traces");
    assert!(fault(&[("OTEL_EXPORTER_OTLP_ENDPOINT", "localhost:4317")]).contains("must be an http or https URL"));
    let expected = "OTEL_EXPORTER_OTLP_PROTOCOL is `grpc`; it must be http/protobuf";
    assert_eq!(fault(&[("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")]), expected);
}

#[test]
fn headers_and_attributes_are_pairs_with_encoded_values() {
    let headers = traces(&[("OTEL_EXPORTER_OTLP_HEADERS", "authorization=Basic%20YQ==, x-tenant=a+b")]).headers;
    let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
    assert_eq!(headers, [("authorization", "Basic YQ=="), ("x-tenant", "a+b")]);
    assert!(!fault(&[("OTEL_EXPORTER_OTLP_HEADERS", "hush")]).contains("hush"));
    let traces = traces(&[("OTEL_RESOURCE_ATTRIBUTES", "service.name=tasks,host.name=a%2Cb")]);
    assert_eq!(traces.service_name, "tasks");
    assert_eq!(traces.attributes[1], ("host.name".to_owned(), "a,b".to_owned()));
}

#[test]
fn the_service_name_is_hexado_unless_it_is_set() {
    assert_eq!(traces(&[]).service_name, "hexado");
    let both = [("OTEL_SERVICE_NAME", "first"), ("OTEL_RESOURCE_ATTRIBUTES", "service.name=second")];
    assert_eq!(traces(&both).service_name, "first");
}

#[test]
fn samplers_are_those_of_opentelemetry() {
    let sampling = |name, ratio| traces(&[("OTEL_TRACES_SAMPLER", name), ("OTEL_TRACES_SAMPLER_ARG", ratio)]).sampling;
    assert_eq!(traces(&[]).sampling, Sampling::ParentElseAlways);
    assert_eq!(sampling("always_off", ""), Sampling::Never);
    assert_eq!(sampling("traceidratio", "0.25"), Sampling::Ratio(0.25));
    assert_eq!(sampling("parentbased_traceidratio", ""), Sampling::ParentElseRatio(1.0));
    assert_eq!(
        fault(&[("OTEL_TRACES_SAMPLER_ARG", "2")]),
        "OTEL_TRACES_SAMPLER_ARG is `2`; it must be a number from 0 to 1"
    );
    assert!(fault(&[("OTEL_TRACES_SAMPLER", "sometimes")]).contains("must be always_on"));
}
