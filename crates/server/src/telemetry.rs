//! Where log lines go and what they look like, and where traces go.

mod file;
mod json;
mod sink;
mod traces;

use std::io::{self, IsTerminal, Write};
use std::panic::{self, PanicHookInfo};

use anyhow::Result;
use tracing::level_filters::LevelFilter;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{FilterExt, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Registry, fmt};

use crate::config::{LogFormat, Logs, Traces};
use json::JsonLines;
use sink::SinkGuard;
use traces::Exporter;

pub(crate) use sink::Sink;

/// What a command says on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Its log.
    Log,
    /// Its result, so that it can be piped; the log goes to standard error.
    Result,
}

/// Keeps logs and traces going. Dropping it sends and writes what is still waiting, within limits.
pub(crate) struct Telemetry {
    // In this order: the exporter may have something to log.
    _exporter: Option<Exporter>,
    _guards: Vec<SinkGuard>,
    pub(crate) sinks: Vec<Sink>,
}

/// Starts logging. From here on panics are log lines too.
pub(crate) fn start(logs: &Logs, output: Output) -> Result<Telemetry> {
    start_with_traces(logs, output, None)
}

/// The same, and exports traces.
pub(crate) fn start_with_traces(logs: &Logs, output: Output, traces: Option<&Traces>) -> Result<Telemetry> {
    let mut layers: Vec<BoxedLayer> = Vec::new();
    let (mut sinks, mut guards) = (Vec::new(), Vec::new());
    for (output, colours) in outputs(logs, output)? {
        let (sink, guard) = Sink::start(output)?;
        layers.push(lines(logs, sink.clone(), colours));
        sinks.push(sink);
        guards.push(guard);
    }
    let exporter = traces.map(Exporter::start).transpose()?;
    layers.extend(exporter.as_ref().map(Exporter::layer));
    tracing_subscriber::registry().with(layers).init();
    panic::set_hook(Box::new(log_panic));
    Ok(Telemetry { _exporter: exporter, _guards: guards, sinks })
}

type BoxedLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Each output, and whether it shows colours.
fn outputs(logs: &Logs, output: Output) -> Result<Vec<(Box<dyn Write + Send>, bool)>> {
    let console: (Box<dyn Write + Send>, _) = match output {
        Output::Log => (Box::new(io::stdout()), io::stdout().is_terminal()),
        Output::Result => (Box::new(io::stderr()), io::stderr().is_terminal()),
    };
    let mut outputs = vec![console];
    if let Some(file) = &logs.file {
        outputs.push((Box::new(file::open(file)?), false));
    }
    Ok(outputs)
}

/// Writes lines. Spans are of no interest to it: where no traces are exported, none is made.
fn lines(logs: &Logs, sink: Sink, colours: bool) -> BoxedLayer {
    let layer: BoxedLayer = match logs.format {
        LogFormat::Pretty => fmt::layer().with_writer(sink).with_ansi(colours).boxed(),
        LogFormat::Json => JsonLines(sink).boxed(),
    };
    // Without a hint of its own, this would undo that of `RUST_LOG`, and every line that is not written would be slow.
    let harmless = filter_fn(is_harmless).with_max_level_hint(LevelFilter::TRACE);
    layer.with_filter(EnvFilter::new(&logs.filter).and(harmless)).boxed()
}

/// The driver's debug lines show the values of every statement, and some of them are secrets.
fn is_harmless(line: &Metadata<'_>) -> bool {
    line.is_event() && (!line.target().starts_with("tokio_postgres") || *line.level() <= Level::INFO)
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(location, "panicked: {}", panic.payload_as_str().unwrap_or("(not a text)"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_that_are_not_written_are_turned_away_by_their_level() {
        let logs = Logs { format: LogFormat::Json, filter: "info,hexado=debug".into(), file: None };
        let (sink, _guard) = Sink::start(io::sink()).unwrap();
        assert_eq!(lines(&logs, sink, false).max_level_hint(), Some(LevelFilter::DEBUG));
    }
}
