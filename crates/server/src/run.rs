//! The server's life: start, serve, drain, stop.

mod background;
mod first_admin;
mod follow;
mod listen;
mod prepare;
mod stop;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, anyhow};
use hexado_postgres::Postgres;
use hexado_web::{Application, Readiness};
use tokio::time::sleep;

use crate::command::block_on;
use crate::config::{self, Checked, Config, Settings};
use crate::metrics;
use crate::telemetry::{self, Output, Telemetry};
use crate::wire::{self, DatabaseServer};
use background::Running;
use listen::listen;
use prepare::Preparation;
use stop::Stop;

/// How long load balancers are given to notice that the server is no longer ready, while it still serves.
const DRAIN_NOTICE: Duration = Duration::from_secs(1);

/// Runs the server until it is told to stop.
pub(crate) fn execute() -> Result<()> {
    let Checked { value: config, warnings } = config::read(&Settings::load()?, Config::read)?;
    let telemetry = telemetry::start_with_traces(&config.logs, Output::Log, config.traces.as_ref())?;
    warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
    block_on(live(&config, &telemetry))
}

async fn live(config: &Config, telemetry: &Telemetry) -> Result<()> {
    let stop = Stop::listen()?;
    let database = DatabaseServer::start(&config.database).await?;
    let served = serve(config, telemetry, &database, stop).await;
    database.stop().await?;
    served
}

async fn serve(config: &Config, telemetry: &Telemetry, database: &DatabaseServer, mut stop: Stop) -> Result<()> {
    let listeners = listen(config.http.address)?;
    announce(config, database, &listeners);
    let readiness = Arc::new(Readiness::starting());
    let postgres = Postgres::connect(database.options.clone());
    let (deps, adapters) = wire::deps(config, &postgres, Arc::clone(&readiness))?;
    let (identity, keys, blocks) = (Arc::clone(&deps.identity), Arc::clone(&deps.keys), Arc::clone(&deps.blocks));
    let preparation = Preparation {
        database,
        postgres: &postgres,
        migrate: config.database.migrate,
        identity: &identity,
        blocks: &blocks,
        keys: config.identity.builtin.then_some(&*keys),
        first_admin: config.identity.first_admin.as_ref(),
    };
    let application = Application::new(deps, wire::web_options(config));
    let metrics =
        config.metrics.address.map(|address| metrics::serve(address, &application, adapters, telemetry.sinks.clone()));
    let metrics = metrics.transpose()?;
    let mut running = Running::default();
    running.tell_refusals(application.clone(), &stop);
    let lanes = postgres.clone();
    let server = hexado_web::serve(listeners, config.http.workers, application, move || lanes.open_lanes())?;
    let handle = server.handle();
    let mut server = tokio::spawn(server);
    let ended = tokio::select! {
        ended = &mut server => return Err(anyhow!("the web server ended by itself: {ended:?}")),
        ended = live_until_told(config, &preparation, &readiness, &mut running, &mut stop) => ended,
    };
    readiness.draining();
    let drained = async {
        if !config.environment.is_development() {
            sleep(DRAIN_NOTICE).await;
        }
        handle.stop(true).await;
    };
    tokio::join!(drained, running.end());
    server.await??;
    if let Some(metrics) = metrics {
        metrics.stop(false).await;
    }
    tracing::info!("stopped");
    ended
}

/// Prepares the database, starts what is done beside answering, and returns when the process shall stop.
async fn live_until_told(
    config: &Config,
    preparation: &Preparation<'_>,
    readiness: &Readiness,
    running: &mut Running,
    stop: &mut Stop,
) -> Result<()> {
    tokio::select! {
        prepared = prepare::until_serving(preparation, readiness) => prepared?,
        () = stop.requested() => return Ok(()),
    }
    let background = wire::background(&config.mail, &preparation.database.options);
    running.start(background, config.identity.builtin, stop);
    tokio::select! {
        () = follow::changes(preparation.identity, preparation.blocks) => {}
        () = stop.requested() => {}
    }
    Ok(())
}

fn announce(config: &Config, database: &DatabaseServer, listeners: &[TcpListener]) {
    let addresses: Vec<_> = listeners.iter().filter_map(|listener| listener.local_addr().ok()).collect();
    let public_url = &config.http.public_origin;
    tracing::info!(
        version = env!("CARGO_PKG_VERSION"),
        environment = config.environment.name(),
        address = addresses.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "),
        public_url,
        docs = config.http.api_docs.then(|| format!("{public_url}/docs")),
        database = database.name,
        "hexado runs"
    );
}
