use hexado_domain::testing::fixtures::user_id;
use hexado_domain::testing::task_store_contract::{self as contract, Subject};

use crate::support::Bench;

macro_rules! tests {
    ($($clause:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $clause() {
                let bench = Bench::new().await;
                let store = bench.tasks.clone();
                contract::$clause(&Subject { store, owner: bench.ann.clone(), stranger: user_id("bob") }).await;
            }
        )*
    };
}

hexado_domain::task_store_clauses!(tests);
