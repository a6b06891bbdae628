use actix_web::{HttpRequest, HttpResponse, get, web};
use chrono::DateTime;
use hexado_domain::id::UserId;
use hexado_domain::identity::users::{
    CursorKey, SearchText, Start, UserCondition, UserCursor, UserField, UserQuery, UserSort,
};
use hexado_domain::page::Limit;
use hexado_domain::text;

use super::schemas::ListUsers;
use super::view::UserDetailsView;
use crate::extract::{Caller, QueryReader, link_next, read_cursor};
use crate::problem::Problem;
use crate::state::State;

const PARAMETERS: [&str; 7] = ["q", "role", "banned", "sort", "limit", "cursor", "count"];

/// What a list can be ordered by.
const SORTS: [(&str, UserField); 3] =
    [("created_at", UserField::CreatedAt), ("name", UserField::Name), ("email", UserField::Email)];

/// Characters of a role's name that is looked for: another server may have given roles of any name.
const MAX_ROLE: usize = 200;

/// List users
///
/// All filters that are given must hold. While there is more, `Link` has the path of the next page.
#[utoipa::path(
    tag = "users",
    operation_id = "listAllUsers",
    params(ListUsers),
    responses(
        (status = 200, description = "A page of users", body = Vec<UserDetailsView>, headers(
            ("Link" = String, description = "`<path>; rel=\"next\"` while there is more (RFC 8288)"),
            ("X-Total-Count" = i64, description = "Users on all pages together, with `count=true`"),
        )),
    )
)]
#[get("/users")]
pub(super) async fn list_users(
    request: HttpRequest,
    state: web::Data<State>,
    caller: Caller,
) -> Result<HttpResponse, Problem> {
    let query = read_query(&request)?;
    let page = state.deps.users.list(&caller, &query).await?;
    let mut response = HttpResponse::Ok();
    let last = page.items.last().filter(|_| page.more);
    if let Some(cursor) = last.and_then(|last| UserCursor::behind(last, query.sort.field)) {
        link_next(&mut response, &request, &write_place(&cursor));
    }
    if let Some(total) = page.total {
        response.insert_header(("X-Total-Count", total));
    }
    let now = state.deps.clock.now();
    Ok(response.json(page.items.iter().map(|user| UserDetailsView::of(user, now)).collect::<Vec<_>>()))
}

fn read_query(request: &HttpRequest) -> Result<UserQuery, Problem> {
    let mut reader = QueryReader::new(request, &PARAMETERS)?;
    let conditions = read_conditions(&mut reader);
    let sort_names = "created_at, name or email, with - in front for descending";
    let sort = reader.value("sort", sort_names, sort_of).unwrap_or_default();
    let limit = reader.value("limit", "1 to 100", |text| Limit::new(text.parse().ok()?)).unwrap_or_default();
    let count = reader.flag("count");
    let cursor = reader.text("cursor").map(str::to_owned);
    reader.finish()?;
    let read_place = |place: &[u8]| read_place(place, sort.field);
    let after = cursor.map(|cursor| read_cursor(request, &cursor, read_place)).transpose()?;
    let start = after.map_or(Start::First, Start::Behind);
    Ok(UserQuery { conditions, sort, start, limit: limit.get(), count })
}

fn read_conditions(reader: &mut QueryReader) -> Vec<UserCondition> {
    let line = "1 to 200 characters without control characters";
    let mentions = reader.value("q", line, |text| SearchText::parse(text).ok());
    let role = reader.value("role", line, |name| text::single_line(name, MAX_ROLE).ok().map(str::to_owned));
    let banned = reader.value("banned", "true or false", |text| text.parse().ok());
    let mentions = mentions.map(UserCondition::Mentions);
    mentions.into_iter().chain(role.map(UserCondition::HasRole)).chain(banned.map(UserCondition::IsBanned)).collect()
}

fn sort_of(text: &str) -> Option<UserSort> {
    let (name, descending) = text.strip_prefix('-').map_or((text, false), |name| (name, true));
    let (_, field) = SORTS.into_iter().find(|(known, _)| *known == name)?;
    Some(UserSort { field, descending })
}

/// The id, a zero, which is in no id, and the key.
fn write_place(cursor: &UserCursor) -> Vec<u8> {
    let id = cursor.id.as_str().as_bytes();
    match &cursor.key {
        CursorKey::Time(time) => [id, &[0], &time.timestamp_micros().to_be_bytes()[..]].concat(),
        CursorKey::Text(text) => [id, &[0], text.as_bytes()].concat(),
    }
}

fn read_place(place: &[u8], field: UserField) -> Option<UserCursor> {
    let zero = place.iter().position(|byte| *byte == 0)?;
    let (id, key) = (str::from_utf8(&place[..zero]).ok()?, &place[zero + 1..]);
    let key = match field {
        UserField::CreatedAt => {
            CursorKey::Time(DateTime::from_timestamp_micros(i64::from_be_bytes(key.try_into().ok()?))?)
        }
        _ => CursorKey::Text(String::from_utf8(key.to_vec()).ok()?),
    };
    Some(UserCursor { key, id: UserId::parse(id)? })
}

#[cfg(test)]
mod tests {
    use hexado_domain::testing::fixtures::user;

    use super::*;

    #[test]
    fn a_place_survives_the_round_trip() {
        for (_, field) in SORTS {
            let cursor = UserCursor::behind(&user("änn"), field).unwrap();
            assert_eq!(read_place(&write_place(&cursor), field), Some(cursor));
        }
        assert_eq!(read_place(b"ann", UserField::Name), None);
        assert_eq!(read_place(b"ann\0xyz", UserField::CreatedAt), None);
    }
}
