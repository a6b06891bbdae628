use tracing_appender::rolling::{Builder, RollingFileAppender, Rotation};

use crate::config::{ConfigError, Fault, LogFile, LogRotation};

/// The date follows the file's name, as in `hexado.log.2026-11-21`: what is older is found by that name, and a shorter
/// beginning could be one of somebody else's files.
pub(super) fn open(file: &LogFile) -> Result<RollingFileAppender, ConfigError> {
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
