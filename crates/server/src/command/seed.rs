mod sign_up;

use std::io::{self, Write as _};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, ensure};
use hexado_domain::access::PermissionSet;
use hexado_domain::access::rules::Owner;
use hexado_domain::actor::Actor;
use hexado_domain::clock::Clock as _;
use hexado_domain::page::Limit;
use hexado_domain::task::{TaskDraft, TaskQuery, TaskService};
use hexado_local::SystemClock;
use hexado_postgres::{PgTaskStore, Postgres};

use self::sign_up::SignUp;
use super::block_on;
use crate::config::{self, Config, Settings};
use crate::demo::{self, DEMO_USERS};
use crate::telemetry::{self, Output};
use crate::wire::{DatabaseServer, schema};

/// Signs the demo users up and gives them some tasks, each unless they have that already; tells by what they sign in.
pub(super) fn execute() -> Result<()> {
    let config = config::read(&Settings::load()?, Config::read)?.value;
    ensure!(
        config.environment.is_development(),
        "demo users are made in development only, and ENVIRONMENT is {}",
        config.environment.name()
    );
    let _telemetry = telemetry::start(&config.logs, Output::Result)?;
    block_on(async {
        let database = DatabaseServer::start(&config.database).await?;
        let seeded = seed(&config, &database).await;
        database.stop().await?;
        seeded
    })?;
    // Elsewhere these passwords open nothing.
    if config.identity.builtin { report() } else { Ok(()) }
}

async fn seed(config: &Config, database: &DatabaseServer) -> Result<()> {
    schema::ensure(&database.direct, config.database.migrate).await?;
    let postgres = Postgres::connect(database.options.clone());
    let sign_up = SignUp::new(&postgres)?;
    let tasks = TaskService::new(Arc::new(PgTaskStore::new(&postgres)), Arc::new(SystemClock));
    let users = demo::users(SystemClock.now()).map_err(|fault| anyhow!("a demo task {fault}"))?;
    for (user, drafts) in users {
        let user_id = sign_up.ensure(&user).await.with_context(|| format!("{} cannot sign up", user.email))?;
        add_tasks(&Actor::new(user_id, PermissionSet::NONE), drafts, &tasks).await?;
    }
    Ok(())
}

async fn add_tasks(actor: &Actor, drafts: Vec<TaskDraft>, tasks: &TaskService) -> Result<()> {
    let any = TaskQuery { limit: Limit::new(1).unwrap_or_default(), ..TaskQuery::default() };
    if !tasks.list(actor, &Owner::Caller, &any).await?.items.is_empty() {
        tracing::info!(user = %actor.user_id, "has tasks already");
        return Ok(());
    }
    let count = drafts.len();
    for draft in drafts {
        tasks.create(actor, &Owner::Caller, draft, None).await?;
    }
    tracing::info!(user = %actor.user_id, tasks = count, "seeded");
    Ok(())
}

/// A line for each user: address, password, and what they are there for.
fn report() -> Result<()> {
    let mut out = io::stdout();
    for user in DEMO_USERS {
        writeln!(out, "{:<24} {:<22} {}", user.email, user.password, user.purpose)?;
    }
    Ok(())
}
