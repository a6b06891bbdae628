use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use async_trait::async_trait;
use hexado_domain::clock::Clock;
use hexado_domain::entropy::Entropy;
use hexado_domain::mail::{Mail, MailError, Mailer};

use crate::OsEntropy;

/// Makes a message in the format of the internet of a mail.
pub type MailFormat = Box<dyn Fn(&Mail) -> Result<Vec<u8>, MailError> + Send + Sync>;

/// [`Mailer`] that writes each mail to a file of its own, which mail programs open. For development: nobody gets the mail.
///
/// Names begin with the time, so that the last file is the newest. They hold links that open accounts: only this user of the
/// operating system can read them.
pub struct FileMailer {
    folder: PathBuf,
    format: MailFormat,
    clock: Arc<dyn Clock>,
}

impl FileMailer {
    /// The folder is made when there is a mail.
    pub fn new(folder: PathBuf, format: MailFormat, clock: Arc<dyn Clock>) -> Self {
        Self { folder, format, clock }
    }

    fn name(&self) -> String {
        let mut number = [0; 4];
        OsEntropy.fill(&mut number);
        format!("{}-{:08x}.eml", self.clock.now().format("%Y-%m-%dT%H-%M-%S%.3f"), u32::from_be_bytes(number))
    }
}

#[async_trait]
impl Mailer for FileMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let message = (self.format)(mail)?;
        let file = write(&self.folder, &self.name(), &message).map_err(MailError::temporary)?;
        tracing::info!(file = %file.display(), "a mail is written");
        Ok(())
    }
}

/// Writes a file under another name first: it is never seen half written.
fn write(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<PathBuf> {
    make_private(folder)?;
    let (file, hidden) = (folder.join(name), folder.join(format!(".{name}")));
    let written = write_private(&hidden, bytes).and_then(|()| fs::rename(&hidden, &file));
    if written.is_err() {
        // What went wrong is told already.
        let _ = fs::remove_file(hidden);
    }
    written.map(|()| file)
}

fn write_private(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn make_private(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder.parent().unwrap_or(folder))?;
    #[cfg_attr(not(unix), expect(unused_mut, reason = "only Unix has modes to set"))]
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    match builder.create(folder) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use hexado_domain::testing::FixedClock;
    use hexado_domain::testing::fixtures::{mail, noon};
    use tempfile::TempDir;

    use super::*;

    struct Bench {
        mailer: FileMailer,
        clock: Arc<FixedClock>,
        folder: TempDir,
    }

    impl Bench {
        fn new() -> Self {
            let (folder, clock) = (TempDir::new().unwrap(), Arc::new(FixedClock::at(noon())));
            let format: MailFormat = Box::new(|mail| Ok(mail.text.clone().into_bytes()));
            let mailer = FileMailer::new(folder.path().join("data/mail"), format, clock.clone());
            Self { mailer, clock, folder }
        }

        fn files(&self) -> Vec<PathBuf> {
            let entries = fs::read_dir(self.folder.path().join("data/mail")).unwrap();
            let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
            files.sort();
            files
        }
    }

    #[tokio::test]
    async fn each_mail_is_a_file_and_the_last_file_is_the_newest() {
        let bench = Bench::new();
        for number in 0..12 {
            bench.mailer.send(&Mail { text: format!("mail {number}"), ..mail("ann") }).await.unwrap();
            bench.clock.advance(TimeDelta::milliseconds(999));
        }
        let files = bench.files();
        let texts: Vec<_> = files.iter().map(|file| fs::read_to_string(file).unwrap()).collect();
        assert_eq!(texts, (0..12).map(|number| format!("mail {number}")).collect::<Vec<_>>());
        let first = files[0].file_name().unwrap().to_str().unwrap();
        assert!(first.starts_with("2026-11-21T12-00-00.000-") && first.ends_with(".eml"), "{first}");
    }

    #[tokio::test]
    async fn mails_of_the_same_moment_have_files_of_their_own() {
        let bench = Bench::new();
        for _ in 0..3 {
            bench.mailer.send(&mail("ann")).await.unwrap();
        }
        assert_eq!(bench.files().len(), 3);
    }

    #[tokio::test]
    #[cfg(unix)]
    async fn nobody_else_can_read_mails() {
        use std::os::unix::fs::PermissionsExt as _;

        let bench = Bench::new();
        bench.mailer.send(&mail("ann")).await.unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let files = bench.files();
        assert_eq!((mode(&files[0]), mode(files[0].parent().unwrap())), (0o600, 0o700));
    }

    #[tokio::test]
    async fn a_folder_that_cannot_be_written_is_tried_again_later() {
        let bench = Bench::new();
        fs::write(bench.folder.path().join("data"), "a file in the way").unwrap();
        assert!(matches!(bench.mailer.send(&mail("ann")).await, Err(MailError::Temporary(_))));
    }

    #[tokio::test]
    async fn a_mail_that_has_no_form_leaves_no_file() {
        let Bench { clock, folder, .. } = Bench::new();
        let format: MailFormat = Box::new(|_| Err(MailError::permanent("no address")));
        let mailer = FileMailer::new(folder.path().to_owned(), format, clock);
        assert!(matches!(mailer.send(&mail("ann")).await, Err(MailError::Permanent(_))));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
