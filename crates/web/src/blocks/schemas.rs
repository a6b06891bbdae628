use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

/// A network to be blocked.
#[derive(ToSchema)]
#[expect(dead_code, reason = "says in the OpenAPI document what `CreateInput` takes")]
pub(super) struct CreateAddressBlock {
    /// An address, or a network whose other bits are zero
    #[schema(example = "192.0.2.0/24")]
    network: String,
    #[schema(min_length = 1, max_length = 500, example = "Scrapes every night")]
    reason: Option<String>,
    /// By default it does not end
    expires_at: Option<DateTime<Utc>>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the OpenAPI document what `read_query` takes")]
pub(super) struct ListBlocks {
    /// Blocks a page
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u8>,
    /// From the `Link` of the page before
    cursor: Option<String>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct UnblockedView {
    #[schema(example = "Block lifted")]
    pub message: &'static str,
    pub id: i64,
}
