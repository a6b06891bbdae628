use std::time::Duration;

use anyhow::Result;
use hexado_local::SystemClock;
use hexado_postgres::pooling::{Pooling, Unsuitable};
use hexado_postgres::{Examination, OLDEST_VERSION, Options, SslMode, examine, migrate};

use super::check::{Check, Verdict};
use crate::config::{Config, DatabaseLocation, Migrate};
use crate::wire::DatabaseServer;

const NAME: &str = "DATABASE_URL";
const DIRECT: &str = "DATABASE_DIRECT_URL";

/// How far two clocks may be apart without a word: far below the 60 s that tokens are given.
const CLOCKS_APART: Duration = Duration::from_secs(5);

/// The database as requests and as migrations reach it. A private one is started for that.
pub(super) async fn check(config: &Config) -> Vec<Check> {
    let database = match DatabaseServer::start(&config.database).await {
        Ok(database) => database,
        Err(error) => return vec![Check::fail(NAME, format!("{error:#}"))],
    };
    let mut checks = check_both(config, &database).await;
    if let Err(error) = database.stop().await {
        checks.push(Check::fail(NAME, format!("{error:#}")));
    }
    checks
}

async fn check_both(config: &Config, database: &DatabaseServer) -> Vec<Check> {
    let (mut checks, pooling) = match examine(&database.options, &SystemClock).await {
        Ok(found) => {
            let needed = database.options.pool_size + config.http.workers * database.options.lanes;
            (check_found(&database.options, &found, needed), Some(found.pooling))
        }
        Err(error) => (vec![Check::fail(NAME, error.problem).remedy(error.remedy)], None),
    };
    if matches!(config.database.location, DatabaseLocation::Given { direct: Some(_), .. }) {
        checks.push(check_direct(&database.direct).await);
    } else if matches!(pooling, Some(Pooling::Transactions)) && config.database.migrate != Migrate::Off {
        checks.push(unsuitable(DIRECT, Unsuitable::LosesLocks));
    }
    if checks.iter().all(|check| check.verdict != Verdict::Fail) {
        checks.push(check_tables(&database.direct, config.database.migrate).await);
    }
    checks
}

async fn check_direct(direct: &Options) -> Check {
    match examine(direct, &SystemClock).await {
        Ok(found) if found.pooling == Pooling::None => {
            Check::ok(DIRECT, format!("{} leads to the database itself", direct.place()))
        }
        Ok(_) => unsuitable(DIRECT, Unsuitable::LosesLocks),
        Err(error) => Check::fail(DIRECT, error.problem).remedy(error.remedy),
    }
}

fn check_found(options: &Options, found: &Examination, needed: usize) -> Vec<Check> {
    [
        Some(check_version(options, found)),
        check_encryption(options.ssl_mode()),
        check_writes(found),
        check_clock(found),
        Some(check_pooling(options, found, needed)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn check_version(options: &Options, found: &Examination) -> Check {
    let finding = format!("{} is PostgreSQL {}", options.place(), found.version);
    if found.major_version < OLDEST_VERSION {
        return Check::fail(NAME, finding).remedy(format!("upgrade it to {OLDEST_VERSION} or newer"));
    }
    match &found.tls {
        Some(tls) if found.pooling == Pooling::None => Check::ok(NAME, format!("{finding}, by {tls}")),
        _ => Check::ok(NAME, finding),
    }
}

fn check_encryption(mode: SslMode) -> Option<Check> {
    let finding = match mode {
        SslMode::Prefer => "sslmode=prefer falls back to plain text when someone on the way asks for it",
        SslMode::Require => "sslmode=require encrypts, but does not check who answers",
        SslMode::Disable | SslMode::VerifyCa | SslMode::VerifyFull => return None,
    };
    Some(
        Check::warn(NAME, finding)
            .remedy("say sslmode=verify-full, with sslrootcert=<file> for an authority of your own"),
    )
}

fn check_writes(found: &Examination) -> Option<Check> {
    found.read_only.then(|| {
        let finding = "the database accepts no writes: it is a standby, or was made read-only";
        Check::fail(NAME, finding).remedy("name the primary, or end default_transaction_read_only")
    })
}

fn check_clock(found: &Examination) -> Option<Check> {
    let apart = found.clock_ahead.abs();
    (apart.to_std().is_ok_and(|apart| apart > CLOCKS_APART)).then(|| {
        let direction = if found.clock_ahead > chrono::TimeDelta::zero() { "ahead of" } else { "behind" };
        let finding = format!("the database's clock is {} s {direction} this machine's", apart.num_seconds());
        Check::warn(NAME, finding).remedy("let NTP set both")
    })
}

/// A pooler, or else how many connections the database has left for us.
fn check_pooling(options: &Options, found: &Examination, needed: usize) -> Check {
    match found.pooling {
        Pooling::TransactionsWithoutStatements => unsuitable(NAME, Unsuitable::LosesStatements),
        Pooling::Transactions => {
            let (lock, statement) = (options.limits.lock.as_secs(), options.limits.statement.as_secs());
            let finding =
                "a pooler in transaction mode is in between, where limits of time do not stay with a connection";
            let remedy = format!(
                "set them for the user: ALTER ROLE … SET lock_timeout = '{lock}s'; ALTER ROLE … SET statement_timeout = \
                 '{statement}s', and none of them for DATABASE_DIRECT_URL's"
            );
            Check::warn(NAME, finding).remedy(remedy)
        }
        Pooling::None => check_slots(found, needed),
    }
}

fn check_slots(found: &Examination, needed: usize) -> Check {
    let (limit, in_use) = (found.slots.limit, found.slots.in_use);
    let finding = format!("a server needs up to {needed} of {limit} connections, of which {in_use} are in use");
    let remedy = "lower DATABASE_POOL_SIZE or WORKERS, or raise the limit of the server, the database or the user";
    if needed > limit {
        Check::fail(NAME, finding).remedy(remedy)
    } else if needed > limit.saturating_sub(in_use) {
        Check::warn(NAME, finding).remedy(remedy)
    } else {
        Check::ok(NAME, format!("{finding}: there is room for {} such servers", limit / needed.max(1)))
    }
}

async fn check_tables(direct: &Options, how: Migrate) -> Check {
    match migrations(direct).await {
        Ok((missing, _)) if !missing.is_empty() => missing_migrations(&missing, how),
        Ok((_, unknown)) if !unknown.is_empty() => {
            let finding = format!("the tables are those of a newer Hexado ({})", unknown.join(", "));
            Check::warn("MIGRATE", finding).remedy("run that one, unless you are going back on purpose")
        }
        Ok(_) => Check::ok("MIGRATE", "the tables are up to date"),
        Err(error) => Check::fail("MIGRATE", format!("the tables cannot be looked at: {error:#}")),
    }
}

/// Those that are missing, and those that are not ours.
async fn migrations(direct: &Options) -> Result<(Vec<String>, Vec<String>)> {
    Ok((migrate::pending(direct).await?, migrate::unknown(direct).await?))
}

fn missing_migrations(missing: &[String], how: Migrate) -> Check {
    let finding = format!("these migrations are missing: {}", missing.join(", "));
    match how {
        Migrate::Auto => Check::warn("MIGRATE", finding).remedy("the server runs them when it starts"),
        Migrate::Check | Migrate::Off => Check::fail("MIGRATE", finding).remedy("run `hexado migrate`"),
    }
}

fn unsuitable(name: &'static str, why: Unsuitable) -> Check {
    Check::fail(name, why.problem()).remedy(why.remedy())
}
