//! Versions of objects, by which lost updates are noticed.

/// How often an object was changed, counted from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version(i64);

impl Version {
    pub const FIRST: Self = Self(1);

    pub fn new(value: i64) -> Self {
        Self(value)
    }

    pub fn get(self) -> i64 {
        self.0
    }

    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// The versions that a write may replace (`If-Match`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expected {
    #[default]
    Any,
    OneOf(Vec<Version>),
}

impl Expected {
    pub fn allows(&self, version: Version) -> bool {
        match self {
            Self::Any => true,
            Self::OneOf(versions) => versions.contains(&version),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expectation_names_versions_or_allows_any() {
        assert!(Expected::Any.allows(Version::new(9)));
        assert!(Expected::OneOf(vec![Version::new(8), Version::new(9)]).allows(Version::new(9)));
        assert!(!Expected::OneOf(vec![]).allows(Version::new(9)));
    }
}
