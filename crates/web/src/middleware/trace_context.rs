use actix_web::http::header::HeaderMap;
use opentelemetry::trace::{SpanContext, SpanId, TraceFlags, TraceId, TraceState};

const PARENT: &str = "traceparent";
const STATE: &str = "tracestate";

/// What the caller says of the trace that the request belongs to (W3C Trace Context), if it says it well.
pub(super) fn remote_parent(headers: &HeaderMap) -> Option<SpanContext> {
    let (trace_id, span_id, flags) = parse(headers.get(PARENT)?.to_str().ok()?)?;
    let lines: Vec<_> = headers.get_all(STATE).filter_map(|line| line.to_str().ok()).collect();
    // One that cannot be read is left out, and the parent counts nevertheless.
    let state = lines.join(",").parse::<TraceState>().unwrap_or_default();
    Some(SpanContext::new(trace_id, span_id, flags, true, state)).filter(SpanContext::is_valid)
}

/// `version-trace-parent-flags` in lower case; later versions may append something.
fn parse(text: &str) -> Option<(TraceId, SpanId, TraceFlags)> {
    let mut parts = text.split('-');
    let version = hex(parts.next()?, 2)?;
    let trace_id = TraceId::from_hex(hex(parts.next()?, 32)?).ok()?;
    let span_id = SpanId::from_hex(hex(parts.next()?, 16)?).ok()?;
    let flags = u8::from_str_radix(hex(parts.next()?, 2)?, 16).ok()?;
    let is_readable = version != "ff" && (version != "00" || parts.next().is_none());
    is_readable.then_some((trace_id, span_id, TraceFlags::new(flags) & TraceFlags::SAMPLED))
}

fn hex(part: &str, length: usize) -> Option<&str> {
    let is_hex = part.len() == length && part.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_hex.then_some(part)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";

    fn parent(text: &str) -> Option<SpanContext> {
        let mut headers = HeaderMap::new();
        headers.insert(HeaderName::from_static(PARENT), HeaderValue::from_str(text).unwrap());
        remote_parent(&headers)
    }

    #[test]
    fn a_parent_is_its_trace_its_span_and_whether_it_is_sampled() {
        for (flags, sampled) in [("00", false), ("01", true), ("03", true), ("02", false)] {
            let parent = parent(&format!("00-{TRACE}-00f067aa0ba902b7-{flags}")).unwrap();
            assert_eq!(parent.trace_id().to_string(), TRACE);
            assert_eq!(parent.span_id().to_string(), "00f067aa0ba902b7");
            assert_eq!((parent.is_sampled(), parent.is_remote()), (sampled, true));
        }
    }

    #[test]
    fn a_later_version_may_say_more() {
        assert!(parent(&format!("01-{TRACE}-00f067aa0ba902b7-01-more")).is_some());
        assert!(parent(&format!("00-{TRACE}-00f067aa0ba902b7-01-more")).is_none());
    }

    #[test]
    fn what_is_malformed_is_no_parent() {
        for wrong in [
            "",
            "00",
            "4bf92f3577b34da6a3ce929d0e0e4736",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-+1",
        ] {
            assert_eq!(parent(wrong), None, "{wrong}");
        }
    }
}
