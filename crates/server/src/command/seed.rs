use std::sync::Arc;

use anyhow::{Context, Result, anyhow, ensure};
use hexado_domain::access::PermissionSet;
use hexado_domain::access::rules::Owner;
use hexado_domain::actor::Actor;
use hexado_domain::clock::Clock as _;
use hexado_domain::id::UserId;
use hexado_domain::identity::{UserStore as _, VerifiedToken, rules};
use hexado_domain::page::Limit;
use hexado_domain::task::{TaskDraft, TaskQuery, TaskService};
use hexado_local::SystemClock;
use hexado_postgres::{PgTaskStore, PgUserStore, Postgres};

use super::block_on;
use crate::config::{self, Config, Settings};
use crate::demo::{self, DemoUser};
use crate::telemetry::{self, Output};
use crate::wire::{DatabaseServer, schema};

/// Makes the demo users with some tasks, each unless they have tasks already.
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
    })
}

async fn seed(config: &Config, database: &DatabaseServer) -> Result<()> {
    schema::ensure(&database.direct, config.database.migrate).await?;
    let postgres = Postgres::connect(database.options.clone());
    let tasks = TaskService::new(Arc::new(PgTaskStore::new(&postgres)), Arc::new(SystemClock));
    let users = demo::users(SystemClock.now()).map_err(|fault| anyhow!("a demo task {fault}"))?;
    for (user, drafts) in users {
        let actor = register(user, &config.http.public_origin, &postgres).await?;
        add_tasks(&actor, drafts, &tasks).await?;
    }
    Ok(())
}

/// The user as their first token would make them.
async fn register(user: DemoUser, issuer: &str, postgres: &Postgres) -> Result<Actor> {
    let now = SystemClock.now();
    let token = VerifiedToken {
        issuer: issuer.to_owned(),
        subject: UserId::parse(user.id).context("a demo user's id is none")?,
        email: Some(user.email.to_owned()),
        name: Some(user.name.to_owned()),
        session_id: None,
        expires_at: now,
    };
    let user = PgUserStore::new(postgres).register(&rules::user_of(&token, now)).await?;
    Ok(Actor::new(user.id, PermissionSet::NONE))
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
