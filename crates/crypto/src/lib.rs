//! Everything cryptographic that Hexado does, in the formats of Better Auth: what either side has made, the other can use.
//!
//! | module | what | algorithm |
//! | --- | --- | --- |
//! | [`password`] | hashes of passwords, and the threads that make them | scrypt; verifies bcrypt and Argon2id |
//! | [`cookie`] | signed values in cookies and bearer tokens | HMAC-SHA256 |
//! | [`cipher`] | encryption at rest | XChaCha20-Poly1305 |
//! | [`signing_key`] | keys that sign tokens, as JSON Web Keys | Ed25519, ECDSA, RSA |
//! | [`stored_key`] | such a key as a row of the database | |
//! | [`hs256`] | tokens between those who share a secret | HMAC-SHA256 |
//! | [`totp`] | one-time passwords of authenticator apps | HMAC-SHA1 |
//! | [`backup_codes`] | what replaces them once | |
//! | [`digest`] | identifiers that are stored as their hash | SHA-256 |
//! | [`key_file`] | a signing key in a file | |
//!
//! Randomness comes from the [`Entropy`](hexado_domain::entropy::Entropy) port, time as an argument. Two things are not in
//! reach: EC and RSA keys are made, and EC and PSS signatures salted, by the generator inside the library that computes them.
//!
//! Nothing here that is secret can be printed or serialized by accident: keys have neither `Debug` nor `Serialize`, and
//! leave this crate as a [`SecretString`](secrecy::SecretString) only. What is compared with a secret is compared in constant
//! time.

pub mod backup_codes;
pub mod cipher;
mod claims;
pub mod cookie;
pub mod digest;
pub mod hs256;
mod jwt;
pub mod key_file;
pub mod password;
mod ports;
pub mod signing_key;
pub mod stored_key;
#[cfg(test)]
mod testing;
pub mod totp;

pub use claims::Claims;
pub use hs256::sign_hs256;
pub use ports::{KeyVault, SecretSigner, Sha256ChainHasher};
pub use signing_key::{InvalidKey, SigningKey};
