use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use hexado_crypto::{SigningKey, key_file};
use hexado_local::OsEntropy;

/// The key that a development server trusts when it is told of no issuer. It is made when it is first asked for.
pub(crate) fn local_key(data_dir: &Path) -> Result<SigningKey> {
    fs::create_dir_all(data_dir).with_context(|| format!("cannot make the folder {}", data_dir.display()))?;
    Ok(key_file::load_or_create(&data_dir.join("signing-key.json"), &OsEntropy)?)
}
