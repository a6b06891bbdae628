//! Where log lines go and what they look like.

use std::io::{self, IsTerminal};
use std::panic::{self, PanicHookInfo};

use tracing::{Level, Metadata, Subscriber};
use tracing_appender::non_blocking::{NonBlocking, WorkerGuard};
use tracing_appender::rolling::{Builder, RollingFileAppender, Rotation};
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, fmt};

use crate::config::{ConfigError, Fault, LogFile, LogFormat, LogRotation, Logs};

/// What a command says on standard output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Its log.
    Log,
    /// Its result, so that it can be piped; the log goes to standard error.
    Result,
}

/// Keeps the log going. Dropping it writes what is still waiting to be written.
pub(crate) struct Telemetry {
    _writers: Vec<WorkerGuard>,
}

/// Starts logging. From here on panics are log lines too.
pub(crate) fn start(logs: &Logs, output: Output) -> Result<Telemetry, ConfigError> {
    let (console, console_writer, colours) = match output {
        Output::Log => to_background(io::stdout(), io::stdout().is_terminal()),
        Output::Result => to_background(io::stderr(), io::stderr().is_terminal()),
    };
    let file = logs.file.as_ref().map(open).transpose()?.map(|file| to_background(file, false));
    let (file, file_writer) = file.map(|(file, writer, _)| (file, writer)).unzip();

    let format = logs.format;
    tracing_subscriber::registry()
        .with(EnvFilter::new(&logs.filter))
        .with(filter_fn(is_harmless))
        .with(layer(format, console, colours))
        .with(file.map(|file| layer(format, file, false)))
        .init();
    panic::set_hook(Box::new(log_panic));
    Ok(Telemetry { _writers: [Some(console_writer), file_writer].into_iter().flatten().collect() })
}

/// Writing happens on a thread of its own, so that a slow terminal or disk never holds up a request.
fn to_background(writer: impl io::Write + Send + 'static, colours: bool) -> (NonBlocking, WorkerGuard, bool) {
    let (writer, guard) = tracing_appender::non_blocking(writer);
    (writer, guard, colours)
}

fn layer<S>(format: LogFormat, writer: NonBlocking, colours: bool) -> Box<dyn Layer<S> + Send + Sync>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let layer = fmt::layer().with_writer(writer).with_ansi(colours);
    match format {
        LogFormat::Pretty => layer.boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_current_span(false).with_span_list(false).boxed(),
    }
}

/// The driver's debug lines show the values of every statement, and some of them are secrets.
fn is_harmless(line: &Metadata<'_>) -> bool {
    !line.target().starts_with("tokio_postgres") || *line.level() <= Level::INFO
}

fn log_panic(panic: &PanicHookInfo<'_>) {
    let location = panic.location().map(ToString::to_string).unwrap_or_default();
    tracing::error!(location, "panicked: {}", panic.payload_as_str().unwrap_or("(not a text)"));
}

/// The date follows the file's name, as in `hexado.log.2026-11-21`: what is older is found by that name, and a shorter
/// beginning could be one of somebody else's files.
fn open(file: &LogFile) -> Result<RollingFileAppender, ConfigError> {
    let (rotation, keep) = match file.rotation {
        LogRotation::Daily => (Rotation::DAILY, Some(file.keep)),
        LogRotation::Hourly => (Rotation::HOURLY, Some(file.keep)),
        LogRotation::Never => (Rotation::NEVER, None),
    };
    let name = file.path.file_name().unwrap_or_default().to_string_lossy();
    let builder = RollingFileAppender::builder().rotation(rotation).filename_prefix(name);
    let builder = keep.into_iter().fold(builder, Builder::max_log_files);
    builder.build(file.path.parent().unwrap_or(&file.path)).map_err(|error| {
        let problem = format!("cannot be written ({error})");
        ConfigError(vec![Fault::new("LOG_FILE", problem, "name a file in a folder that the server may write to")])
    })
}
