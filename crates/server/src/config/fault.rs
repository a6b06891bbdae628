use std::fmt;

/// Why a configuration is refused: everything that is wrong with it.
#[derive(Debug)]
pub(crate) struct ConfigError(pub(crate) Vec<Fault>);

/// One variable with a value that cannot be used. No part of it may show a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// Name of the variable, or of the file that cannot be read.
    pub(crate) subject: String,
    pub(crate) problem: String,
    pub(crate) remedy: String,
}

impl Fault {
    /// What is wrong, as in "is missing", and what would be right, as in "set it to a number".
    pub(crate) fn new(subject: impl fmt::Display, problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { subject: subject.to_string(), problem: problem.into(), remedy: remedy.into() }
    }
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.len() {
            1 => f.write_str("the configuration has a fault:")?,
            count => write!(f, "the configuration has {count} faults:")?,
        }
        self.0.iter().try_for_each(|fault| write!(f, "\n  {fault}"))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}; {}", self.subject, self.problem, self.remedy)
    }
}
