//! Tokens of configured issuers, checked by the key sets that they publish or by a secret shared with them.
//!
//! [`JwtVerifier`] is the domain's port. It reads a token in this order, and stops at the first fault:
//!
//! 1. its form, and a header that names nothing but an algorithm, a key and a harmless type ([`Jws`]);
//! 2. its claims, each of the right type;
//! 3. for whom it is meant, which also tells the issuers apart;
//! 4. the signature, by a key of that issuer ([`KeySet`]) and with the algorithm of that key, whatever the token names;
//! 5. the times, so that only a token that is right in everything else is said to be expired.
//!
//! No token makes us fetch from an address that it names. TLS connections use `aws-lc-rs` without a process-wide provider,
//! and trust the authorities of the operating system and those of Mozilla.

mod claims;
mod examine;
mod fetch;
mod header;
mod issuer;
mod jws;
mod key;
mod key_set;
mod members;
mod options;
mod refusal;
mod rsa;
mod source;
mod verifier;

pub use examine::{KeySetError, PublishedKey, examine};
pub use jws::Jws;
pub use key::VerificationKey;
pub use key_set::{InvalidKeySet, KeySet};
pub use options::{
    Check, Expected, Hs256Mode, Hs256Options, HttpOptions, IssuerOptions, KeySource, Options, OptionsError,
};
pub use refusal::Refusal;
pub use source::KeySetUsage;
pub use verifier::JwtVerifier;
