use serde_json::{Value, json};

use super::check::Check;

/// A line for each check: verdict and name in columns, then the finding and what to do about it.
pub(super) fn lines(checks: &[Check]) -> String {
    let width = checks.iter().map(|check| check.name.len()).max().unwrap_or_default();
    let line = |check: &Check| {
        let verdict = check.verdict.word();
        let remedy = check.remedy.iter().map(|remedy| format!("; {remedy}")).collect::<String>();
        format!("{verdict:4}  {:width$}  {}{remedy}\n", check.name, check.finding)
    };
    checks.iter().map(line).collect()
}

pub(super) fn json(checks: &[Check]) -> String {
    let object = |check: &Check| {
        json!({
            "verdict": check.verdict.word(),
            "name": check.name,
            "finding": check.finding,
            "remedy": check.remedy,
        })
    };
    format!("{:#}\n", checks.iter().map(object).collect::<Value>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn checks() -> Vec<Check> {
        vec![
            Check::ok("PORT", "8000 is free"),
            Check::warn("DATABASE_URL", "nobody checks who answers").remedy("say sslmode=verify-full"),
            Check::fail("JWKS_URL", "there is no answer"),
        ]
    }

    #[test]
    fn lines_are_aligned() {
        let expected = "ok    PORT          8000 is free\n\
                        warn  DATABASE_URL  nobody checks who answers; say sslmode=verify-full\n\
                        fail  JWKS_URL      there is no answer\n";
        assert_eq!(lines(&checks()), expected);
    }

    #[test]
    fn programs_read_the_same_as_json() {
        let parsed: Value = serde_json::from_str(&json(&checks())).unwrap();
        let expected = json!({
            "verdict": "warn",
            "name": "DATABASE_URL",
            "finding": "nobody checks who answers",
            "remedy": "say sslmode=verify-full",
        });
        assert_eq!(parsed[1], expected);
        assert_eq!(parsed[2]["remedy"], Value::Null);
    }
}
