use std::path::PathBuf;

use tracing_subscriber::EnvFilter;

use super::environment::Environment;
use super::reader::Reader;

/// What is logged, and where to.
#[derive(Debug)]
pub(crate) struct Logs {
    pub(crate) format: LogFormat,
    /// Directives of an `EnvFilter`.
    pub(crate) filter: String,
    pub(crate) file: Option<LogFile>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogFormat {
    /// Lines for people.
    Pretty,
    /// One JSON object a line.
    Json,
}

/// A file that is logged to beside standard output.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct LogFile {
    pub(crate) path: PathBuf,
    pub(crate) rotation: LogRotation,
    /// How many files are kept.
    pub(crate) keep: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogRotation {
    Daily,
    Hourly,
    Never,
}

impl Logs {
    pub(super) fn read(reader: &mut Reader<'_>, environment: Environment, debug: bool) -> Self {
        let default = if environment.is_development() { LogFormat::Pretty } else { LogFormat::Json };
        Self {
            format: reader.choice("LOG_FORMAT", &[("pretty", LogFormat::Pretty), ("json", LogFormat::Json)], default),
            filter: filter(reader, debug),
            file: LogFile::read(reader),
        }
    }
}

/// The web server's own lines at start say nothing that ours do not.
const INFO: &str = "info,actix_server=warn";

/// `DEBUG` is about this program: the debug lines of libraries would drown it. `RUST_LOG` can have them.
const DEBUG: &str = "info,actix_server=warn,hexado=debug";

fn filter(reader: &mut Reader<'_>, debug: bool) -> String {
    let expected = "a level (error, warn, info, debug, trace) or target=level pairs, such as info,hexado_web=debug";
    let filter = reader.parsed("RUST_LOG", expected, |text| EnvFilter::try_new(text).is_ok().then_some(text));
    filter.unwrap_or(if debug { DEBUG } else { INFO }).to_owned()
}

impl LogFile {
    fn read(reader: &mut Reader<'_>) -> Option<Self> {
        let rotations = [("daily", LogRotation::Daily), ("hourly", LogRotation::Hourly), ("never", LogRotation::Never)];
        let rotation = reader.choice("LOG_ROTATION", &rotations, LogRotation::Daily);
        let keep = reader.number("LOG_KEEP", 10_000, 7);
        let path = reader.path("LOG_FILE")?;
        if path.file_name().is_none() || path.is_dir() {
            reader.fault("LOG_FILE", "is a folder", "name a file, such as /var/log/hexado/hexado.log");
        }
        Some(Self { path, rotation, keep })
    }
}
