//! Signing keys, and the tokens that are signed with them.
//!
//! Nothing here that is secret can be printed or serialized by accident: keys have neither `Debug` nor `Serialize`, and
//! leave this crate as a [`SecretString`](secrecy::SecretString) only.

mod claims;
mod hs256;
mod jwt;
pub mod key_file;
mod signing_key;

pub use claims::Claims;
pub use hs256::sign_hs256;
pub use signing_key::{InvalidKey, SigningKey};
