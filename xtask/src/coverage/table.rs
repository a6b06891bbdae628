use std::collections::BTreeMap;
use std::fmt;

use anyhow::{Result, bail};

use super::lcov::Covered;

/// How many percent of the lines must run.
const DOMAIN: f64 = 90.0;
const WORKSPACE: f64 = 80.0;

/// Lines and those that ran, by crate and in all.
#[derive(Debug, Default)]
pub(super) struct Table {
    crates: BTreeMap<String, Share>,
    workspace: Share,
}

#[derive(Clone, Copy, Debug, Default)]
struct Share {
    lines: u64,
    run: u64,
}

impl Table {
    pub(super) fn of(files: impl IntoIterator<Item = Covered>) -> Self {
        let mut table = Self::default();
        for Covered { of_crate, lines, run } in files {
            for share in [table.crates.entry(of_crate).or_default(), &mut table.workspace] {
                share.lines += lines;
                share.run += run;
            }
        }
        table
    }

    /// # Errors
    ///
    /// If fewer lines ran than the gate demands.
    pub(super) fn check(&self) -> Result<()> {
        let domain = self.crates.get("domain").copied().unwrap_or_default();
        for (name, share, gate) in [("domain", domain, DOMAIN), ("the workspace", self.workspace, WORKSPACE)] {
            if share.percent() < gate {
                bail!("tests run {:.1} % of the lines of {name}, it must be {gate} %", share.percent());
            }
        }
        Ok(())
    }
}

impl Share {
    /// Nothing measured is nothing shown: 0.
    fn percent(self) -> f64 {
        if self.lines == 0 { 0.0 } else { 100.0 * self.run as f64 / self.lines as f64 }
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n{:<12} {:>7} {:>7} {:>7}", "crate", "lines", "run", "%")?;
        let workspace = ("workspace", &self.workspace);
        for (name, share) in self.crates.iter().map(|(name, share)| (name.as_str(), share)).chain([workspace]) {
            writeln!(f, "{name:<12} {:>7} {:>7} {:>7.1}", share.lines, share.run, share.percent())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(files: &[(&str, u64, u64)]) -> Table {
        Table::of(files.iter().map(|(name, lines, run)| Covered { of_crate: (*name).into(), lines: *lines, run: *run }))
    }

    #[test]
    fn the_table_adds_up_files() {
        let text = table(&[("web", 100, 50), ("domain", 10, 9), ("web", 100, 100)]).to_string();
        let rows: Vec<Vec<_>> = text.lines().skip(2).map(|line| line.split_whitespace().collect()).collect();
        assert_eq!(
            rows,
            [["domain", "10", "9", "90.0"], ["web", "200", "150", "75.0"], ["workspace", "210", "159", "75.7"]]
        );
    }

    #[test]
    fn just_enough_is_enough() {
        assert!(table(&[("domain", 10, 9), ("web", 10, 7)]).check().is_ok());
    }

    #[test]
    fn too_little_of_the_domain_is_an_error_even_if_the_rest_is_good() {
        let error = table(&[("domain", 100, 89), ("web", 1000, 1000)]).check().unwrap_err();
        assert!(error.to_string().contains("89.0 % of the lines of domain"), "{error}");
    }

    #[test]
    fn too_little_of_the_workspace_is_an_error() {
        let error = table(&[("domain", 100, 100), ("web", 100, 59)]).check().unwrap_err();
        assert!(error.to_string().contains("the workspace"), "{error}");
    }

    #[test]
    fn nothing_measured_is_an_error() {
        assert!(table(&[]).check().is_err());
    }
}
