use std::path::Path;
use std::time::Duration;

use hexado_devdb::testing::PrivateCluster;
use tempfile::TempDir;
use tokio_postgres::{Client, NoTls};

use super::certificates::{Authority, Certificate, Validity};

pub(super) const PASSWORD: &str = "hunter2";

/// A Postgres whose user `ann` connects as it is told to; its superuser connects anyhow.
pub(super) struct TlsServer {
    cluster: PrivateCluster,
    pub(super) authority: Authority,
    folder: TempDir,
}

/// How the server lets `ann` in.
#[derive(Clone, Copy, Debug)]
pub(super) enum Offer {
    Both,
    EncryptedOnly,
    PlainOnly,
}

impl TlsServer {
    /// With a certificate for `localhost`, both ways.
    pub(super) async fn start() -> Self {
        let cluster = tokio::task::spawn_blocking(|| PrivateCluster::start().unwrap()).await.unwrap();
        let server = Self { cluster, authority: Authority::new(), folder: tempfile::tempdir().unwrap() };
        let admin = server.admin().await;
        admin.batch_execute(&format!("CREATE ROLE ann LOGIN PASSWORD '{PASSWORD}'")).await.unwrap();
        server.present(&server.authority.sign(&["localhost"], Validity::Now)).await;
        server.offer(Offer::Both).await;
        server
    }

    /// Shows this certificate from now on.
    pub(super) async fn present(&self, certificate: &Certificate) {
        let admin = self.admin().await;
        let data: String = admin.query_one("SHOW data_directory", &[]).await.unwrap().get(0);
        write(&admin, &certificate.chain, &format!("{data}/server.crt")).await;
        write(&admin, &certificate.key, &format!("{data}/server.key")).await;
        self.reload(&admin).await;
    }

    pub(super) async fn offer(&self, offer: Offer) {
        let (ssl, kind) = match offer {
            Offer::Both => ("on", "host"),
            Offer::EncryptedOnly => ("on", "hostssl"),
            Offer::PlainOnly => ("off", "host"),
        };
        let admin = self.admin().await;
        let rules = format!("host all postgres all scram-sha-256\n{kind} all ann all scram-sha-256\n");
        let file: String = admin.query_one("SHOW hba_file", &[]).await.unwrap().get(0);
        write(&admin, &rules, &file).await;
        admin.batch_execute(&format!("ALTER SYSTEM SET ssl = {ssl}")).await.unwrap();
        self.reload(&admin).await;
    }

    /// The URL for `ann`.
    pub(super) fn url(&self, host: &str, parameters: &str) -> String {
        let port = self.cluster.url().split(['@', '/', ':']).find_map(|part| part.parse::<u16>().ok()).unwrap();
        format!("postgres://ann:{PASSWORD}@{host}:{port}/postgres?{parameters}")
    }

    /// The file with the certificate of the server's authority.
    pub(super) fn root(&self) -> String {
        self.authority.write(self.folder())
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    async fn admin(&self) -> Client {
        let (client, connection) = tokio_postgres::connect(self.cluster.url(), NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    }

    /// Has the server read its files, and waits until it has: a session that begins then knows of it.
    async fn reload(&self, admin: &Client) {
        let before: String = admin.query_one("SELECT pg_conf_load_time()::text", &[]).await.unwrap().get(0);
        admin.query_one("SELECT pg_reload_conf()", &[]).await.unwrap();
        for _ in 0..1000 {
            let now = self.admin().await.query_one("SELECT pg_conf_load_time()::text", &[]).await.unwrap();
            if now.get::<_, String>(0) != before {
                return;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        panic!("the server never reads its files again");
    }
}

/// By the server itself: its files are those of another user of the system, who alone may read a key.
async fn write(admin: &Client, text: &str, path: &str) {
    let lines = format!("SELECT line FROM regexp_split_to_table($text${}$text$, E'\\n') line", text.trim_end());
    admin.batch_execute(&format!("COPY ({lines}) TO PROGRAM 'umask 077; cat > ''{path}'''")).await.unwrap();
}
