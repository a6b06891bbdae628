use hexado_domain::identity::{AdminService, FirstAdmin, IdentityError, NewAdmin};

/// Sees to it that there is an admin, and says what came of it.
pub(super) async fn ensure(admins: &AdminService, admin: &NewAdmin) -> Result<(), IdentityError> {
    let email = admin.email.as_str();
    match admins.ensure_first(admin).await? {
        FirstAdmin::Made(user) => {
            tracing::info!(%user, email, "the first admin is made: ADMIN_PASSWORD has done its work");
        }
        FirstAdmin::Promoted(user) => {
            tracing::warn!(%user, email, "who has the address ADMIN_EMAIL is an admin now, and keeps their own password");
        }
        FirstAdmin::Exists => tracing::info!("there is an admin: ADMIN_EMAIL and ADMIN_PASSWORD change nothing"),
        FirstAdmin::Unverified(user) => {
            tracing::warn!(%user, email, "no admin is made: who has the address ADMIN_EMAIL has not verified it");
        }
    }
    Ok(())
}
