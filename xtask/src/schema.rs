//! `cargo xtask schema`: diesel's view of the tables that the migrations make.

mod catalog;
mod render;

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use hexado_devdb::testing::TestDatabase;

use crate::product::Hexado;
use crate::{generated, process};
use catalog::Catalog;

const FILE: &str = "crates/postgres/src/schema.rs";

/// Writes the file, or with `check` fails if the one that is there is not up to date.
///
/// `check` also proves that every migration can be taken back, and made again after that.
pub(crate) fn run(check: bool) -> Result<()> {
    let hexado = Hexado::build()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let schema = runtime.block_on(async {
        let database = TestDatabase::create("empty", async |_: &str| anyhow::Ok(())).await?;
        let catalog = Catalog::connect(database.url()).await?;
        if check {
            prove_reversible(&hexado, database.url(), &catalog).await?;
        } else {
            migrate(&hexado, database.url(), &[])?;
        }
        anyhow::Ok(render::render(&catalog.tables().await?))
    })?;
    generated::update(FILE, &schema?, check, "cargo xtask schema")
}

/// Up, down, up.
async fn prove_reversible(hexado: &Hexado, url: &str, catalog: &Catalog) -> Result<()> {
    let empty = catalog.objects().await?;
    migrate(hexado, url, &[])?;
    let up = catalog.objects().await?;
    migrate(hexado, url, &["--revert-all"])?;
    compare("after all migrations were taken back", &catalog.objects().await?, &empty)?;
    migrate(hexado, url, &[])?;
    compare("after they were made again", &catalog.objects().await?, &up)
}

fn migrate(hexado: &Hexado, url: &str, args: &[&str]) -> Result<()> {
    let mut migrate = hexado.command(&["migrate"]);
    process::output(migrate.args(args).env("DATABASE_URL", url).env("DATABASE_DIRECT_URL", url))?;
    Ok(())
}

fn compare(when: &str, present: &BTreeSet<String>, wanted: &BTreeSet<String>) -> Result<()> {
    if let Some(object) = present.difference(wanted).next() {
        bail!("{when} there is still `{object}`");
    }
    if let Some(object) = wanted.difference(present).next() {
        bail!("{when} there is no `{object}`");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_a_migration_leaves_behind_is_named() {
        let error = compare("later", &objects(&["index a", "index b"]), &objects(&["index a"])).unwrap_err();
        assert_eq!(error.to_string(), "later there is still `index b`");
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = compare("later", &objects(&[]), &objects(&["index a"])).unwrap_err();
        assert_eq!(error.to_string(), "later there is no `index a`");
        assert!(compare("later", &objects(&["index a"]), &objects(&["index a"])).is_ok());
    }
}
