use hexado_domain::testing::fixtures::user_id;
use hexado_domain::testing::share_store_contract::{self as contract, Subject};

use crate::support::Bench;

macro_rules! tests {
    ($($clause:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $clause() {
                let bench = Bench::new().await;
                bench.register(&["cid"]).await;
                let (owner, sharee, stranger) = (bench.ann.clone(), user_id("bob"), user_id("cid"));
                let (tasks, shares) = (bench.tasks.clone(), bench.tasks.clone());
                let subject = Subject { tasks, shares, owner, sharee, stranger };
                contract::$clause(&subject).await;
                for user in [&subject.owner, &subject.sharee, &subject.stranger] {
                    bench.assert_consistent(user).await;
                }
            }
        )*
    };
}

hexado_domain::share_store_clauses!(tests);
