use actix_web::http::header::HeaderMap;
use hexado_domain::block::{Cidr, NewBlock, Reason};
use hexado_domain::error::FieldFault;
use hexado_domain::task::DueAt;

use crate::extract::{Fields, FromBody, Reader};
use crate::problem::Problem;

#[derive(Debug)]
pub(super) struct CreateInput(pub NewBlock);

impl FromBody for CreateInput {
    fn from_body(headers: &HeaderMap, body: &[u8]) -> Result<Self, Problem> {
        let mut reader = Reader::new(Fields::json_only(headers, body)?, &["network", "reason", "expires_at"])?;
        let network = reader.required_text("network", network)?;
        let reason = reader.text_patch("reason", Reason::parse)?;
        let expires_at = reader.text_patch("expires_at", DueAt::parse)?;
        let block = network.map(|network| NewBlock {
            network,
            reason: reason.apply(None),
            expires_at: expires_at.apply(None).map(DueAt::get),
        });
        reader.finish(block).map(Self)
    }
}

fn network(text: &str) -> Result<Cidr, FieldFault> {
    let expected = "an address, or a network such as 192.0.2.0/24 whose other bits are zero";
    Cidr::parse(text.trim()).ok_or(FieldFault::NotOneOf { expected })
}
