//! This program in place of the compiler.
//!
//! Cargo lets a wrapper compile the crates of this workspace, and only those. A shell script would do, but shells drop
//! variables like `CARGO_BIN_EXE_some-program`, whose names have hyphens.

use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::{env, io};

/// Counts are kept in a mapped file rather than written at the end: a program that a test kills has counted too.
const FLAGS: [&str; 4] = ["-C", "instrument-coverage", "-C", "llvm-args=-runtime-counter-relocation"];

/// Takes the compiler's place if this program's first argument is the compiler: then cargo has started it as its wrapper.
///
/// # Errors
///
/// If the compiler cannot be run. If it can, this function does not return.
pub(crate) fn compile_if_asked() -> io::Result<()> {
    let mut arguments = env::args_os().skip(1);
    match arguments.next() {
        Some(compiler) if Path::new(&compiler).file_stem() == Some(OsStr::new("rustc")) => {
            Err(Command::new(compiler).args(arguments).args(FLAGS).exec())
        }
        _ => Ok(()),
    }
}
