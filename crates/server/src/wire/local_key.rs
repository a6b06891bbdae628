use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use hexado_crypto::{SigningKey, key_file};
use hexado_local::OsEntropy;
use secrecy::SecretString;

/// The key that a development server trusts when it is told of no issuer. It is made when it is first asked for.
pub(crate) fn local_key(data_dir: &Path) -> Result<SigningKey> {
    make_folder(data_dir)?;
    Ok(key_file::load_or_create(&data_dir.join("signing-key.json"), &OsEntropy)?)
}

/// The secret of a server that was given none, kept so that a restart signs nobody out.
pub(super) fn local_secret(data_dir: &Path) -> Result<SecretString> {
    make_folder(data_dir)?;
    Ok(key_file::load_or_create_secret(&data_dir.join("secret"), &OsEntropy)?)
}

fn make_folder(data_dir: &Path) -> Result<()> {
    fs::create_dir_all(data_dir).with_context(|| format!("cannot make the folder {}", data_dir.display()))
}
