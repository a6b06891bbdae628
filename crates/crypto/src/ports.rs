//! The domain's ports, served by what this crate has.

mod chain_hasher;
mod password_hasher;
mod signer;
mod token_signer;

pub use chain_hasher::Sha256ChainHasher;
pub use signer::SecretSigner;
pub use token_signer::KeyVault;
