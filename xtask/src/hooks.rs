//! `cargo xtask hooks`: the pre-commit hook.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use anyhow::{Context, Result, bail};

use crate::{environment, process};

const PRE_COMMIT: &str = "\
#!/bin/sh
# Installed by `cargo xtask hooks`.
set -e
cargo fmt --check
cargo xtask tidy
";

pub(crate) fn run() -> Result<()> {
    let folder = process::output(&mut process::command("git", &["rev-parse", "--git-path", "hooks"]))?;
    install(&environment::root().join(folder.trim()))
}

fn install(hooks: &Path) -> Result<()> {
    let hook = hooks.join("pre-commit");
    let present = fs::read_to_string(&hook).unwrap_or_default();
    if !present.is_empty() && !present.contains("`cargo xtask hooks`") {
        bail!("{} is another hook: remove it first, or call `cargo xtask tidy` from it", hook.display());
    }
    fs::create_dir_all(hooks).with_context(|| format!("cannot make {}", hooks.display()))?;
    fs::write(&hook, PRE_COMMIT).with_context(|| format!("cannot write {}", hook.display()))?;
    fs::set_permissions(&hook, Permissions::from_mode(0o755))?;
    println!("{} is installed", hook.display());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hook_is_installed_executable_and_may_be_installed_again() {
        let folder = tempfile::tempdir().unwrap();
        let hooks = folder.path().join("hooks");
        install(&hooks).unwrap();
        install(&hooks).unwrap();
        let hook = hooks.join("pre-commit");
        assert_eq!(fs::read_to_string(&hook).unwrap(), PRE_COMMIT);
        assert_eq!(fs::metadata(&hook).unwrap().permissions().mode() & 0o777, 0o755);
    }

    #[test]
    fn a_hook_of_somebody_else_stays() {
        let folder = tempfile::tempdir().unwrap();
        let hook = folder.path().join("pre-commit");
        fs::write(&hook, "#!/bin/sh\nmake lint\n").unwrap();
        assert!(install(folder.path()).unwrap_err().to_string().contains("another hook"));
        assert_eq!(fs::read_to_string(&hook).unwrap(), "#!/bin/sh\nmake lint\n");
    }
}
