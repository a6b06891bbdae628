use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};

use super::fault::{ConfigError, Fault};
use super::settings::Settings;
use super::{unknown, variables};

/// A part of the configuration that has no fault, and what its reader should know nevertheless.
#[derive(Debug)]
pub(crate) struct Checked<T> {
    pub(crate) value: T,
    pub(crate) warnings: Vec<String>,
}

/// Reads one part of the configuration, or all of it, and tells everything that is wrong with it.
pub(crate) fn read<T>(settings: &Settings, part: impl FnOnce(&mut Reader<'_>) -> T) -> Result<Checked<T>, ConfigError> {
    let mut reader = Reader::new(settings);
    let value = part(&mut reader);
    if reader.faults.is_empty() {
        Ok(Checked { value, warnings: reader.warnings })
    } else {
        Err(ConfigError(reader.faults))
    }
}

/// Turns text into values. A fault does not end the reading: it is noted, and something harmless takes the value's place.
pub(crate) struct Reader<'a> {
    values: &'a BTreeMap<String, String>,
    working_dir: &'a Path,
    pub(super) asked: BTreeSet<&'static str>,
    faults: Vec<Fault>,
    warnings: Vec<String>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(settings: &'a Settings) -> Self {
        Self {
            values: &settings.values,
            working_dir: &settings.working_dir,
            asked: BTreeSet::new(),
            faults: settings.faults.clone(),
            warnings: unknown::warnings(settings.values.keys().map(String::as_str)),
        }
    }

    /// The variable without white space around it. An empty one counts as not set.
    pub(super) fn text(&mut self, name: &'static str) -> Option<&'a str> {
        self.asked.insert(name);
        self.values.get(name).map(|value| value.trim()).filter(|value| !value.is_empty())
    }

    /// What `parse` makes of the variable; if it makes nothing of it, the fault says that it should be `expected`.
    pub(super) fn parsed<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        parse: impl FnOnce(&'a str) -> Option<T>,
    ) -> Option<T> {
        let text = self.text(name)?;
        let value = parse(text);
        if value.is_none() {
            // An `@` is part of addresses that may have a password before it.
            let hidden = variables::is_secret(name) || text.contains('@');
            let problem = if hidden { "has an unusable value".into() } else { format!("is `{text}`") };
            self.fault(name, problem, format!("it must be {expected}"));
        }
        value
    }

    /// The value that goes by the variable's text, compared without regard to case.
    pub(super) fn choice<T: Copy>(&mut self, name: &'static str, choices: &[(&str, T)], default: T) -> T {
        let words: Vec<_> = choices.iter().map(|(word, _)| *word).collect();
        let expected = match words.as_slice() {
            [first @ .., last] if !first.is_empty() => format!("{} or {last}", first.join(", ")),
            words => words.concat(),
        };
        let find =
            |text: &str| choices.iter().find(|(word, _)| word.eq_ignore_ascii_case(text)).map(|(_, value)| *value);
        self.parsed(name, &expected, find).unwrap_or(default)
    }

    pub(super) fn switch(&mut self, name: &'static str, default: bool) -> bool {
        let parse = |text: &str| match text.to_ascii_lowercase().as_str() {
            "on" | "true" | "yes" | "1" => Some(true),
            "off" | "false" | "no" | "0" => Some(false),
            _ => None,
        };
        self.parsed(name, "on or off", parse).unwrap_or(default)
    }

    /// A number of at least 1.
    pub(super) fn number(&mut self, name: &'static str, max: usize, default: usize) -> usize {
        let parse = |text: &str| text.parse().ok().filter(|number| (1..=max).contains(number));
        self.parsed(name, &format!("a number from 1 to {max}"), parse).unwrap_or(default)
    }

    /// What stands between the commas.
    pub(super) fn list<T>(
        &mut self,
        name: &'static str,
        expected: &str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Option<Vec<T>> {
        let parts = |text: &str| text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(&parse).collect();
        self.parsed(name, expected, parts)
    }

    /// A path; a relative one starts in the working folder.
    pub(super) fn path(&mut self, name: &'static str) -> Option<PathBuf> {
        let working_dir = self.working_dir;
        self.text(name).map(|path| working_dir.join(path))
    }

    pub(super) fn working_dir(&self) -> &'a Path {
        self.working_dir
    }

    pub(super) fn fault(&mut self, name: impl fmt::Display, problem: impl Into<String>, remedy: impl Into<String>) {
        self.faults.push(Fault::new(name, problem, remedy));
    }

    pub(super) fn warn(&mut self, warning: impl Into<String>) {
        self.warnings.push(warning.into());
    }
}
