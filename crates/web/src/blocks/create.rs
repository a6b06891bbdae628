use actix_web::{HttpResponse, post, web};

use super::input::CreateInput;
use super::schemas::CreateAddressBlock;
use super::view::BlockView;
use crate::extract::{Caller, Guest, Posted};
use crate::problem::Problem;
use crate::state::State;

/// Block an address or a network
///
/// Here at once, and on every other instance within a second. Your own address cannot be in it.
#[utoipa::path(
    tag = "security",
    operation_id = "createAddressBlock",
    request_body(content((CreateAddressBlock = "application/json", example = json!({
        "network": "203.0.113.0/24", "reason": "Scrapes every night", "expires_at": "2099-12-31T00:00:00Z",
    })))),
    responses((status = 201, description = "The new block", body = BlockView))
)]
#[post("/security/blocks")]
pub(super) async fn create_block(
    state: web::Data<State>,
    caller: Caller,
    Guest(visitor): Guest,
    Posted(CreateInput(block)): Posted<CreateInput>,
) -> Result<HttpResponse, Problem> {
    let block = state.deps.blocks.add(&caller, &visitor, block).await?;
    Ok(HttpResponse::Created().json(BlockView::from(&block)))
}
