//! `cargo xtask openapi`: the checked-in OpenAPI document.

use anyhow::Result;

use crate::product::Hexado;
use crate::{generated, process};

const FILE: &str = "docs/openapi.json";

/// Writes the document, or with `check` fails if the one that is there is not up to date.
pub(crate) fn run(check: bool) -> Result<()> {
    let document = process::output(&mut Hexado::build()?.command(&["openapi"]))?;
    generated::update(FILE, &document, check, "cargo xtask openapi")
}
