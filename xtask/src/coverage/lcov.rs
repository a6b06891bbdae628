use std::fs;
use std::path::Path;

/// How many lines of a source file can run, and how many did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Covered {
    /// The folder of `crates/` that the file is in.
    pub(super) of_crate: String,
    pub(super) lines: u64,
    pub(super) run: u64,
}

/// The product's own files in an LCOV report.
///
/// Tests, what only serves tests, and generated code are no product: they would make the numbers look better than they are.
pub(super) fn parse(report: &str, root: &Path) -> Vec<Covered> {
    let crates = format!("{}/crates/", root.display());
    let records = report.split("end_of_record").filter_map(|record| {
        let (_, record) = record.split_once("SF:")?;
        let (file, lines) = record.split_once('\n')?;
        let (of_crate, path) = file.strip_prefix(&crates)?.split_once("/src/")?;
        let product = !path.starts_with("testing") && path != "schema.rs" && !path.ends_with("/tests.rs");
        product.then(|| count(of_crate, lines, tests_start(file)))
    });
    records.collect()
}

/// Counts the lines before `end` in a record's `DA:<line>,<how often>` lines.
fn count(of_crate: &str, record: &str, end: u64) -> Covered {
    let executions = record.lines().filter_map(|line| {
        let (number, times) = line.strip_prefix("DA:")?.split_once(',')?;
        Some((number.parse::<u64>().ok()?, times.parse::<u64>().ok()?))
    });
    let before: Vec<_> = executions.filter(|(number, _)| *number < end).collect();
    let run = before.iter().filter(|(_, times)| *times > 0).count();
    Covered { of_crate: of_crate.to_owned(), lines: before.len() as u64, run: run as u64 }
}

/// The line at which a file's tests start; they come last in every file.
fn tests_start(file: &str) -> u64 {
    let text = fs::read_to_string(file).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    let position = lines.windows(2).position(|pair| matches!(pair, ["#[cfg(test)]", module] if module.ends_with('{')));
    position.map_or(u64::MAX, |position| position as u64 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(root: &Path, file: &str, lines: &str) -> String {
        format!("SF:{}/{file}\nFN:1,f\n{lines}LF:3\nLH:1\nend_of_record\n", root.display())
    }

    #[test]
    fn lines_that_ran_are_counted() {
        let root = Path::new("/r");
        let text = report(root, "crates/web/src/problem.rs", "DA:1,5\nDA:2,0\nDA:4,1\n");
        assert_eq!(parse(&text, root), [Covered { of_crate: "web".into(), lines: 3, run: 2 }]);
    }

    #[test]
    fn tests_below_the_code_are_not_counted() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("crates/web/src");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("a.rs"), "#[cfg(test)]\nmod b;\nfn a() {}\n\n#[cfg(test)]\nmod tests {\n}\n").unwrap();
        let text = report(root.path(), "crates/web/src/a.rs", "DA:3,0\nDA:6,9\nDA:7,9\n");
        assert_eq!(parse(&text, root.path()), [Covered { of_crate: "web".into(), lines: 1, run: 0 }]);
    }

    #[test]
    fn only_the_product_is_counted() {
        let root = Path::new("/r");
        for file in [
            "crates/domain/src/testing/fixtures.rs",
            "crates/domain/src/testing.rs",
            "crates/domain/src/task/tests.rs",
            "crates/postgres/src/schema.rs",
            "crates/server/tests/it/main.rs",
            "xtask/src/main.rs",
        ] {
            assert_eq!(parse(&report(root, file, "DA:1,1\n"), root), [], "{file}");
        }
        assert_eq!(parse("SF:/home/ann/.cargo/registry/src/x/src/lib.rs\nDA:1,1\nend_of_record\n", root), []);
    }
}
