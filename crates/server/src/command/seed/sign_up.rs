use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use hexado_domain::audit::{Action, AuditEvent};
use hexado_domain::clock::Clock as _;
use hexado_domain::error::StoreError;
use hexado_domain::id::UserId;
use hexado_domain::identity::{
    AccountStore as _, CREDENTIAL, Email, Linking, Password, PasswordHash, PasswordHasher, Registration, Visitor,
    random,
};
use hexado_local::{OsEntropy, SystemClock};
use hexado_postgres::{PgAccountStore, Postgres};

use crate::demo::DemoUser;
use crate::wire;

/// Stores demo users as signing up does, but with ids that are known beforehand.
pub(super) struct SignUp {
    accounts: PgAccountStore,
    passwords: Arc<dyn PasswordHasher>,
}

impl SignUp {
    pub(super) fn new(postgres: &Postgres) -> Result<Self> {
        Ok(Self { accounts: PgAccountStore::new(postgres), passwords: wire::passwords()? })
    }

    /// Sees to it that the user has a password and their linked account. One who is there already, be it by a token, stays
    /// as they are but for that.
    pub(super) async fn ensure(&self, user: &DemoUser) -> Result<UserId> {
        let user_id = UserId::parse(user.id).context("a demo user's id is none")?;
        if !self.has_password(&user_id).await? {
            self.sign_up(user, &user_id).await?;
        }
        if let Some(number) = user.github {
            let scope = Some("read:user,user:email".to_owned());
            self.link(&Linking { scope, ..linking(&user_id, "github", number) }).await?;
        }
        Ok(user_id)
    }

    async fn sign_up(&self, user: &DemoUser, user_id: &UserId) -> Result<()> {
        let hash = self.passwords.hash(&Password::parse_new(user.password)?).await?;
        let registration = registration(user, user_id, hash.clone())?;
        match self.accounts.register(&registration).await {
            Err(StoreError::Conflict { .. }) => {
                self.link(&Linking { hash: Some(hash), ..linking(user_id, CREDENTIAL, user_id.as_str()) }).await?;
                ensure!(self.has_password(user_id).await?, "somebody else has the address");
            }
            Err(error) => return Err(error.into()),
            Ok(()) => registration.event.log(),
        }
        Ok(())
    }

    async fn has_password(&self, user_id: &UserId) -> Result<bool, StoreError> {
        Ok(self.accounts.password_of(user_id).await?.is_some())
    }

    async fn link(&self, linking: &Linking) -> Result<(), StoreError> {
        if self.accounts.link(linking).await? {
            linking.event.log();
        }
        Ok(())
    }
}

fn registration(user: &DemoUser, user_id: &UserId, hash: PasswordHash) -> Result<Registration> {
    let now = SystemClock.now();
    Ok(Registration {
        user_id: user_id.clone(),
        name: user.name.to_owned(),
        email: Email::parse(user.email).context("a demo user's address is none")?,
        email_verified: true,
        image: None,
        role: user.role.to_owned(),
        roles_made_from: None,
        account_id: random::record_id(&OsEntropy),
        hash: Some(hash),
        session: None,
        mail: None,
        event: AuditEvent::of(Action::UserCreated, user_id, &Visitor::default(), now),
        at: now,
    })
}

fn linking(user_id: &UserId, provider_id: &str, account_id: &str) -> Linking {
    let now = SystemClock.now();
    Linking {
        id: random::record_id(&OsEntropy),
        user_id: user_id.clone(),
        provider_id: provider_id.to_owned(),
        account_id: account_id.to_owned(),
        hash: None,
        scope: None,
        event: AuditEvent::of(Action::AccountLinked, user_id, &Visitor::default(), now),
        at: now,
    }
}
