use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arc_swap::ArcSwapOption;
use chrono::{DateTime, TimeDelta, Utc};
use hexado_domain::clock::Clock;
use thiserror::Error;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::JoinHandle;
use tracing::Instrument;
use url::Url;

use crate::fetch::{FetchError, Fetcher};
use crate::header::Header;
use crate::key_set::{InvalidKeySet, KeySet};
use crate::options::{HttpOptions, OptionsError};

/// A key set that its issuer serves, as it was when it was last fetched.
///
/// It is fetched when a token needs it for the first time, when one names a key that it does not have, and in the
/// background when it is used at a certain age. There is one fetch at a time, for which all wait who need it, and a least
/// time between two. What was fetched is good until something better comes: an issuer that is down forgets no keys.
pub(crate) struct RemoteKeySet {
    url: Url,
    fetcher: Fetcher,
    refresh_every: TimeDelta,
    retry_after: TimeDelta,
    clock: Arc<dyn Clock>,
    fetched: ArcSwapOption<Fetched>,
    /// When the last fetch began. Locked while it runs.
    last_fetch: Arc<Mutex<Option<DateTime<Utc>>>>,
    failures: AtomicU64,
}

/// How a key set that is fetched is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySetUsage {
    /// Where it comes from, without what may be secret in a URL.
    pub address: String,
    /// How long ago it was fetched; `None` if that never succeeded.
    pub age: Option<TimeDelta>,
    /// Fetches that failed since the start.
    pub failures: u64,
}

struct Fetched {
    text: Arc<str>,
    key_set: Arc<KeySet>,
    at: DateTime<Utc>,
}

type Turn = OwnedMutexGuard<Option<DateTime<Utc>>>;

impl RemoteKeySet {
    pub(crate) fn new(url: Url, options: &HttpOptions, clock: Arc<dyn Clock>) -> Result<Self, OptionsError> {
        if !matches!(url.scheme(), "http" | "https") {
            return Err(OptionsError::Scheme { scheme: url.scheme().to_owned() });
        }
        Ok(Self {
            fetcher: Fetcher::new(&url, options)?,
            url,
            refresh_every: options.refresh_every,
            retry_after: options.retry_after,
            clock,
            fetched: ArcSwapOption::empty(),
            last_fetch: Arc::default(),
            failures: AtomicU64::new(0),
        })
    }

    pub(crate) fn usage(&self) -> KeySetUsage {
        let age = self.fetched.load().as_ref().map(|fetched| self.clock.now() - fetched.at);
        KeySetUsage { address: self.address(), age, failures: self.failures.load(Ordering::Relaxed) }
    }

    /// The newest key set that is worth asking for the key of `header`.
    pub(crate) async fn key_set_for(self: &Arc<Self>, header: &Header) -> Result<Arc<KeySet>, NeverFetched> {
        if let Some(fetched) = self.fetched.load_full()
            && fetched.key_set.has_key_for(header)
        {
            self.refresh_if_old(&fetched);
            return Ok(Arc::clone(&fetched.key_set));
        }
        self.refresh().await;
        let fetched = self.fetched.load_full().ok_or_else(|| NeverFetched { address: self.address() })?;
        Ok(Arc::clone(&fetched.key_set))
    }

    /// Fetches, or waits for the fetch that is running. Each takes no longer than the client's time limit.
    async fn refresh(self: &Arc<Self>) {
        let turn = Arc::clone(&self.last_fetch).lock_owned().await;
        if let Some(fetch) = self.start(turn) {
            // A fetch that panics or is cut off is one that failed.
            let _ = fetch.await;
        }
    }

    fn refresh_if_old(self: &Arc<Self>, fetched: &Fetched) {
        if is_within(self.refresh_every, fetched.at, self.clock.now()) {
            return;
        }
        if let Ok(turn) = Arc::clone(&self.last_fetch).try_lock_owned() {
            self.start(turn);
        }
    }

    /// Starts a fetch, unless the last one was a moment ago. It is a task of its own: a caller that goes away does not end
    /// it for those who wait for it.
    fn start(self: &Arc<Self>, mut turn: Turn) -> Option<JoinHandle<()>> {
        let now = self.clock.now();
        if turn.is_some_and(|last| is_within(self.retry_after, last, now)) {
            return None;
        }
        *turn = Some(now);
        let source = Arc::clone(self);
        let span = tracing::info_span!("fetch key set", otel.kind = "client", url.full = self.address());
        let fetch = async move {
            if let Err(error) = source.fetch(now).await {
                source.failures.fetch_add(1, Ordering::Relaxed);
                let error: &(dyn Error + 'static) = &error;
                tracing::warn!(error, key_set = source.address(), "a key set could not be fetched");
            }
            drop(turn);
        };
        Some(tokio::spawn(fetch.instrument(span)))
    }

    async fn fetch(&self, now: DateTime<Utc>) -> Result<(), RefreshError> {
        let text = self.fetcher.text(&self.url).await?;
        let known = self.fetched.load_full().filter(|fetched| *fetched.text == *text);
        let key_set = match known {
            Some(fetched) => Arc::clone(&fetched.key_set),
            None => Arc::new(KeySet::parse(&text)?),
        };
        self.fetched.store(Some(Arc::new(Fetched { text: text.into(), key_set, at: now })));
        Ok(())
    }

    /// For logs: without what may be secret in a URL.
    fn address(&self) -> String {
        format!("{}{}", self.url.origin().ascii_serialization(), self.url.path())
    }
}

/// No fetch of the key set has ever succeeded.
#[derive(Debug, Error)]
#[error("the key set at {address} cannot be fetched")]
pub(crate) struct NeverFetched {
    address: String,
}

#[derive(Debug, Error)]
enum RefreshError {
    #[error(transparent)]
    Fetch(#[from] FetchError),
    #[error(transparent)]
    KeySet(#[from] InvalidKeySet),
}

/// Whether less than `span` has passed. A clock that was set back counts as more.
fn is_within(span: TimeDelta, start: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (TimeDelta::zero()..span).contains(&(now - start))
}
