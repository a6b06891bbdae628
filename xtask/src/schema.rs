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
const KEPT: [&str; 1] = ["users"];

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
    let kept = up.iter().filter(|object| is_kept(object)).cloned().collect();
    compare("after all migrations were taken back", &catalog.objects().await?, &kept)?;
    migrate(hexado, url, &[])?;
    compare("after they were made again", &catalog.objects().await?, &up)
}

/// Triggers on a table that was adopted are ours, and go.
fn is_kept(object: &Object) -> bool {
    KEPT.contains(&object.table.as_str()) && !object.description.starts_with("CREATE TRIGGER")
}

fn migrate(hexado: &Hexado, url: &str, args: &[&str]) -> Result<()> {
    let mut migrate = hexado.command(&["migrate"]);
    let variables = [("DATABASE_URL", url), ("DATABASE_DIRECT_URL", url), ("RUST_LOG", "warn")];
    process::output(migrate.args(args).envs(variables))?;
    Ok(())
}

fn compare(when: &str, present: &BTreeSet<Object>, wanted: &BTreeSet<Object>) -> Result<()> {
    if let Some(object) = present.difference(wanted).next() {
        bail!("{when} there is still `{}`", object.description);
    }
    if let Some(object) = wanted.difference(present).next() {
        bail!("{when} there is no `{}`", object.description);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn objects(descriptions: &[&str]) -> BTreeSet<Object> {
        descriptions.iter().map(|text| Object { table: "a".into(), description: (*text).into() }).collect()
    }

    #[test]
    fn what_a_migration_leaves_behind_is_named() {
        let error = compare("later", &objects(&["index a", "index b"]), &objects(&["index a"])).unwrap_err();
        assert_eq!(error.to_string(), "later there is still `index b`");
    }

    #[test]
    fn of_a_table_that_was_adopted_all_but_our_triggers_is_kept() {
        let object = |table: &str, text: &str| Object { table: table.into(), description: text.into() };
        assert!(is_kept(&object("users", "column users.id text")));
        assert!(!is_kept(&object("users", "CREATE TRIGGER users_auth_change AFTER UPDATE ON public.users")));
        assert!(!is_kept(&object("tasks", "column tasks.id bigint")));
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = compare("later", &objects(&[]), &objects(&["index a"])).unwrap_err();
        assert_eq!(error.to_string(), "later there is no `index a`");
        assert!(compare("later", &objects(&["index a"]), &objects(&["index a"])).is_ok());
    }
}
