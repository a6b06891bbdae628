use actix_web::{HttpResponse, post};
use hexado_domain::patch::Patch;

use super::answer::{self, Status};
use super::error::WireError;
use super::input::Input;
use super::limits::{IMAGE, NAME};
use super::schemas;
use super::visit::Visit;

/// Members that only an administrator sets.
const NOT_ALLOWED: [&str; 5] = ["role", "banned", "banReason", "banExpires", "twoFactorEnabled"];

/// Change the caller's name and picture
#[utoipa::path(
    tag = "better-auth",
    operation_id = "updateUser",
    request_body = schemas::UpdateUser,
    responses((status = 200, description = "It is changed", body = Status))
)]
#[post("/update-user")]
pub(super) async fn update_user(visit: Visit) -> Result<HttpResponse, WireError> {
    let mut body = visit.record()?;
    let (name, image) = (body.optional_text("name"), body.text_patch("image"));
    body.check("name", name.as_deref().unwrap_or_default(), NAME);
    if let Patch::Set(image) = &image {
        body.check("image", image, IMAGE);
    }
    body.finish()?;
    let by = visit.session().await?;
    refuse_reserved(&body)?;
    if name.is_none() && image == Patch::Keep {
        return Err(WireError::uncoded("No fields to update"));
    }
    visit.deps().accounts.update(&visit.visitor(), &by.user.id, name, image).await?;
    visit.hand_out(&by.session, visit.remembers());
    Ok(answer::done())
}

fn refuse_reserved(body: &Input) -> Result<(), WireError> {
    if body.is_truthy("email") {
        return Err(WireError::bad_request("EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated"));
    }
    body.refuse(&NOT_ALLOWED)
}
