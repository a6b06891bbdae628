use std::io::{self, Write as _};

use anyhow::Result;

/// Prints the document that the server serves at `/openapi.json`.
pub(super) fn execute() -> Result<()> {
    Ok(io::stdout().write_all(hexado_web::openapi().as_bytes())?)
}
