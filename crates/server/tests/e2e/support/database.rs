use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use hexado_devdb::testing::TestDatabase;
use tokio_postgres::{Client, NoTls};

use super::hexado;

/// A database of its own for one test.
pub(crate) struct Database(TestDatabase);

impl Database {
    /// With all tables, as `hexado migrate` makes them.
    pub(crate) async fn migrated() -> Self {
        let migrate = async |url: &str| {
            let done = hexado(&["migrate"], &[("DATABASE_URL", url)]);
            if done.code == Some(0) { Ok(()) } else { Err(done.stderr) }
        };
        Self(TestDatabase::create(&format!("server_{:x}", migrations()), migrate).await.unwrap())
    }

    /// Without anything.
    pub(crate) async fn empty() -> Self {
        let nothing = async |_: &str| Ok::<_, String>(());
        Self(TestDatabase::create("empty", nothing).await.unwrap())
    }

    pub(crate) fn url(&self) -> &str {
        self.0.url()
    }

    pub(crate) fn name(&self) -> &str {
        self.0.name()
    }

    /// A connection beside the server's.
    pub(crate) async fn connect(&self) -> Client {
        connect(self.url()).await
    }
}

/// A connection that ends with its client.
pub(crate) async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// Changes with every change of the migrations.
fn migrations() -> u64 {
    let mut hasher = DefaultHasher::new();
    for file in files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations")) {
        (&file, fs::read(&file).unwrap()).hash(&mut hasher);
    }
    hasher.finish()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    entries.into_iter().flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
