//! `cargo xtask schema`: diesel's view of the tables that the migrations make.

mod catalog;
mod render;

use std::collections::BTreeSet;

use anyhow::{Result, bail};
use hexado_devdb::testing::TestDatabase;

use crate::product::Hexado;
use crate::{generated, process};
use catalog::{Catalog, Object};

const FILE: &str = "crates/postgres/src/schema.rs";

/// Tables that stay when migrations are taken back: a Better Auth server may have made them, and migrations adopt them.
const KEPT: [&str; 6] = ["accounts", "jwks", "sessions", "two_factors", "users", "verifications"];

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
    migrate(hexado, url, &[])?;
    let up = catalog.objects().await?;
    migrate(hexado, url, &["--revert-all"])?;
    let kept = up.iter().filter(|object| KEPT.contains(&object.table.as_str())).cloned().collect();
    if let Some(object) = first_beyond(&catalog.objects().await?, &kept) {
        bail!("after all migrations were taken back there is still `{object}`");
    }
    migrate(hexado, url, &[])?;
    let again = catalog.objects().await?;
    if let Some(object) = first_beyond(&again, &up).or(first_beyond(&up, &again)) {
        bail!("the migrations do not make the same a second time: `{object}`");
    }
    Ok(())
}

fn migrate(hexado: &Hexado, url: &str, args: &[&str]) -> Result<()> {
    let mut migrate = hexado.command(&["migrate"]);
    let variables = [("DATABASE_URL", url), ("DATABASE_DIRECT_URL", url), ("RUST_LOG", "warn")];
    process::output(migrate.args(args).envs(variables))?;
    Ok(())
}

/// What `objects` has and `wanted` has not; of a function its first line.
fn first_beyond<'a>(objects: &'a BTreeSet<Object>, wanted: &BTreeSet<Object>) -> Option<&'a str> {
    let object = objects.iter().find(|object| !wanted.contains(object))?;
    object.description.lines().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(descriptions: &[&str]) -> BTreeSet<Object> {
        descriptions.iter().map(|text| Object { table: "a".into(), description: (*text).into() }).collect()
    }

    #[test]
    fn what_goes_beyond_is_named() {
        assert_eq!(first_beyond(&objects(&["index a", "index b"]), &objects(&["index a"])), Some("index b"));
        assert_eq!(first_beyond(&objects(&["index a"]), &objects(&["index a", "index b"])), None);
    }
}
