use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::{IntoParams, ToSchema};

use super::view::LinkView;

/// Which records.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the OpenAPI document what `read_query` takes")]
pub(super) struct AuditFilter {
    /// Id of the user who acted
    actor: Option<String>,
    /// Id of the administrator who acted as the actor
    impersonator: Option<String>,
    /// What was done
    #[param(example = "user_banned")]
    action: Option<String>,
    /// Id of what was acted upon
    target: Option<String>,
    /// Not before
    since: Option<DateTime<Utc>>,
    /// Before
    until: Option<DateTime<Utc>>,
}

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "says in the OpenAPI document what `read_query` takes")]
pub(super) struct AuditPage {
    /// Records a page
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<u8>,
    /// From the `Link` of the page before
    cursor: Option<String>,
}

/// What a walk along the chain found.
#[derive(Serialize, ToSchema)]
pub(super) struct VerificationView {
    /// Whether every record is as it was stored, and none is missing
    pub intact: bool,
    /// The last place that holds
    pub head: LinkView,
    /// What is wrong behind it
    pub fault: Option<String>,
}
