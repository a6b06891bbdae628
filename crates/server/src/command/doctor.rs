//! Tries everything that the configuration names, before or while a server runs with it.
//!
//! Each dependency has a file of its own here, with a function that makes [`Check`]s; [`examine`] calls them all.

mod addresses;
mod check;
mod database;
mod files;
mod key_set;
mod port;
mod report;

use std::io::{self, Write as _};

use anyhow::{Result, ensure};
use clap::Args;

use self::check::{Check, Verdict};
use super::block_on;
use crate::config::{self, Checked, Config, Settings};

#[derive(Debug, Args)]
pub(super) struct DoctorArgs {
    /// Print a JSON array instead, with an object for each check
    #[arg(long)]
    json: bool,
}

/// Prints what was found. An error if anything must be mended, also if that is the configuration.
pub(super) fn execute(args: &DoctorArgs) -> Result<()> {
    let print = |checks: &[Check]| {
        let text = if args.json { report::json(checks) } else { report::lines(checks) };
        io::stdout().write_all(text.as_bytes())
    };
    let Checked { value: config, warnings } = match config::read(&Settings::load()?, Config::read) {
        Ok(config) => config,
        Err(error) => {
            print(&error.0.iter().map(Check::of_fault).collect::<Vec<_>>())?;
            return Err(error.into());
        }
    };
    let environment = Check::ok("configuration", format!("is for {}", config.environment.name()));
    let mut checks = vec![environment];
    checks.extend(warnings.into_iter().map(|warning| Check::warn("configuration", warning)));
    block_on(async {
        checks.extend(examine(&config).await);
        Ok(())
    })?;
    print(&checks)?;
    let failed = checks.iter().filter(|check| check.verdict == Verdict::Fail).count();
    ensure!(failed == 0, "{failed} of {} checks failed", checks.len());
    Ok(())
}

/// Everything, in the order in which a server needs it. A new dependency is a new line here.
async fn examine(config: &Config) -> Vec<Check> {
    let mut checks = addresses::check(config);
    checks.extend(files::check(config));
    checks.extend(port::check(config.http.address));
    checks.extend(database::check(config).await);
    checks.extend(key_set::check(config).await);
    checks
}
