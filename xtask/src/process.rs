//! Running other programs.

use std::process::{Command, ExitCode, ExitStatus, Stdio};

use anyhow::{Context, Result, bail};

use crate::environment;

/// A command that starts in the root of the workspace.
pub(crate) fn command(program: &str, args: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.args(args).current_dir(environment::root());
    command
}

/// Runs `command`, whose output the user sees.
///
/// # Errors
///
/// If it cannot be run or fails.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = status(command)?;
    if !status.success() {
        bail!("`{}` failed ({status})", line(command));
    }
    Ok(())
}

/// Runs `command`, whose output the user sees, and answers how it ended.
pub(crate) fn status(command: &mut Command) -> Result<ExitStatus> {
    command.status().with_context(|| format!("cannot run `{}`", line(command)))
}

/// What `command` writes to standard output; the user sees standard error.
///
/// # Errors
///
/// If it cannot be run, fails, or writes something that is no text.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let output =
        command.stderr(Stdio::inherit()).output().with_context(|| format!("cannot run `{}`", line(command)))?;
    if !output.status.success() {
        bail!("`{}` failed ({})", line(command), output.status);
    }
    String::from_utf8(output.stdout).with_context(|| format!("`{}` did not write text", line(command)))
}

/// The exit code to end with when a program that we stood in for ended with `status`.
pub(crate) fn exit_code(status: ExitStatus) -> ExitCode {
    status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
}

/// The command as a user would type it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failing_command_is_named_in_the_error() {
        let error = run(&mut command("sh", &["-c", "exit 3"])).unwrap_err();
        assert!(error.to_string().contains("`sh -c exit 3` failed (exit status: 3)"), "{error}");
    }

    #[test]
    fn the_output_is_what_went_to_standard_output() {
        assert_eq!(output(&mut command("sh", &["-c", "echo out; echo err >&2"])).unwrap(), "out\n");
    }

    #[test]
    fn output_of_a_failing_command_is_an_error() {
        assert!(output(&mut command("sh", &["-c", "echo out; exit 1"])).is_err());
    }
}
