use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use super::fault::Fault;
use super::variables;

/// The environment as the process found it.
#[derive(Default)]
pub(crate) struct Settings {
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) working_dir: PathBuf,
    /// What could not be read.
    pub(crate) faults: Vec<Fault>,
}

impl Settings {
    /// The process environment, and in development what `.env` in the working folder adds to it.
    pub(crate) fn load() -> io::Result<Self> {
        let mut settings = Self { working_dir: env::current_dir()?, ..Self::default() };
        settings.add_environment();
        if settings.values.get("ENVIRONMENT").is_none_or(|name| matches!(name.trim(), "" | "development")) {
            settings.add_file(&settings.working_dir.join(".env"));
        }
        Ok(settings)
    }

    fn add_environment(&mut self) {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
        for (name, value) in env::vars_os() {
            let Ok(name) = name.into_string() else { continue };
            match value.into_string() {
                Ok(value) => drop(self.values.insert(name, value)),
                Err(_) if variables::find(&name).is_some() => {
                    self.faults.push(Fault::new(name, "is not text", "encode it as UTF-8"));
                }
                Err(_) => {}
            }
        }
    }

    /// Adds the variables of a file that are not set yet. A missing file has none.
    fn add_file(&mut self, path: &Path) {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => {
                let problem = format!("cannot be read ({error})");
                return self.faults.push(Fault::new(path.display(), problem, "make it a readable file, or remove it"));
            }
        };
        for line in dotenvy::from_read_iter(text.trim_start_matches('\u{feff}').as_bytes()) {
            match line {
                Ok((name, value)) => drop(self.values.entry(name).or_insert(value)),
                Err(error) => self.faults.push(broken_line(path, &error)),
            }
        }
    }
}

/// Tells the variable's name at most: the rest of the line may be a secret.
fn broken_line(path: &Path, error: &dotenvy::Error) -> Fault {
    let name = match error {
        dotenvy::Error::LineParse(line, _) => line.split_once('=').map(|(name, _)| format!(" (of {})", name.trim())),
        _ => None,
    };
    let problem = format!("has a line that cannot be read{}", name.unwrap_or_default());
    Fault::new(
        path.display(),
        problem,
        "write NAME=value, with single quotes around a value that has spaces, quotes or $",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_file(content: &[u8]) -> Settings {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(".env");
        fs::write(&path, content).unwrap();
        let mut settings = Settings { values: [("PORT".into(), "1".into())].into(), ..Settings::default() };
        settings.add_file(&path);
        settings
    }

    #[test]
    fn a_file_adds_what_the_environment_does_not_have() {
        let settings = with_file("\u{feff}HOST=::1 # here\nPORT=2\n\nexport DEBUG='on'\n".as_bytes());
        let expected = [("DEBUG", "on"), ("HOST", "::1"), ("PORT", "1")];
        assert_eq!(settings.values, expected.map(|(name, value)| (name.into(), value.into())).into());
        assert_eq!(settings.faults, []);
    }

    #[test]
    fn a_missing_file_adds_nothing() {
        let mut settings = Settings::default();
        settings.add_file(Path::new("/nowhere/.env"));
        assert!(settings.values.is_empty() && settings.faults.is_empty());
    }

    #[test]
    fn a_broken_line_is_a_fault_that_does_not_show_its_value() {
        let settings = with_file(b"SECRET_KEY=hush hush 'hush\nHOST=::1\n");
        let [fault] = settings.faults.as_slice() else { panic!("one fault, not {:?}", settings.faults) };
        assert!(fault.to_string().contains("(of SECRET_KEY)"), "{fault}");
        assert!(!fault.to_string().contains("hush"), "{fault}");
    }

    #[test]
    fn a_file_that_is_no_text_is_a_fault() {
        assert_eq!(with_file(b"HOST=\xff").faults.len(), 1);
    }
}
