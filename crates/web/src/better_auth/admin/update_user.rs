use actix_web::{HttpResponse, post};
use hexado_domain::access::rules::Owner;
use hexado_domain::access::{Permission, RoleName};
use hexado_domain::id::UserId;
use hexado_domain::identity::users::{Ban, UserPatch};
use hexado_domain::identity::{User, UserObject};
use hexado_domain::patch::Patch;
use hexado_domain::version::Expected;

use super::refusal::refused;
use super::{ban, email, keep_out, roles};
use crate::better_auth::error::{WireError, WireErrorBody};
use crate::better_auth::input::Input;
use crate::better_auth::limits::{IMAGE, NAME};
use crate::better_auth::schemas;
use crate::better_auth::visit::{Administrator, Visit};

/// Change a user
///
/// Also roles and bans, after the rest, each as if it came by itself.
#[utoipa::path(
    tag = "better-auth",
    operation_id = "adminUpdateUser",
    request_body = schemas::AdminUpdateUser,
    responses(
        (status = 200, description = "The user", body = schemas::User),
        (status = 400, description = "There is nothing to change, or it cannot be changed like this", body = WireErrorBody),
        (status = 403, description = "The caller may not", body = WireErrorBody),
        (status = 404, description = "There is no such user", body = WireErrorBody),
    )
)]
#[post("/admin/update-user")]
pub(super) async fn update_user(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.body()?;
    let (user_id, password) = (body.user_id(), body.optional_text("password"));
    let data = body.record("data");
    let mut data = body.finish_with(data)?;
    check(&data)?;
    let change = Change::read(&mut data)?;
    let by = visit.administrator().await?;
    for needed in change.sensitive() {
        visit.check_recent(&by, needed, password.as_deref()).await?;
    }
    Ok(HttpResponse::Ok().json(UserObject::from(&change.make(&visit, &by, &user_id).await?)))
}

fn check(data: &Input) -> Result<(), WireError> {
    const PASSWORD: &str = "Password cannot be updated through update-user. Use the set-user-password endpoint instead";
    if data.is_empty() {
        return Err(WireError::bad_request("NO_DATA_TO_UPDATE", "No data to update"));
    }
    if data.has("password") {
        return Err(WireError::bad_request("PASSWORD_CANNOT_BE_UPDATED_VIA_UPDATE_USER", PASSWORD));
    }
    if data.has("id") {
        return Err(WireError::bad_request("USER_ID_CANNOT_BE_UPDATED", "User id cannot be updated"));
    }
    Ok(())
}

/// What is to change, each by its own rules.
struct Change {
    patch: UserPatch,
    roles: Option<Vec<RoleName>>,
    ban: Option<Exclusion>,
}

enum Exclusion {
    Ban(Ban),
    Unban,
}

impl Change {
    fn read(data: &mut Input) -> Result<Self, WireError> {
        let (name, image) = (data.optional_text("name"), data.text_patch("image"));
        let (address, email_verified) = (data.optional_text("email"), data.flag("emailVerified"));
        data.check("name", name.as_deref().unwrap_or_default(), NAME);
        if let Patch::Set(image) = &image {
            data.check("image", image, IMAGE);
        }
        data.finish()?;
        let roles = data.value("role").as_ref().map(roles::in_data).transpose()?;
        let ban = match data.flag("banned") {
            Some(true) => Some(Exclusion::Ban(ban(data)?)),
            Some(false) => Some(Exclusion::Unban),
            None => None,
        };
        data.finish()?;
        let email = address.as_deref().map(email).transpose()?;
        Ok(Self { patch: UserPatch { name, image, email, email_verified }, roles, ban })
    }

    /// What it needs a recent authentication for. Whoever may not do one of them does none.
    fn sensitive(&self) -> impl Iterator<Item = Permission> {
        let roles = self.roles.as_ref().map(|_| Permission::UserSetRole);
        let ban = self.ban.as_ref().map(|_| Permission::UserBan);
        roles.into_iter().chain(ban)
    }

    async fn make(self, visit: &Visit, by: &Administrator, user_id: &UserId) -> Result<User, WireError> {
        let (users, visitor, actor) = (&visit.deps().users, visit.visitor(), &by.actor);
        let (any, owner) = (Expected::Any, Owner::User(user_id.clone()));
        let mut user = users.update(actor, &visitor, &owner, self.patch, &any).await.map_err(refused)?;
        if let Some(roles) = &self.roles {
            user = users.set_role(actor, &visitor, user_id, roles, &any).await.map_err(refused)?;
        }
        Ok(match self.ban {
            None => user,
            Some(Exclusion::Ban(ban)) => keep_out(visit, actor, user_id, ban).await?,
            Some(Exclusion::Unban) => users.unban(actor, &visitor, user_id, &any).await.map_err(refused)?,
        })
    }
}
