//! What only some operating systems can do, in one place. Where it is missing, `Cluster::start` refuses before it
//! gets here.

pub(crate) use imp::*;

/// Whether this crate can run a server on this operating system.
pub(crate) const SUPPORTED: bool = cfg!(unix);

#[cfg(unix)]
mod imp {
    use std::fs::{self, Metadata, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;
    use std::path::Path;
    use std::process::Command;

    #[cfg(feature = "fetch")]
    pub(crate) use std::os::unix::fs::symlink;

    pub(crate) fn run_as(command: &mut Command, uid: u32, gid: u32) {
        command.uid(uid).gid(gid);
    }

    /// Ctrl-C in a terminal goes to its foreground process group: the server must outlive it until we stop it.
    pub(crate) fn leave_process_group(command: &mut Command) {
        command.process_group(0);
    }

    pub(crate) fn give(path: &Path, uid: u32, gid: u32) -> io::Result<()> {
        std::os::unix::fs::chown(path, Some(uid), Some(gid))
    }

    pub(crate) fn set_mode(path: &Path, mode: u32) -> io::Result<()> {
        fs::set_permissions(path, Permissions::from_mode(mode))
    }

    pub(crate) fn owner(metadata: &Metadata) -> (u32, u32) {
        (metadata.uid(), metadata.gid())
    }

    pub(crate) fn mode(metadata: &Metadata) -> u32 {
        metadata.mode()
    }
}

#[cfg(not(unix))]
mod imp {
    use std::fs::Metadata;
    use std::io;
    use std::path::Path;
    use std::process::Command;

    pub(crate) fn run_as(_: &mut Command, _: u32, _: u32) {}

    pub(crate) fn leave_process_group(_: &mut Command) {}

    pub(crate) fn give(_: &Path, _: u32, _: u32) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    #[cfg(feature = "fetch")]
    pub(crate) fn symlink(_: &Path, _: &Path) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn set_mode(_: &Path, _: u32) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(crate) fn owner(_: &Metadata) -> (u32, u32) {
        (0, 0)
    }

    pub(crate) fn mode(_: &Metadata) -> u32 {
        0
    }
}
