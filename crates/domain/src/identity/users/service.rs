mod deletion;
mod sessions;

use std::sync::Arc;

use chrono::{DateTime, Utc};

pub(in crate::identity) use self::deletion::delete;
use super::change::{Act, Ban, NewAccount, UserEdit, UserPatch};
use super::error::UserError;
use super::query::UserQuery;
use super::rules;
use crate::access::rules::{Owner, owner_scope};
use crate::access::{Permission, PermissionSet, RoleBook, RoleName, RoleStore};
use crate::actor::Actor;
use crate::audit::Action;
use crate::error::StoreError;
use crate::id::UserId;
use crate::identity::error::taken;
use crate::identity::rules::{DEFAULT_ROLE, registered};
use crate::identity::{IdentityError, IdentityPorts, Registration, User, Visitor, random};
use crate::page::Page;
use crate::version::Expected;

/// How often a change that another one overtook is made anew before the caller is asked to come back later.
const TRIES: usize = 32;

/// The use cases of users.
pub struct UserService {
    ports: IdentityPorts,
    roles: Arc<dyn RoleStore>,
    book: Arc<RoleBook>,
}

impl UserService {
    pub fn new(ports: IdentityPorts, roles: Arc<dyn RoleStore>, book: Arc<RoleBook>) -> Self {
        Self { ports, roles, book }
    }

    pub async fn list(&self, actor: &Actor, query: &UserQuery) -> Result<Page<User>, UserError> {
        actor.require(Permission::UserList)?;
        Ok(self.ports.users.page(query, self.now()).await?)
    }

    /// The caller, or somebody else.
    pub async fn find(&self, actor: &Actor, owner: &Owner) -> Result<User, UserError> {
        self.present(owner_scope(actor, owner, Permission::UserGet)?, &Expected::Any).await
    }

    /// Makes a user, who is not signed in.
    pub async fn create(&self, actor: &Actor, visitor: &Visitor, new: NewAccount) -> Result<User, UserError> {
        actor.require(Permission::UserCreate)?;
        if new.roles.is_some() {
            actor.require(Permission::UserSetRole)?;
        }
        if new.email.is_placeholder() {
            return Err(IdentityError::EmailTaken.into());
        }
        let registration = self.registration(&self.act(actor, visitor), new).await?;
        self.ports.accounts.register(&registration).await.map_err(taken)?;
        registration.event.log();
        Ok(registered(registration))
    }

    /// Changes the caller's name and picture, or somebody else's, or an address.
    pub async fn update(
        &self,
        actor: &Actor,
        visitor: &Visitor,
        owner: &Owner,
        patch: UserPatch,
        expected: &Expected,
    ) -> Result<User, UserError> {
        if patch.sets_email() {
            actor.require(Permission::UserSetEmail)?;
            actor.refuse_impersonation().map_err(IdentityError::from)?;
        }
        let user_id = owner_scope(actor, owner, Permission::UserUpdate)?;
        let act = self.act(actor, visitor);
        self.edit(user_id, expected, |user| rules::update(&act, user, self.permissions_of(user), patch.clone())).await
    }

    /// Gives a user these roles in place of theirs. Of two who do so at once, one does: the other is refused as stale, and
    /// has to look again.
    pub async fn set_role(
        &self,
        actor: &Actor,
        visitor: &Visitor,
        user_id: &UserId,
        roles: &[RoleName],
        expected: &Expected,
    ) -> Result<User, UserError> {
        actor.require(Permission::UserSetRole)?;
        let user = self.present(user_id, expected).await?;
        let catalog = self.roles.all().await?;
        let Some(edit) = rules::set_role(&self.act(actor, visitor), &user, roles, &catalog)? else { return Ok(user) };
        if let Some(edited) = self.store(edit).await? {
            return Ok(edited);
        }
        self.present(user_id, expected).await?;
        Err(StoreError::Stale.into())
    }

    /// Keeps a user out, and ends all their sessions.
    pub async fn ban(
        &self,
        actor: &Actor,
        visitor: &Visitor,
        user_id: &UserId,
        ban: Ban,
        expected: &Expected,
    ) -> Result<User, UserError> {
        actor.require(Permission::UserBan)?;
        let act = self.act(actor, visitor);
        let edit = |user: &User| rules::ban(&act, user, self.permissions_of(user), ban.clone()).map(Some);
        self.edit(user_id, expected, edit).await
    }

    /// Lets a user in again.
    pub async fn unban(
        &self,
        actor: &Actor,
        visitor: &Visitor,
        user_id: &UserId,
        expected: &Expected,
    ) -> Result<User, UserError> {
        actor.require(Permission::UserBan)?;
        let act = self.act(actor, visitor);
        self.edit(user_id, expected, |user| rules::unban(&act, user, self.permissions_of(user))).await
    }

    /// Deletes another user, with all that is theirs.
    pub async fn remove(
        &self,
        actor: &Actor,
        visitor: &Visitor,
        user_id: &UserId,
        expected: &Expected,
    ) -> Result<(), UserError> {
        actor.require(Permission::UserDelete)?;
        let act = self.act(actor, visitor);
        delete(&self.ports, user_id, |user| {
            check_version(&user, expected)?;
            rules::remove(&act, &user, self.permissions_of(&user))
        })
        .await
    }

    /// Stores what `make` makes of the user. Without an expectation, a change that another one overtook is made anew.
    async fn edit(
        &self,
        user_id: &UserId,
        expected: &Expected,
        make: impl Fn(&User) -> Result<Option<UserEdit>, UserError>,
    ) -> Result<User, UserError> {
        for _ in 0..TRIES {
            let user = self.present(user_id, expected).await?;
            let Some(edit) = make(&user)? else { return Ok(user) };
            if let Some(edited) = self.store(edit).await? {
                return Ok(edited);
            }
        }
        Err(overtaken().into())
    }

    /// The user as they are since; `None` when another change overtook this one.
    async fn store(&self, edit: UserEdit) -> Result<Option<User>, UserError> {
        match self.ports.users.edit(&edit).await {
            Ok(true) => {}
            Ok(false) => return Err(IdentityError::LastAdmin.into()),
            Err(StoreError::Stale) => return Ok(None),
            Err(error) => return Err(taken(error).into()),
        }
        self.ports.callers.forget(std::slice::from_ref(&edit.user.id));
        edit.event.log();
        Ok(Some(edit.user))
    }

    async fn present(&self, user_id: &UserId, expected: &Expected) -> Result<User, UserError> {
        let user = self.ports.users.find(user_id).await?.ok_or(IdentityError::UserNotFound)?;
        check_version(&user, expected)?;
        Ok(user)
    }

    async fn registration(&self, act: &Act<'_>, new: NewAccount) -> Result<Registration, UserError> {
        let NewAccount { name, email, email_verified, image, password, roles } = new;
        let (role, roles_made_from) = match roles {
            None => (DEFAULT_ROLE.to_owned(), None),
            Some(roles) => {
                let catalog = self.roles.all().await?;
                (rules::given_roles(act, &roles, &catalog)?, Some(catalog.revision))
            }
        };
        let hash = match password {
            None => None,
            Some(password) => Some(self.ports.passwords.hash(&password).await?),
        };
        let user_id = UserId::from_stored(random::record_id(&*self.ports.entropy));
        Ok(Registration {
            event: act.event(Action::UserCreated, &user_id),
            user_id,
            name,
            email,
            email_verified,
            image,
            role,
            roles_made_from,
            account_id: random::record_id(&*self.ports.entropy),
            hash,
            session: None,
            mail: None,
            at: act.at,
        })
    }

    /// What a user's roles permit.
    fn permissions_of(&self, user: &User) -> PermissionSet {
        self.book.permissions_of(user.role.as_deref().unwrap_or_default())
    }

    fn act<'a>(&self, actor: &'a Actor, visitor: &'a Visitor) -> Act<'a> {
        Act { actor, visitor, at: self.now() }
    }

    fn now(&self) -> DateTime<Utc> {
        self.ports.clock.now()
    }
}

fn check_version(user: &User, expected: &Expected) -> Result<(), UserError> {
    let current = user.version;
    if expected.allows(current) { Ok(()) } else { Err(UserError::Stale { current }) }
}

fn overtaken() -> StoreError {
    StoreError::unavailable("other changes of the user overtook this one every time")
}

#[cfg(test)]
mod tests;
