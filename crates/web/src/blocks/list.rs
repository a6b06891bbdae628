use actix_web::{HttpRequest, HttpResponse, get, web};
use hexado_domain::block::{BlockId, BlockQuery};
use hexado_domain::page::Limit;

use super::schemas::ListBlocks;
use super::view::BlockView;
use crate::extract::{Caller, QueryReader, link_next, read_cursor};
use crate::problem::Problem;
use crate::state::State;

/// List blocked addresses
///
/// Those that count at present, the newest first. While there is more, `Link` has the path of the next page.
#[utoipa::path(
    tag = "security",
    operation_id = "listAddressBlocks",
    params(ListBlocks),
    responses(
        (status = 200, description = "A page of blocks", body = Vec<BlockView>, headers(
            ("Link" = String, description = "`<path>; rel=\"next\"` while there is more (RFC 8288)"),
        )),
    )
)]
#[get("/security/blocks")]
pub(super) async fn list_blocks(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
) -> Result<HttpResponse, Problem> {
    let page = state.deps.blocks.list(&caller, &read_query(&request)?).await?;
    let mut response = HttpResponse::Ok();
    if let (true, Some(last)) = (page.more, page.items.last()) {
        link_next(&mut response, &request, &last.id.get().to_be_bytes());
    }
    Ok(response.json(page.items.iter().map(BlockView::from).collect::<Vec<_>>()))
}

fn read_query(request: &HttpRequest) -> Result<BlockQuery, Problem> {
    let mut reader = QueryReader::new(request, &["limit", "cursor"])?;
    let limit = reader.value("limit", "1 to 100", |text| Limit::new(text.parse().ok()?)).unwrap_or_default();
    let cursor = reader.text("cursor").map(str::to_owned);
    reader.finish()?;
    let before = cursor.map(|cursor| read_cursor(request, &cursor, place)).transpose()?;
    Ok(BlockQuery { before, limit })
}

fn place(bytes: &[u8]) -> Option<BlockId> {
    Some(BlockId::new(i64::from_be_bytes(bytes.try_into().ok()?)))
}
