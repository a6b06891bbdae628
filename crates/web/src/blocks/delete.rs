use actix_web::{HttpRequest, HttpResponse, delete, web};
use hexado_domain::block::BlockId;

use super::schemas::UnblockedView;
use crate::extract::{Caller, Guest};
use crate::problem::Problem;
use crate::state::State;

/// Lift a block
#[utoipa::path(
    tag = "security",
    operation_id = "deleteAddressBlock",
    params(("block_id" = i64, Path, description = "From the list")),
    responses((status = 200, description = "It is gone", body = UnblockedView))
)]
#[delete("/security/blocks/{block_id}")]
pub(super) async fn delete_block(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
    Guest(visitor): Guest,
) -> Result<HttpResponse, Problem> {
    // What cannot be an id is the id of no block.
    let id = request.match_info().get("block_id").and_then(|id| id.parse().ok()).unwrap_or(-1);
    state.deps.blocks.remove(&caller, &visitor, BlockId::new(id)).await?;
    Ok(HttpResponse::Ok().json(UnblockedView { message: "Block lifted", id }))
}
