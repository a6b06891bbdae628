use secrecy::SecretString;
use url::Url;

use super::reader::Reader;

/// Where traces are exported to. The variables and their meanings are OpenTelemetry's.
#[derive(Debug)]
pub(crate) struct Traces {
    /// Where spans are posted to.
    pub(crate) endpoint: Url,
    pub(crate) headers: Vec<(String, SecretString)>,
    pub(crate) service_name: String,
    /// What the resource has beside its name.
    pub(crate) attributes: Vec<(String, String)>,
    pub(crate) sampling: Sampling,
}

/// Which traces are exported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sampling {
    Always,
    Never,
    /// This part of all traces, from 0 to 1.
    Ratio(f64),
    /// What the caller's `traceparent` says, else always.
    ParentElseAlways,
    ParentElseNever,
    ParentElseRatio(f64),
}

impl Traces {
    /// `None` without an endpoint: nothing is exported.
    pub(super) fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let endpoint = endpoint(reader);
        reader.choice("OTEL_EXPORTER_OTLP_PROTOCOL", &[("http/protobuf", ())], ());
        let headers = pairs(reader, "OTEL_EXPORTER_OTLP_HEADERS", "name=value pairs separated by commas");
        let attributes = pairs(reader, "OTEL_RESOURCE_ATTRIBUTES", "name=value pairs separated by commas");
        let service_name = reader.text("OTEL_SERVICE_NAME").map(str::to_owned);
        let sampling = sampling(reader);
        let named = |name: &str| attributes.iter().find(|(other, _)| other == name).map(|(_, value)| value.clone());
        Some(Self {
            endpoint: endpoint?,
            headers: headers.into_iter().map(|(name, value)| (name, value.into())).collect(),
            service_name: service_name.or_else(|| named("service.name")).unwrap_or_else(|| "hexado".to_owned()),
            attributes,
            sampling,
        })
    }
}

fn endpoint(reader: &mut Reader<'_>) -> Option<Url> {
    let parse = |text: &str| {
        let mut url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"))?;
        let path = format!("{}/v1/traces", url.path().trim_end_matches('/'));
        url.set_path(&path);
        Some(url)
    };
    reader.parsed("OTEL_EXPORTER_OTLP_ENDPOINT", "an http or https URL, such as http://localhost:4318", parse)
}

/// `a=1,b=2`, as in the W3C's baggage: values may be percent-encoded.
fn pairs(reader: &mut Reader<'_>, name: &'static str, expected: &str) -> Vec<(String, String)> {
    let pair = |text: &str| {
        let (name, value) = text.split_once('=')?;
        let name = name.trim();
        (!name.is_empty()).then(|| (name.to_owned(), decode(value.trim())))
    };
    reader.list(name, expected, pair).unwrap_or_default()
}

fn decode(value: &str) -> String {
    // A form's names are decoded the same way but for `+`, which is no space here.
    let escaped = value.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(escaped.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default()
}

#[derive(Clone, Copy)]
enum Kind {
    Always,
    Never,
    Ratio,
    ParentElseAlways,
    ParentElseNever,
    ParentElseRatio,
}

fn sampling(reader: &mut Reader<'_>) -> Sampling {
    let kinds = [
        ("always_on", Kind::Always),
        ("always_off", Kind::Never),
        ("traceidratio", Kind::Ratio),
        ("parentbased_always_on", Kind::ParentElseAlways),
        ("parentbased_always_off", Kind::ParentElseNever),
        ("parentbased_traceidratio", Kind::ParentElseRatio),
    ];
    let kind = reader.choice("OTEL_TRACES_SAMPLER", &kinds, Kind::ParentElseAlways);
    let parse = |text: &str| text.parse().ok().filter(|ratio| (0.0..=1.0).contains(ratio));
    let ratio = reader.parsed("OTEL_TRACES_SAMPLER_ARG", "a number from 0 to 1", parse).unwrap_or(1.0);
    match kind {
        Kind::Always => Sampling::Always,
        Kind::Never => Sampling::Never,
        Kind::Ratio => Sampling::Ratio(ratio),
        Kind::ParentElseAlways => Sampling::ParentElseAlways,
        Kind::ParentElseNever => Sampling::ParentElseNever,
        Kind::ParentElseRatio => Sampling::ParentElseRatio(ratio),
    }
}
