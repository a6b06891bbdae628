use std::fmt;

/// A rule that is broken somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fault {
    /// A file, or a file and a line.
    place: String,
    problem: String,
    /// What would be right.
    remedy: String,
}

impl Fault {
    pub(super) fn new(place: impl fmt::Display, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { place: place.to_string(), problem: problem.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.place, self.problem, self.remedy)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_one_line() {
        let fault = Fault::new("a/b.rs", "it has 401 lines", "split it");
        assert_eq!(fault.to_string(), "a/b.rs: it has 401 lines: split it");
    }
}
