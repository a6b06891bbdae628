//! Users, and who a credential stands for.

mod error;
mod ports;
pub mod rules;
mod service;
mod token;
mod user;

pub use error::AuthError;
pub use ports::{AuthChanges, CallerCache, REMEMBERED, TokenError, TokenVerifier, UserStore};
#[cfg(any(test, feature = "testing"))]
pub use ports::{MockAuthChanges, MockCallerCache, MockTokenVerifier, MockUserStore};
pub use service::{IdentityService, NEWS_INTERVAL};
pub use token::{Caller, VerifiedToken};
pub use user::{Email, NewUser, User};
