use chrono::{DateTime, Utc};
use hexado_domain::block::{Block, Reason};
use hexado_domain::id::UserId;
use serde::Serialize;
use utoipa::ToSchema;

/// A network that nobody may come from.
#[derive(Serialize, ToSchema)]
#[schema(as = AddressBlock)]
pub(super) struct BlockView {
    id: i64,
    #[schema(example = "192.0.2.0/24")]
    network: String,
    reason: Option<String>,
    /// Id of the user who blocked it; null when it was blocked after failed sign-ins
    created_by: Option<String>,
    created_at: DateTime<Utc>,
    /// Null for until it is lifted
    expires_at: Option<DateTime<Utc>>,
}

impl From<&Block> for BlockView {
    fn from(block: &Block) -> Self {
        Self {
            id: block.id.get(),
            network: block.network.to_string(),
            reason: block.reason.as_ref().map(Reason::as_str).map(str::to_owned),
            created_by: block.created_by.as_ref().map(UserId::as_str).map(str::to_owned),
            created_at: block.created_at,
            expires_at: block.expires_at,
        }
    }
}
