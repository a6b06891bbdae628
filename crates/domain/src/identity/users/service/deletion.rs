use super::{TRIES, overtaken};
use crate::error::StoreError;
use crate::id::UserId;
use crate::identity::users::{Deleted, UserDeletion};
use crate::identity::{IdentityError, IdentityPorts, User};

/// Deletes a user as `make` says, however often they change meanwhile. Who is gone already is not found.
pub(in crate::identity) async fn delete<E: From<IdentityError>>(
    ports: &IdentityPorts,
    user_id: &UserId,
    make: impl Fn(User) -> Result<UserDeletion, E>,
) -> Result<(), E> {
    for _ in 0..TRIES {
        let found = ports.users.find(user_id).await.map_err(IdentityError::from)?;
        let deletion = make(found.ok_or(IdentityError::UserNotFound)?)?;
        match ports.users.delete(&deletion).await {
            Ok(Deleted::Done) => {
                ports.callers.forget(std::slice::from_ref(user_id));
                deletion.event.log();
                return Ok(());
            }
            Ok(Deleted::LastAdmin) => return Err(IdentityError::LastAdmin.into()),
            Ok(Deleted::NotVerified) => return Err(IdentityError::InvalidToken.into()),
            Err(StoreError::Stale) => {}
            Err(error) => return Err(IdentityError::from(error).into()),
        }
    }
    Err(IdentityError::from(overtaken()).into())
}
