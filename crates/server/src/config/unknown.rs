//! Variables that look like ours and are not: most likely misspelled.

use super::variables::{self, VARIABLES};

/// Beginnings of names that hardly anyone else uses.
const PREFIXES: [&str; 7] = ["HEXADO_", "DATABASE_", "JWKS_", "JWT_", "BETTER_AUTH_", "CORS_", "LOG_"];

/// One warning for each of `names` that looks like one of ours.
pub(super) fn warnings<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let warning = |name| {
        let nearest = nearest(name)?;
        Some(format!("the variable {name} has no effect; the nearest that has one is {nearest}"))
    };
    names.filter_map(warning).collect()
}

/// The variable of ours that is most like `name`, if `name` is not ours but looks like it.
fn nearest(name: &str) -> Option<&'static str> {
    if variables::find(name).is_some() {
        return None;
    }
    let upper = name.to_ascii_uppercase();
    let prefixed = PREFIXES.iter().any(|prefix| upper.starts_with(prefix));
    // Most are somebody else's, and that they are shorter or longer than ours says so at once.
    let alike = |ours: &&str| prefixed || ours.len().abs_diff(upper.len()) <= tolerance(ours);
    let (distance, nearest) = VARIABLES
        .iter()
        .map(|variable| variable.name)
        .filter(alike)
        .map(|ours| (strsim::damerau_levenshtein(&upper, ours), ours))
        .min_by_key(|(distance, _)| *distance)?;
    let misspelled = distance <= tolerance(nearest);
    (misspelled || prefixed).then_some(nearest)
}

/// How many letters may be wrong: in short names a single one, for many short names are somebody else's.
fn tolerance(name: &str) -> usize {
    if name.len() < 8 { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn misspelled_names_are_met_with_the_nearest_one() {
        for (misspelled, meant) in [
            ("DATABSE_URL", "DATABASE_URL"),
            ("DATABASE_URI", "DATABASE_URL"),
            ("database_url", "DATABASE_URL"),
            ("JWK_URL", "JWKS_URL"),
            ("JWT_AUDIENCES", "JWT_AUDIENCE"),
            ("HEXADO_PG_BINARIES", "HEXADO_PG_BIN"),
            ("BETTER_AUTH_SECERT", "BETTER_AUTH_SECRET"),
            ("CORS_ORIGIN", "CORS_ORIGINS"),
            ("PROT", "PORT"),
        ] {
            assert_eq!(nearest(misspelled), Some(meant), "{misspelled}");
        }
    }

    #[test]
    fn names_of_others_are_left_alone() {
        for name in [
            "PATH",
            "HOME",
            "HOSTNAME",
            "HOSTTYPE",
            "PWD",
            "SHELL",
            "LANG",
            "RUST_BACKTRACE",
            "NODE_ENV",
            "POSTGRES_HOST",
            "CI",
        ] {
            assert_eq!(nearest(name), None, "{name}");
        }
    }

    #[test]
    fn our_own_names_are_no_misspellings() {
        assert_eq!(warnings(VARIABLES.iter().map(|variable| variable.name)), Vec::<String>::new());
    }
}
