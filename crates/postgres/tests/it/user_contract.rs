use hexado_domain::testing::user_store_contract as contract;
use hexado_postgres::{PgUserStore, Postgres};

use crate::support::{migrated, options};

macro_rules! tests {
    ($($clause:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $clause() {
                let database = migrated().await;
                contract::$clause(&PgUserStore::new(&Postgres::connect(options(database.url())))).await;
            }
        )*
    };
}

hexado_domain::user_store_clauses!(tests);
