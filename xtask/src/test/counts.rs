use std::ops::Add;

/// How many tests there were, by what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    /// Those that the runner did not run: filtered out, or marked `#[ignore]`.
    pub(crate) ignored: u64,
}

impl Counts {
    pub(crate) fn run(self) -> u64 {
        self.passed + self.failed
    }

    /// From a line of nextest: `Summary [0.1s] 5 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 2 skipped`.
    ///
    /// `None` for any other line.
    pub(super) fn of_nextest(line: &str) -> Option<Self> {
        let line = without_colours(line);
        let (_, summary) = line.trim_start().strip_prefix("Summary")?.split_once(']')?;
        let run = number_before(summary, "test").or_else(|| number_before(summary, "tests"))?;
        let passed = number_before(summary, "passed").unwrap_or(0);
        // There are several ways to fail.
        Some(Self { passed, failed: run.checked_sub(passed)?, ignored: number_before(summary, "skipped").unwrap_or(0) })
    }

    /// From a line of `cargo test`: `test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 2 filtered out; …`.
    ///
    /// `None` for any other line.
    pub(super) fn of_cargo_test(line: &str) -> Option<Self> {
        let line = without_colours(line);
        let result = line.trim_start().strip_prefix("test result:")?;
        Some(Self {
            passed: number_before(result, "passed")?,
            failed: number_before(result, "failed")?,
            ignored: number_before(result, "ignored")? + number_before(result, "filtered").unwrap_or(0),
        })
    }
}

impl Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
            ignored: self.ignored + other.ignored,
        }
    }
}

/// The number in front of `word`; of `4/5` (run of all) the first.
fn number_before(text: &str, word: &str) -> Option<u64> {
    let words: Vec<&str> = text.split([' ', ',', ';', ':', '(', ')', '.']).filter(|word| !word.is_empty()).collect();
    let position = words.iter().position(|candidate| *candidate == word)?;
    let number = words.get(position.checked_sub(1)?)?;
    number.split('/').next()?.parse().ok()
}

/// Takes out the escape sequences that select colours, and the line feed.
fn without_colours(line: &str) -> String {
    let mut parts = line.trim_end().split("\u{1b}[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + part.split_once('m').map_or(part, |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nextest_tells_its_numbers_in_one_line() {
        for (line, passed, failed, ignored) in [
            ("     Summary [   0.005s] 3 tests run: 3 passed, 0 skipped", 3, 0, 0),
            ("     Summary [   1.000s] 1 test run: 1 passed (1 leaky), 7 skipped", 1, 0, 7),
            (
                "     Summary [   9.000s] 9 tests run: 5 passed (1 slow, 1 flaky), 3 failed, 1 timed out, 2 skipped",
                5,
                4,
                2,
            ),
            ("     Summary [   9.000s] 4/9 tests run: 3 passed, 1 failed, 2 skipped", 3, 1, 2),
            ("     Summary [   9.000s] 2 tests run: 0 passed, 2 failed, 0 skipped", 0, 2, 0),
            (
                "\u{1b}[31;1m     Summary\u{1b}[0m [   0.1s] \u{1b}[1m2\u{1b}[0m tests run: \u{1b}[1m2\u{1b}[0m \u{1b}[32;1mpassed\u{1b}[0m, 0 skipped",
                2,
                0,
                0,
            ),
        ] {
            assert_eq!(Counts::of_nextest(line), Some(Counts { passed, failed, ignored }), "{line}");
        }
        assert_eq!(Counts::of_nextest("        PASS [   0.004s] xtask a_test_has_passed"), None);
    }

    #[test]
    fn cargo_test_tells_its_numbers_for_each_binary() {
        let line = "test result: FAILED. 3 passed; 1 failed; 1 ignored; 0 measured; 2 filtered out; finished in 0.00s";
        assert_eq!(Counts::of_cargo_test(line), Some(Counts { passed: 3, failed: 1, ignored: 3 }));
        assert_eq!(Counts::of_cargo_test("test tests::result ... ok"), None);
    }

    #[test]
    fn numbers_add_up() {
        let sum = Counts { passed: 1, failed: 2, ignored: 3 } + Counts { passed: 10, failed: 20, ignored: 30 };
        assert_eq!(sum, Counts { passed: 11, failed: 22, ignored: 33 });
        assert_eq!(sum.run(), 33);
    }
}
