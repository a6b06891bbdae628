use crate::config::Fault;

/// What was found out about one thing.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) verdict: Verdict,
    /// What was looked at: mostly the variable that says where it is.
    pub(super) name: &'static str,
    /// How it is, in one sentence.
    pub(super) finding: String,
    /// What to do about it.
    pub(super) remedy: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Ok,
    /// A server would run, but perhaps not as it is meant to.
    Warn,
    /// A server would not serve.
    Fail,
}

impl Verdict {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

impl Check {
    pub(super) fn ok(name: &'static str, finding: impl Into<String>) -> Self {
        Self { verdict: Verdict::Ok, name, finding: finding.into(), remedy: None }
    }

    pub(super) fn warn(name: &'static str, finding: impl Into<String>) -> Self {
        Self { verdict: Verdict::Warn, name, finding: finding.into(), remedy: None }
    }

    pub(super) fn fail(name: &'static str, finding: impl Into<String>) -> Self {
        Self { verdict: Verdict::Fail, name, finding: finding.into(), remedy: None }
    }

    pub(super) fn remedy(self, remedy: impl Into<String>) -> Self {
        Self { remedy: Some(remedy.into()), ..self }
    }

    pub(super) fn of_fault(fault: &Fault) -> Self {
        Self::fail("configuration", format!("{} {}", fault.subject, fault.problem)).remedy(fault.remedy.as_str())
    }
}
