//! Ports that one process can serve alone, without anything installed beside it.

mod caller_cache;
mod clock;
mod entropy;
mod mail_files;
mod rate_limiter;

pub use caller_cache::{CallerCacheOptions, CallerCacheUsage, LocalCallerCache};
pub use clock::SystemClock;
pub use entropy::OsEntropy;
pub use mail_files::{FileMailer, MailFormat};
pub use rate_limiter::LocalRateLimiter;
