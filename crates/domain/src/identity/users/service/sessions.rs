//! What lets users in: their passwords and sessions.

use super::UserService;
use crate::access::Permission;
use crate::access::rules::{Owner, owner_scope};
use crate::actor::Actor;
use crate::audit::{Action, FieldChange};
use crate::error::StoreError;
use crate::id::UserId;
use crate::identity::sessions::end_sessions;
use crate::identity::users::UserError;
use crate::identity::{
    Ending, IdentityError, Password, PasswordChange, PasswordProof, Session, SessionId, SessionToken, SessionsAfter,
    Visitor, Which, random,
};
use crate::version::Expected;

impl UserService {
    /// Sets a user's password. Their sessions stay, as at Better Auth.
    pub async fn set_password(
        &self,
        actor: &Actor,
        visitor: &Visitor,
        user_id: &UserId,
        password: &Password,
    ) -> Result<(), UserError> {
        actor.require(Permission::UserSetPassword)?;
        let user = self.present(user_id, &Expected::Any).await?;
        let act = self.act(actor, visitor);
        act.check_reach(self.permissions_of(&user))?;
        let change = PasswordChange {
            user_id: user.id,
            hash: self.ports.passwords.hash(password).await?,
            by: PasswordProof::Administration,
            sessions: SessionsAfter::Stay,
            account_id: random::record_id(&*self.ports.entropy),
            event: act.event(Action::PasswordSet, user_id),
            at: act.at,
        };
        if !self.ports.accounts.set_password(&change).await? {
            return Err(IdentityError::UserNotFound.into());
        }
        change.event.log();
        Ok(())
    }

    /// The caller's live sessions, or somebody else's, the newest first. Whoever has a token is that user: do not show those of
    /// somebody else.
    pub async fn sessions(&self, actor: &Actor, owner: &Owner) -> Result<Vec<Session>, UserError> {
        let user_id = owner_scope(actor, owner, Permission::SessionList)?;
        if *user_id != actor.user_id {
            self.present(user_id, &Expected::Any).await?;
        }
        Ok(self.ports.sessions.list(user_id, self.now()).await?)
    }

    /// Ends sessions of the caller or of somebody else, and tells how many.
    pub async fn end_sessions(
        &self,
        actor: &Actor,
        visitor: &Visitor,
        owner: &Owner,
        which: Which,
    ) -> Result<u64, UserError> {
        let user_id = owner_scope(actor, owner, Permission::SessionRevoke)?;
        if *user_id != actor.user_id {
            self.present(user_id, &Expected::Any).await?;
        }
        let one = matches!(which, Which::One(_));
        let ended = self.end(actor, visitor, user_id, which).await?;
        if one && ended == 0 { Err(UserError::SessionNotFound) } else { Ok(ended) }
    }

    /// Ends the session of this id or token, whosever it is. False when there is none.
    pub async fn end_session_named(&self, actor: &Actor, visitor: &Visitor, name: &str) -> Result<bool, UserError> {
        actor.require(Permission::SessionRevoke)?;
        let Some(Session { id, user_id, .. }) = self.session_named(name).await? else { return Ok(false) };
        Ok(self.end(actor, visitor, &user_id, Which::One(id)).await? > 0)
    }

    async fn session_named(&self, name: &str) -> Result<Option<Session>, StoreError> {
        let Some(token) = SessionToken::parse(name) else { return Ok(None) };
        let by_id = self.ports.sessions.find_by_id(&SessionId::from_stored(name)).await?;
        let found = if by_id.is_some() { by_id } else { self.ports.sessions.find(&token, self.now()).await? };
        Ok(found.map(|found| found.session))
    }

    async fn end(&self, actor: &Actor, visitor: &Visitor, user_id: &UserId, which: Which) -> Result<u64, UserError> {
        let session = match &which {
            Which::One(id) => vec![FieldChange { field: "session", before: Some(id.as_str().to_owned()), after: None }],
            Which::All | Which::AllBut(_) | Which::OfToken(_) => Vec::new(),
        };
        let event = self.act(actor, visitor).event(Action::SessionsRevoked, user_id).with(session);
        Ok(end_sessions(&self.ports, Ending { user_id: user_id.clone(), which, event }).await?)
    }
}
