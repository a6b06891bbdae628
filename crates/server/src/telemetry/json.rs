//! Log lines for machines: one JSON object each, written without a detour over a tree or a serializer of maps.

use std::cell::Cell;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::io::Write as _;
use std::time::SystemTime;

use chrono::{DateTime, SecondsFormat, Utc};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

use super::sink::Sink;

/// Writes each event as `{"timestamp":…,"level":…,` its fields `,"target":…}`.
pub(super) struct JsonLines(pub(super) Sink);

thread_local! {
    /// Used again and again, so that a line allocates nothing.
    static LINE: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

impl<S: Subscriber> Layer<S> for JsonLines {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        // Empty in an event that is made while another one is written.
        let mut line = LINE.take();
        line.clear();
        write_line(&mut line, event);
        self.0.put(&line);
        LINE.set(line);
    }
}

fn write_line(line: &mut Vec<u8>, event: &Event<'_>) {
    let metadata = event.metadata();
    line.extend_from_slice(b"{\"timestamp\":\"");
    line.extend_from_slice(now().as_bytes());
    line.extend_from_slice(b"\",\"level\":\"");
    line.extend_from_slice(metadata.level().as_str().as_bytes());
    line.push(b'"');
    let mut fields = Fields { line, target: None };
    event.record(&mut fields);
    let target = fields.target.take();
    fields.text("target", target.as_deref().unwrap_or(metadata.target()));
    line.extend_from_slice(b"}\n");
}

#[expect(
    clippy::disallowed_methods,
    reason = "lines tell the time of the operating system, whatever the Clock port says"
)]
fn now() -> String {
    DateTime::<Utc>::from(SystemTime::now()).to_rfc3339_opts(SecondsFormat::Micros, true)
}

struct Fields<'a> {
    line: &'a mut Vec<u8>,
    /// The target of a line that came over the `log` crate; the event's own is the same for all of them.
    target: Option<String>,
}

impl Fields<'_> {
    fn name(&mut self, name: &str) {
        self.line.push(b',');
        write_text(self.line, name);
        self.line.push(b':');
    }

    fn text(&mut self, name: &str, value: &str) {
        self.name(name);
        write_text(self.line, value);
    }

    /// A value whose text is JSON.
    fn plain(&mut self, field: &Field, value: impl Display) {
        self.name(field.name());
        // Writing to memory does not fail.
        let _ = write!(self.line, "{value}");
    }
}

impl Visit for Fields<'_> {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "log.target" => self.target = Some(value.to_owned()),
            "log.module_path" | "log.file" => {}
            name => self.text(name, value),
        }
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        if field.name() != "log.line" {
            self.plain(field, value);
        }
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.plain(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.plain(field, value);
    }

    /// JSON has no number for infinities and what is no number.
    fn record_f64(&mut self, field: &Field, value: f64) {
        if value.is_finite() { self.plain(field, value) } else { self.record_debug(field, &value) }
    }

    fn record_error(&mut self, field: &Field, error: &(dyn Error + 'static)) {
        let mut text = error.to_string();
        let mut source = error.source();
        while let Some(cause) = source {
            text = format!("{text}: {cause}");
            source = cause.source();
        }
        self.text(field.name(), &text);
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.text(field.name(), &format!("{value:?}"));
    }
}

/// A JSON string: what is in it cannot end it, and cannot begin a line.
fn write_text(line: &mut Vec<u8>, text: &str) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(line, text);
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use serde_json::{Value, json};
    use tracing_subscriber::layer::SubscriberExt as _;

    use super::*;

    #[derive(Clone, Default)]
    struct Memory(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Memory {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What `log` logs, without the times.
    fn lines(log: impl FnOnce()) -> Vec<Value> {
        let memory = Memory::default();
        let (sink, guard) = Sink::start(memory.clone()).unwrap();
        tracing::subscriber::with_default(tracing_subscriber::registry().with(JsonLines(sink)), log);
        drop(guard);
        let text = String::from_utf8(memory.0.lock().unwrap().clone()).unwrap();
        let line = |line: &str| {
            let mut line: Value = serde_json::from_str(line).unwrap();
            let timestamp = line.as_object_mut().unwrap().remove("timestamp").unwrap();
            assert!(timestamp.as_str().unwrap().parse::<DateTime<Utc>>().is_ok(), "{timestamp}");
            line
        };
        text.lines().map(line).collect()
    }

    #[test]
    fn fields_keep_their_types_and_those_without_a_value_are_left_out() {
        let nobody: Option<&str> = None;
        let lines = lines(|| {
            tracing::info!(target: "hexado::test", count = 7, less = -7, ms = 0.25, yes = true, nobody, who = ?Some(1), "done");
        });
        let expected = json!({
            "level": "INFO", "target": "hexado::test", "message": "done", "count": 7, "less": -7, "ms": 0.25, "yes": true,
            "who": "Some(1)",
        });
        assert_eq!(lines, [expected]);
    }

    #[test]
    fn nothing_in_a_value_can_end_it_or_begin_a_line() {
        let nasty = "a\"}\n{\"level\":\"ERROR\"}\r\u{1b}[31m\u{0}\\ \u{2028}";
        let lines = lines(|| tracing::warn!(nasty, "{nasty}"));
        assert_eq!(lines.len(), 1);
        assert_eq!((&lines[0]["nasty"], &lines[0]["message"]), (&json!(nasty), &json!(nasty)));
    }

    #[test]
    fn numbers_that_json_does_not_have_are_texts() {
        let lines = lines(|| tracing::info!(nan = f64::NAN, infinity = f64::INFINITY, large = u128::MAX));
        assert_eq!((&lines[0]["nan"], &lines[0]["infinity"]), (&json!("NaN"), &json!("inf")));
        assert_eq!(lines[0]["large"], json!(u128::MAX.to_string()));
    }

    #[test]
    fn an_error_is_told_with_its_causes() {
        let error = anyhow::anyhow!("refused").context("no connection");
        let lines = lines(|| {
            let error: &(dyn Error + 'static) = &*error;
            tracing::warn!(error);
        });
        assert_eq!(lines[0]["error"], "no connection: refused");
    }

    #[test]
    fn an_event_while_another_is_written_is_a_line_of_its_own() {
        struct Chatty;
        impl Debug for Chatty {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                tracing::info!("inner");
                f.write_str("chatty")
            }
        }
        let lines = lines(|| tracing::info!(value = ?Chatty, "outer"));
        assert!(lines.iter().any(|line| line["message"] == "outer" && line["value"] == "chatty"), "{lines:?}");
    }
}
