//! A user's sessions, for the user themselves and for those who may manage the sessions of any.

mod end_all;
mod end_one;
mod list;

use actix_web::HttpRequest;
use hexado_domain::access::rules::Owner;

use crate::extract::{Caller, RecentCaller};
use crate::problem::Problem;
use crate::routes::Routes;

pub(crate) fn register(routes: &mut Routes<'_>) {
    routes.service(list::list_sessions).service(end_all::end_sessions).service(end_one::end_session);
}

/// Who ends sessions: for those of somebody else, they authenticated recently.
async fn who_ends(request: &HttpRequest, caller: Caller, owner: &Owner) -> Result<Caller, Problem> {
    if owner.is(&caller.user_id) { Ok(caller) } else { Ok(Caller(RecentCaller::of(request).await?.0)) }
}
