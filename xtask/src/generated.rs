//! Files that are generated and checked in.

use std::fs;

use anyhow::{Context, Result, bail};

use crate::environment;

/// Makes the generated `file` be `content`; with `check` only says whether it is.
///
/// # Errors
///
/// With `check`, if it is not: names the first line that differs, and the command that mends it.
pub(crate) fn update(file: &str, content: &str, check: bool, mend: &str) -> Result<()> {
    let path = environment::root().join(file);
    let present = fs::read_to_string(&path).unwrap_or_default();
    if present == content {
        println!("{file} is up to date");
        return Ok(());
    }
    if check {
        bail!("{file} is not up to date ({}): run `{mend}`", first_difference(&present, content));
    }
    fs::write(&path, content).with_context(|| format!("cannot write {file}"))?;
    println!("{file} is written");
    Ok(())
}

fn first_difference(present: &str, wanted: &str) -> String {
    let mut wanted = wanted.lines();
    for (number, line) in (1..).zip(present.lines()) {
        match wanted.next() {
            Some(wanted) if wanted == line => {}
            Some(wanted) => return format!("line {number} is `{}`, should be `{}`", line.trim(), wanted.trim()),
            None => return format!("line {number} should not be there"),
        }
    }
    wanted
        .next()
        .map_or("only its line ends differ".to_owned(), |line| format!("`{}` is missing at its end", line.trim()))
}

#[cfg(test)]
mod tests {
    use super::first_difference;

    #[test]
    fn the_first_line_that_differs_is_named() {
        assert_eq!(first_difference("a\n b\nc\n", "a\n x\nc\n"), "line 2 is `b`, should be `x`");
        assert_eq!(first_difference("a\nb\n", "a\n"), "line 2 should not be there");
        assert_eq!(first_difference("a\n", "a\n  b\n"), "`b` is missing at its end");
        assert_eq!(first_difference("a\r\n", "a\n"), "only its line ends differ");
    }
}
