use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::Path;

/// The environment variable with the path of the file that [`left_out`] appends to: a line a test, what it shows, a
/// tab, and what it lacks.
pub const LEFT_OUT_FILE: &str = "XTASK_LEFT_OUT";

/// Says that a test cannot show `what` on this machine, for want of `missing`. The test then ends without a failure.
///
/// Runners hide what a passing test prints, so this goes to a file as well if the runner is `cargo xtask test`, which
/// counts and names such tests at its end.
#[expect(
    clippy::disallowed_methods,
    reason = "the variable is the runner's word to the tests, no configuration of Hexado"
)]
#[expect(clippy::print_stderr, reason = "for whoever runs a single test by hand")]
pub fn left_out(what: &str, missing: &str) {
    eprintln!("left out: {what}: for want of {missing}");
    let Some(file) = std::env::var_os(LEFT_OUT_FILE) else { return };
    if let Err(error) = append(Path::new(&file), what, missing) {
        eprintln!("{} cannot be written: {error}", Path::new(&file).display());
    }
}

/// In one write, as tests run at the same time.
fn append(file: &Path, what: &str, missing: &str) -> io::Result<()> {
    let line = format!("{what}\t{missing}\n");
    OpenOptions::new().create(true).append(true).open(file)?.write_all(line.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_that_are_left_out_are_lines_of_one_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("left-out");
        append(&file, "the npm path", "npm").unwrap();
        append(&file, "limits of many users", "Redis").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "the npm path\tnpm\nlimits of many users\tRedis\n");
    }
}
