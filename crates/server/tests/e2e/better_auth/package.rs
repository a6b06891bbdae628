use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use hexado_devdb::testing::left_out;

/// The Node package `tests/better_auth`, installed below the target folder: a package has to lie beside its scripts,
/// and the workspace is no place for it.
pub(crate) struct Package {
    scripts: PathBuf,
}

/// What a script that has ended said, and whether it was content.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) good: bool,
    pub(crate) said: String,
}

impl Package {
    /// Installs the package, once for every version of it. `None` where the machine has no Node.js for it: the test
    /// of `what` is left out then.
    pub(crate) fn install(what: &str) -> Option<Self> {
        if !has_node() {
            left_out(what, "Node.js 20 or newer, and npm");
            return None;
        }
        let sources = sources();
        let installed = install(&sources);
        let scripts = installed.join(format!("scripts-{:x}", hash_of(&sources)));
        once(&scripts, |folder| copy(&sources, folder));
        Some(Self { scripts })
    }

    /// A command that runs a script of the package.
    pub(crate) fn node(&self, script: &str) -> Command {
        let mut command = Command::new("node");
        command.arg(script).current_dir(&self.scripts);
        command
    }

    /// Runs a script to its end.
    pub(crate) fn run(&self, script: &str, arguments: &[&str]) -> Verdict {
        let output = self.node(script).args(arguments).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        Verdict { good: output.status.success(), said: String::from_utf8(said).unwrap() }
    }
}

/// A folder with `node_modules` as the lock file has it.
fn install(sources: &Path) -> PathBuf {
    let manifests = ["package.json", "package-lock.json", ".npmrc"];
    let mut hasher = DefaultHasher::new();
    for name in manifests {
        fs::read(sources.join(name)).unwrap().hash(&mut hasher);
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("better-auth-{:x}", hasher.finish()));
    once(&folder, |folder| {
        for name in manifests {
            fs::copy(sources.join(name), folder.join(name)).unwrap();
        }
        let output = Command::new("npm").args(["ci", "--ignore-scripts"]).current_dir(folder).output().unwrap();
        assert!(output.status.success(), "npm ci fails: {}", String::from_utf8_lossy(&output.stderr));
    });
    folder
}

/// Makes `folder` by filling it, unless it is there. Other processes wait, and never see it half filled.
fn once(folder: &Path, fill: impl FnOnce(&Path)) {
    let lock = File::create(folder.with_extension("lock")).unwrap();
    lock.lock().unwrap();
    if folder.exists() {
        return;
    }
    let unfinished = folder.with_extension("new");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).unwrap();
    }
    fs::create_dir(&unfinished).unwrap();
    fill(&unfinished);
    fs::rename(&unfinished, folder).unwrap();
}

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/better_auth")
}

fn has_node() -> bool {
    let version =
        |program| Command::new(program).arg("--version").output().ok().filter(|output| output.status.success());
    let node = version("node").and_then(|output| major(&String::from_utf8_lossy(&output.stdout)));
    node >= Some(20) && version("npm").is_some()
}

/// Of `v20.1.0` the 20.
fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

fn copy(from: &Path, to: &Path) {
    for path in files(from) {
        let copy = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(copy.parent().unwrap()).unwrap();
        fs::copy(path, copy).unwrap();
    }
}

fn hash_of(folder: &Path) -> u64 {
    let mut hasher = DefaultHasher::new();
    for path in files(folder) {
        (&path, fs::read(&path).unwrap()).hash(&mut hasher);
    }
    hasher.finish()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
