use std::fmt;
use std::sync::Arc;

use hexado_jwks::JwtVerifier;
use hexado_local::{LocalCallerCache, LocalRateLimiter};
use hexado_postgres::Postgres;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use prometheus_client::registry::Unit;

use super::sample::{Samples, Source};
use crate::telemetry::Sink;

/// What tells how busy it is.
#[derive(Clone)]
pub(crate) struct Adapters {
    pub(crate) postgres: Postgres,
    pub(crate) verifier: Arc<JwtVerifier>,
    pub(crate) callers: Arc<LocalCallerCache>,
    pub(crate) limiter: Arc<LocalRateLimiter>,
}

impl Source for Adapters {
    fn tell(&self, samples: &mut Samples<'_>) -> fmt::Result {
        self.database(samples)?;
        self.key_sets(samples)?;
        let callers = self.callers.usage();
        samples.gauge("caller_cache_entries", "Callers that are remembered", callers.callers)?;
        samples.counter("caller_cache_hits", "Requests of remembered callers", callers.hits)?;
        samples.counter("caller_cache_misses", "Requests whose caller was not remembered", callers.misses)?;
        samples.gauge(
            "rate_limiter_subjects",
            "Users and addresses with a part of their allowance used",
            self.limiter.len(),
        )
    }
}

impl Adapters {
    fn database(&self, samples: &mut Samples<'_>) -> fmt::Result {
        let usage = self.postgres.usage();
        let (pool, lanes, batches) = (usage.pool, usage.lanes, usage.batches);
        samples.gauge("db_pool_max_connections", "Connections of the pool at most", pool.max_size)?;
        samples.gauge("db_pool_connections", "Connections of the pool", pool.size)?;
        samples.gauge("db_pool_idle_connections", "Connections of the pool that nobody uses", pool.idle)?;
        samples.gauge("db_pool_waiting", "Calls that wait for a connection of the pool", pool.waiting)?;
        samples.gauge("db_lanes_wanted", "Shared connections for reads that there should be", lanes.wanted)?;
        samples.gauge("db_lanes", "Shared connections for reads that are up", lanes.up)?;
        samples.gauge("db_lane_reads_in_flight", "Reads that are under way on shared connections", lanes.in_flight)?;
        samples.counter("db_lanes_opened", "Shared connections for reads that were opened", lanes.made)?;
        samples.gauge("db_writes_waiting", "Creations and updates that wait for others to return", batches.waiting)?;
        samples.counter("db_batches", "Statements that stored creations or updates", batches.batches)?;
        samples.counter("db_batched_writes", "Creations and updates that they stored", batches.writes)
    }

    fn key_sets(&self, samples: &mut Samples<'_>) -> fmt::Result {
        let key_sets = self.verifier.usage();
        let ages = key_sets.iter().filter_map(|key_set| {
            let age = key_set.age?.as_seconds_f64();
            Some(([("key_set", key_set.address.as_str())], ConstGauge::new(age)))
        });
        samples.family("key_set_age", "Since the key set was fetched", Some(&Unit::Seconds), ages)?;
        let failures = key_sets
            .iter()
            .map(|key_set| ([("key_set", key_set.address.as_str())], ConstCounter::new(key_set.failures)));
        samples.family("key_set_fetch_failures", "Fetches of the key set that failed", None, failures)
    }
}

impl Source for Vec<Sink> {
    fn tell(&self, samples: &mut Samples<'_>) -> fmt::Result {
        let dropped: u64 = self.iter().map(Sink::dropped).sum();
        samples.counter("log_lines_dropped", "Log lines that no output took", dropped)
    }
}
