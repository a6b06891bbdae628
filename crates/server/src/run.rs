//! The server's life: start, serve, drain, stop.

mod listen;
mod stop;

pub(crate) fn execute() -> anyhow::Result<()> {
    let config = crate::config::read(&crate::config::Settings::load()?, crate::config::Config::read)?;
    let _t = crate::telemetry::start(&config.value.logs, crate::telemetry::Output::Log)?;
    Ok(())
}
