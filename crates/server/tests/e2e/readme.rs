//! The README keeps its word.

use std::path::Path;
use std::process::Command;

use hexado_devdb::testing::left_out;

use crate::support::{Database, SECRET, Server, hexado};

/// The walk-through's shell blocks are marked `sh test`; they run in order, in one shell, with
/// `$HEXADO` and `$TOKEN` set.
#[tokio::test]
async fn the_walk_through_of_the_readme_works() {
    let what = "the walk-through of the README";
    let readme =
        std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../../README.md")).unwrap_or_default();
    let script = blocks(&readme);
    if script.is_empty() {
        return left_out(what, "shell blocks that are marked `sh test`");
    }
    if Command::new("bash").args(["-c", "command -v curl"]).output().is_ok_and(|found| !found.status.success()) {
        return left_out(what, "curl");
    }

    let database = Database::migrated().await;
    let secret = [("DATABASE_URL", database.url()), ("JWT_HS256", "on"), ("BETTER_AUTH_SECRET", SECRET)];
    assert_eq!(hexado(&["db", "seed"], &secret).code, Some(0));
    let server = Server::start(&secret).await;
    let port = server.port.to_string();
    let token = hexado(&["token"], &[&secret[..], &[("PORT", port.as_str())]].concat());

    let folder = tempfile::tempdir().unwrap();
    let mut shell = Command::new("bash");
    shell.args(["-euxo", "pipefail", "-c", &script]).current_dir(folder.path());
    shell.env("HEXADO", &server.url).env("TOKEN", token.stdout.trim());
    let output = tokio::task::spawn_blocking(move || shell.output()).await.unwrap().unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{script}\n{stdout}\n{stderr}\n{}", server.log());
}

/// What stands in the blocks that are marked, one after the other.
fn blocks(readme: &str) -> String {
    let mut inside = false;
    let mut script = String::new();
    for line in readme.lines() {
        if line.starts_with("```") {
            inside = !inside && line == "```sh test";
        } else if inside {
            script.push_str(line);
            script.push('\n');
        }
    }
    script
}

#[test]
fn only_marked_blocks_are_run() {
    let readme = "# Title\n```sh\nrm -r x\n```\ntext\n```sh test\ncurl 1\ncurl 2\n```\n```json\n{}\n```\n```sh test\ncurl 3\n```\n";
    assert_eq!(blocks(readme), "curl 1\ncurl 2\ncurl 3\n");
}
