use actix_web::HttpRequest;
use hexado_domain::audit::AuditQuery;
use hexado_domain::page::Limit;
use hexado_domain::task::DueAt;

use crate::extract::{QueryReader, read_cursor};
use crate::problem::Problem;

const TIME: &str = "an RFC 3339 time, with + written as %2B";

/// Characters of an id or a name that is looked for.
const MAX_TEXT: usize = 300;

/// The filters alone.
pub(super) fn read_filter(request: &HttpRequest) -> Result<AuditQuery, Problem> {
    let mut reader = QueryReader::new(request, &["actor", "impersonator", "action", "target", "since", "until"])?;
    let query = filter(&mut reader);
    reader.finish()?;
    Ok(query)
}

/// The filters, and which page.
pub(super) fn read_query(request: &HttpRequest) -> Result<AuditQuery, Problem> {
    let known = ["actor", "impersonator", "action", "target", "since", "until", "limit", "cursor"];
    let mut reader = QueryReader::new(request, &known)?;
    let query = filter(&mut reader);
    let limit = reader.value("limit", "1 to 100", |text| Limit::new(text.parse().ok()?)).unwrap_or_default();
    let cursor = reader.text("cursor").map(str::to_owned);
    reader.finish()?;
    let before = cursor.map(|cursor| read_cursor(request, &cursor, read_place)).transpose()?;
    Ok(AuditQuery { before, limit, ..query })
}

pub(super) fn write_place(id: i64) -> [u8; 8] {
    id.to_be_bytes()
}

fn read_place(place: &[u8]) -> Option<i64> {
    Some(i64::from_be_bytes(place.try_into().ok()?))
}

fn filter(reader: &mut QueryReader) -> AuditQuery {
    let mut text = |name| reader.value(name, "1 to 300 characters", |text| is_text(text).then(|| text.to_owned()));
    let (actor, impersonator) = (text("actor"), text("impersonator"));
    let (action, target) = (text("action"), text("target"));
    let mut time = |name| reader.value(name, TIME, |text| DueAt::parse(text).ok()).map(DueAt::get);
    let (since, until) = (time("since"), time("until"));
    AuditQuery { actor, impersonator, action, target, since, until, ..AuditQuery::default() }
}

fn is_text(text: &str) -> bool {
    (1..=MAX_TEXT).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}
