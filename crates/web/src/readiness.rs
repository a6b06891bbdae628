use std::sync::atomic::{AtomicU8, Ordering};

/// Whether this process takes requests. It starts, serves, and drains; never backwards.
#[derive(Debug)]
pub struct Readiness(AtomicU8);

const STARTING: u8 = 0;
const SERVING: u8 = 1;
const DRAINING: u8 = 2;

impl Readiness {
    pub fn starting() -> Self {
        Self(AtomicU8::new(STARTING))
    }

    /// From now on requests are served, unless the process drains already.
    pub fn serving(&self) {
        self.0.fetch_max(SERVING, Ordering::SeqCst);
    }

    /// From now on load balancers are told to go elsewhere.
    pub fn draining(&self) {
        self.0.fetch_max(DRAINING, Ordering::SeqCst);
    }

    pub(crate) fn is_starting(&self) -> bool {
        self.0.load(Ordering::Relaxed) == STARTING
    }

    pub(crate) fn is_draining(&self) -> bool {
        self.0.load(Ordering::Relaxed) == DRAINING
    }

    pub(crate) fn name(&self) -> &'static str {
        match self.0.load(Ordering::Relaxed) {
            STARTING => "starting",
            SERVING => "serving",
            _ => "draining",
        }
    }

    pub(crate) fn is_serving(&self) -> bool {
        self.0.load(Ordering::Relaxed) == SERVING
    }
}
