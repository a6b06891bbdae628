//! Users, and who a credential stands for.

mod error;
mod ports;
pub mod rules;
mod service;
mod token;
mod user;

pub use error::AuthError;
pub use ports::{CallerCache, TokenError, TokenVerifier, UserStore};
#[cfg(any(test, feature = "testing"))]
pub use ports::{MockCallerCache, MockTokenVerifier, MockUserStore};
pub use service::IdentityService;
pub use token::{Caller, VerifiedToken};
pub use user::{Email, NewUser, User};
