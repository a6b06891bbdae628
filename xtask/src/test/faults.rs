//! Many rounds of the test that kills servers and databases.

use std::process::Command;

/// Where that test reads how many rounds there shall be.
const ROUNDS: &str = "XTASK_FAULT_ROUNDS";

/// Arguments that select it.
pub(super) fn selection() -> Vec<String> {
    ["-p", "hexado-server", "--test", "e2e", "crashes::"].map(str::to_owned).into()
}

/// Asks for so many rounds, and for the figures that the test prints: runners hide what a passing test says.
pub(super) fn ask_for(rounds: u32, cargo: &mut Command) {
    cargo.env(ROUNDS, rounds.to_string());
    cargo.env("NEXTEST_SUCCESS_OUTPUT", "immediate").env("RUST_TEST_NOCAPTURE", "1");
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::environment;

    #[test]
    fn the_test_is_there_and_reads_its_rounds() {
        let source = fs::read_to_string(environment::root().join("crates/server/tests/e2e/crashes.rs")).unwrap();
        assert!(source.contains(&format!("\"{ROUNDS}\"")));
    }
}
