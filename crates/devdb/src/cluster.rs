//! A cluster in use.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::account::{self, Account};
use crate::error::io_error;
use crate::folder::Folder;
use crate::lock::{Share, StartLock};
use crate::server::{Control, Server};
use crate::{Error, Options, Programs, os, programs};

/// One user's hold on a running private Postgres. The last user to let go stops the server.
///
/// Its functions block, for up to some seconds where a cluster has to be made and up to minutes where programs have
/// to be fetched: call them from `spawn_blocking` in async code.
pub struct Cluster {
    url: String,
    port: u16,
    data_dir: PathBuf,
    programs: Programs,
    control: Control,
    /// Taken when the cluster is let go.
    held: Option<(Server, Share)>,
}

/// What became of the server when a [`Cluster`] was let go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Departure {
    /// Nobody else used it: it was stopped.
    Stopped,
    /// It runs on, for others.
    StillUsed,
}

impl Cluster {
    /// Starts the cluster of `options.data_dir`, makes it if there is none, or joins it if it is running.
    ///
    /// # Errors
    ///
    /// Each [`Error`] says what to do about it. A server that runs already is joined as it is: only another port than
    /// `options.port` is refused while somebody else uses it.
    pub fn start(options: &Options) -> Result<Self, Error> {
        Self::start_then(options, |_| Ok(()))
    }

    /// As [`Cluster::start`]; calls `when_alone` with the URL if nobody else uses the cluster, and before anybody
    /// else can.
    pub(crate) fn start_then<E: From<Error>>(
        options: &Options,
        when_alone: impl FnOnce(&str) -> Result<(), E>,
    ) -> Result<Self, E> {
        let data_dir = open_data_dir(options)?;
        let starting = StartLock::acquire(&data_dir)?;
        let (share, alone) = Share::take(&data_dir, &starting)?;
        let (control, programs, server) = prepare(options, &data_dir, alone)?;
        let (password, port) = (control.folder.password()?, server.port);
        let url = format!("postgres://postgres:{password}@127.0.0.1:{port}/postgres?sslmode=disable");
        let cluster = Self { url, port, data_dir, programs, control, held: Some((server, share)) };
        tracing::info!("{cluster:?}");
        let done = if alone { when_alone(&cluster.url) } else { Ok(()) };
        // Before the cluster can be dropped, which takes this lock.
        drop(starting);
        done.map(|()| cluster)
    }

    /// The URL of the database `postgres`, for its superuser.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The port on 127.0.0.1.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Lets the cluster go, and stops its server if nobody else uses it. Dropping does the same but only logs errors.
    ///
    /// # Errors
    ///
    /// [`Error::DidNotStop`] if the server does not stop, or an error of the file system.
    pub fn stop(mut self) -> Result<Departure, Error> {
        self.let_go()
    }

    /// Kills the server and all its children (SIGKILL), whoever else uses it, as a crash would.
    ///
    /// # Errors
    ///
    /// [`Error::DidNotStop`] if the server does not die, or an error of the file system.
    pub fn crash(mut self) -> Result<(), Error> {
        let Some((server, share)) = self.held.take() else { return Ok(()) };
        let starting = StartLock::acquire(&self.data_dir)?;
        self.control.kill(server)?;
        share.give_back(&starting)?;
        Ok(())
    }

    fn let_go(&mut self) -> Result<Departure, Error> {
        let Some((server, share)) = self.held.take() else { return Ok(Departure::StillUsed) };
        let starting = StartLock::acquire(&self.data_dir)?;
        if share.give_back(&starting)? {
            self.control.stop(server)?;
            return Ok(Departure::Stopped);
        }
        server.leave();
        Ok(Departure::StillUsed)
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if let Err(error) = self.let_go() {
            tracing::warn!(%error, "cannot stop the private Postgres");
        }
    }
}

/// One line for the log; without the password.
impl fmt::Debug for Cluster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { programs: Programs { major, folder }, port, .. } = self;
        let data = self.control.folder.path();
        write!(f, "private PostgreSQL {major} of {}, data in {}, port {port}", folder.display(), data.display())
    }
}

/// Stops the server of `options.data_dir`, should one be left over, and removes the cluster with all its data.
///
/// # Errors
///
/// [`Error::InUse`] while somebody uses it.
pub fn erase(options: &Options) -> Result<(), Error> {
    let data_dir = open_data_dir(options)?;
    let starting = StartLock::acquire(&data_dir)?;
    let (_share, alone) = Share::take(&data_dir, &starting)?;
    if !alone {
        return Err(Error::InUse { folder: data_dir });
    }
    Folder::remove_leftovers(&data_dir)?;
    while let Some((folder, _)) = Folder::find(&data_dir)? {
        let control = Control::of(folder)?;
        if let Some(server) = control.find_running()? {
            control.stop(server)?;
        }
        control.folder.remove()?;
    }
    Ok(())
}

fn open_data_dir(options: &Options) -> Result<PathBuf, Error> {
    if !os::SUPPORTED {
        return Err(Error::NotSupported);
    }
    account::create_folder(&options.data_dir)?;
    // One spelling for every user: a running server is known by it.
    options.data_dir.canonicalize().or_else(io_error("find", &options.data_dir))
}

/// A running server for `data_dir`, and what is needed to deal with it.
fn prepare(options: &Options, data_dir: &Path, alone: bool) -> Result<(Control, Programs, Server), Error> {
    Folder::remove_leftovers(data_dir)?;
    let (control, programs) = match Folder::find(data_dir)? {
        Some((folder, major)) => open(options, folder, major)?,
        None => create(options, data_dir)?,
    };
    match control.find_running()? {
        Some(server) if options.port.is_none_or(|port| port == server.port) => return Ok((control, programs, server)),
        _ if !alone => return Err(Error::InUse { folder: data_dir.to_path_buf() }),
        Some(server) => control.stop(server)?,
        None => {}
    }
    match control.ensure(&programs, options) {
        Ok(server) => Ok((control, programs, server)),
        Err(Error::DidNotStart { log, tail }) if !options.durable => {
            tracing::warn!(log = %log.display(), tail, "the private Postgres does not start and is made anew");
            control.folder.remove()?;
            let (control, programs) = create(options, data_dir)?;
            let server = control.ensure(&programs, options)?;
            Ok((control, programs, server))
        }
        Err(error) => Err(error),
    }
}

/// The cluster that is there, with programs of its own major version: "the newest will do" would show an empty
/// database.
fn open(options: &Options, folder: Folder, major: u32) -> Result<(Control, Programs), Error> {
    let control = Control::of(folder)?;
    let programs = programs::choose(options, &control.account, Some((control.folder.path(), major)))?;
    Ok((control, programs))
}

fn create(options: &Options, data_dir: &Path) -> Result<(Control, Programs), Error> {
    let account = Account::for_cluster(None)?;
    account.check_passable(data_dir)?;
    let programs = programs::choose(options, &account, None)?;
    let folder = Folder::create(data_dir, &programs, &account, options.durable)?;
    Ok((Control { folder, account }, programs))
}
