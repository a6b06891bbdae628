use actix_web::{HttpResponse, post};
use hexado_domain::access::Permission;
use hexado_domain::identity::users::{Ban, NewAccount};

use super::refusal::{refused, require};
use super::{ban, email, keep_out, one, roles};
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::input::password;
use crate::better_auth::limits::{IMAGE, NAME};
use crate::better_auth::schemas;
use crate::better_auth::visit::Visit;

/// Make a user
///
/// Nobody is signed in by it. Without a password, the user sets one by a mailed link.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "adminCreateUser",
    request_body = schemas::AdminCreateUser,
    responses(
        (status = 200, description = "The user", body = schemas::OneUser),
        (status = 400, description = "Another user has this address, or there is no such role", body = WireErrorBody),
        (status = 403, description = "The caller may not", body = WireErrorBody),
    )
)]
#[post("/admin/create-user")]
pub(super) async fn create_user(visit: Visit) -> Result<HttpResponse, WireError> {
    let (account, ban) = read(&visit)?;
    // Whoever is given roles, or kept out, is given or kept out as by the routes for that.
    let by = if account.roles.is_some() || ban.is_some() {
        visit.recent_administrator(Permission::UserCreate, None).await?
    } else {
        visit.administrator().await?
    };
    if ban.is_some() {
        require(&by.actor, Permission::UserBan)?;
    }
    let user = visit.deps().users.create(&by.actor, &visit.visitor(), account).await.map_err(refused)?;
    match ban {
        Some(ban) => Ok(one(&keep_out(&visit, &by.actor, &user.id, ban).await?)),
        None => Ok(one(&user)),
    }
}

fn read(visit: &Visit) -> Result<(NewAccount, Option<Ban>), WireError> {
    let mut body = visit.body()?;
    let (address, secret) = (body.text("email"), body.optional_text("password"));
    let (name, role) = (body.text("name"), body.value("role"));
    let data = body.optional_record("data");
    body.check("name", &name, NAME);
    if role.as_ref().is_some_and(|role| roles::texts(role).is_none()) {
        body.misfit_of_all("role");
    }
    let mut data = body.finish_with(data)?;
    let (email_verified, image) = (data.flag("emailVerified").unwrap_or(false), data.optional_text("image"));
    data.check("image", image.as_deref().unwrap_or_default(), IMAGE);
    let ban = if data.is_truthy("banned") { Some(ban(&mut data)?) } else { None };
    data.finish()?;
    let roles = role.or_else(|| data.value("role")).as_ref().map(roles::in_data).transpose()?;
    let email = email(&address)?;
    let password = secret.filter(|secret| !secret.is_empty()).as_deref().map(password).transpose()?;
    Ok((NewAccount { name, email, email_verified, image, password, roles }, ban))
}
