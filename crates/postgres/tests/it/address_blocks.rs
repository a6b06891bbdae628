//! Blocked addresses, and that each change of them is in the audit log.

use hexado_domain::audit::{AuditLog, AuditQuery};
use hexado_domain::testing::block_store_contract as contract;
use hexado_postgres::{PgAuditLog, PgBlockStore};

use crate::support::Bench;

macro_rules! tests {
    ($($clause:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $clause() {
                let bench = Bench::new().await;
                contract::$clause(&PgBlockStore::new(&bench.postgres)).await;
            }
        )*
    };
}

hexado_domain::block_store_clauses!(tests);

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_is_recorded_and_what_did_not_is_not() {
    let bench = Bench::new().await;
    contract::a_block_is_removed_once(&PgBlockStore::new(&bench.postgres)).await;
    let page = PgAuditLog::new(&bench.postgres).page(&AuditQuery::default()).await.unwrap();
    let actions: Vec<_> = page.items.iter().map(|record| &*record.action).collect();
    assert_eq!(actions, ["address_unblocked", "address_blocked"]);
}
