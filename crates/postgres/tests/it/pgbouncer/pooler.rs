use std::fs::{self, Permissions};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// A PgBouncer in front of one database, with three sessions at most. It ends with the test.
pub(super) struct PgBouncer {
    pub(super) url: String,
    process: Child,
    _folder: TempDir,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Session,
    /// Keeps book of prepared statements, which needs 1.21.
    Transaction,
    TransactionWithoutStatements,
}

impl PgBouncer {
    /// `None` where none is installed, or one that is too old for `mode`.
    pub(super) async fn start(database: &str, mode: Mode) -> Option<Self> {
        let knows_statements = version()? >= (1, 21);
        if mode == Mode::Transaction && !knows_statements {
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        // PgBouncer goes on as another user.
        fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let file = folder.path().join("pgbouncer.ini");
        fs::write(&file, configuration(database, port, mode, knows_statements)).unwrap();
        let mut command = Command::new("pgbouncer");
        let process = command.arg(&file).stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let url = format!("postgres://ann@127.0.0.1:{port}/hexado?sslmode=disable");
        let mut pooler = Self { url, process, _folder: folder };
        pooler.wait_until_it_listens(port).await;
        Some(pooler)
    }

    async fn wait_until_it_listens(&mut self, port: u16) {
        for _ in 0..1000 {
            if TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok() {
                return;
            }
            assert_eq!(self.process.try_wait().unwrap(), None, "PgBouncer does not start");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("PgBouncer never listens");
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Major and minor: `PgBouncer 1.18.0` is the first line that it prints.
fn version() -> Option<(u32, u32)> {
    let output = Command::new("pgbouncer").arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let mut numbers = text.lines().next()?.strip_prefix("PgBouncer ")?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn configuration(database: &str, port: u16, mode: Mode, knows_statements: bool) -> String {
    let (login, place) = database.trim_start_matches("postgres://").split_once('@').unwrap();
    let (user, password) = login.split_once(':').unwrap();
    let (server, path) = place.split_once('/').unwrap();
    let (host, server_port) = server.split_once(':').unwrap();
    let name = path.split('?').next().unwrap();
    let pool_mode = if mode == Mode::Session { "session" } else { "transaction" };
    let sessions = if mode == Mode::Session { 50 } else { 3 };
    let mut text = format!(
        "[databases]\n\
         hexado = host={host} port={server_port} dbname={name} user={user} password={password}\n\
         [pgbouncer]\n\
         listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
         pool_mode = {pool_mode}\ndefault_pool_size = {sessions}\n"
    );
    if knows_statements {
        let kept = if mode == Mode::Transaction { 200 } else { 0 };
        text += &format!("max_prepared_statements = {kept}\n");
    }
    if fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0) {
        text += "user = nobody\n";
    }
    text
}
