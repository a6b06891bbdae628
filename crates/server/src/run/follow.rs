use std::time::Duration;

use hexado_domain::block::BlockService;
use hexado_domain::identity::{IdentityService, NEWS_INTERVAL};
use tokio::time::{MissedTickBehavior, interval};

/// Keeps what is remembered of callers, what roles permit and who is blocked in step with the database, for ever.
pub(super) async fn changes(identity: &IdentityService, blocks: &BlockService) {
    let mut ticks = interval(NEWS_INTERVAL.to_std().unwrap_or(Duration::from_millis(500)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut heard = true;
    loop {
        ticks.tick().await;
        let result = identity.follow_changes().await.and(blocks.follow().await);
        // Once for each change of state, not once for each attempt.
        match &result {
            Err(error) if heard => {
                tracing::warn!(%error, "no news of changed users, roles and blocks: every caller is looked up");
            }
            Ok(()) if !heard => tracing::info!("news of changed users, roles and blocks again"),
            _ => {}
        }
        heard = result.is_ok();
    }
}
