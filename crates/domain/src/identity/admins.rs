use std::sync::Arc;

use super::account::Registration;
use super::admin::{FirstAdmin, Promotion, Step, first_step};
use super::error::{IdentityError, taken};
use super::password::{Password, PasswordHasher};
use super::ports::{AccountStore, AdminStore};
use super::random;
use super::rules;
use super::user::{Email, User};
use super::visitor::Visitor;
use crate::access::BuiltIn;
use crate::audit::{Action, AuditEvent, Target};
use crate::clock::Clock;
use crate::entropy::Entropy;
use crate::id::UserId;

/// What who runs the server does about its admins, from outside of it.
pub struct AdminService {
    admins: Arc<dyn AdminStore>,
    accounts: Arc<dyn AccountStore>,
    passwords: Arc<dyn PasswordHasher>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

/// An admin to be made. Their address counts as verified: who runs the server vouches for it.
#[derive(Clone, Debug)]
pub struct NewAdmin {
    pub name: String,
    pub email: Email,
    pub password: Password,
}

impl AdminService {
    pub fn new(
        admins: Arc<dyn AdminStore>,
        accounts: Arc<dyn AccountStore>,
        passwords: Arc<dyn PasswordHasher>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        Self { admins, accounts, passwords, clock, entropy }
    }

    /// Makes an admin. A taken address is [`IdentityError::EmailTaken`].
    pub async fn create(&self, admin: &NewAdmin) -> Result<User, IdentityError> {
        let registration = self.registration(admin).await?;
        self.accounts.register(&registration).await.map_err(taken)?;
        registration.event.log();
        Ok(rules::registered(registration))
    }

    /// Sees to it that there is an admin: makes this one, or gives the role to who has the address, unless there is one
    /// already. Of several instances that do so at once, one does it. An address that somebody takes at this very moment is
    /// [`IdentityError::EmailTaken`]: to be tried again.
    pub async fn ensure_first(&self, admin: &NewAdmin) -> Result<FirstAdmin, IdentityError> {
        match first_step(self.admins.standing(&admin.email).await?) {
            Step::Leave(outcome) => Ok(outcome),
            Step::Make => self.make_first(admin).await,
            Step::Promote(user_id, role) => self.promote_first(user_id, role).await,
        }
    }

    async fn make_first(&self, admin: &NewAdmin) -> Result<FirstAdmin, IdentityError> {
        let registration = self.registration(admin).await?;
        if !self.admins.register_first(&registration).await.map_err(taken)? {
            return Ok(FirstAdmin::Exists);
        }
        registration.event.log();
        Ok(FirstAdmin::Made(registration.user_id))
    }

    async fn promote_first(&self, user_id: UserId, role: String) -> Result<FirstAdmin, IdentityError> {
        let now = self.clock.now();
        let target = Some(Target::User(user_id.clone()));
        let event = AuditEvent::of_nobody(Action::RoleSet, target, &Visitor::default(), now);
        let promotion = Promotion { user_id, role, event, at: now };
        if !self.admins.promote_first(&promotion).await? {
            return Ok(FirstAdmin::Exists);
        }
        promotion.event.log();
        Ok(FirstAdmin::Promoted(promotion.user_id))
    }

    async fn registration(&self, admin: &NewAdmin) -> Result<Registration, IdentityError> {
        if admin.email.is_placeholder() {
            return Err(IdentityError::EmailTaken);
        }
        let hash = self.passwords.hash(&admin.password).await?;
        let now = self.clock.now();
        let user_id = UserId::from_stored(random::record_id(&*self.entropy));
        Ok(Registration {
            event: AuditEvent::of_nobody(
                Action::UserCreated,
                Some(Target::User(user_id.clone())),
                &Visitor::default(),
                now,
            ),
            user_id,
            name: admin.name.clone(),
            email: admin.email.clone(),
            email_verified: true,
            image: None,
            role: BuiltIn::Admin.as_str().to_owned(),
            roles_made_from: None,
            account_id: random::record_id(&*self.entropy),
            hash: Some(hash),
            session: None,
            mail: None,
            at: now,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::admin::AdminStanding;
    use super::super::password::{MockPasswordHasher, PasswordHash};
    use super::super::ports::{EMAIL_CONSTRAINT, MockAccountStore, MockAdminStore};
    use super::*;
    use crate::error::{Fault, StoreError};
    use crate::testing::fixtures::{noon, user, user_id};
    use crate::testing::{CountingEntropy, FixedClock};

    fn ann() -> NewAdmin {
        let email = Email::parse("ann@example.com").unwrap();
        NewAdmin { name: "Ann".into(), email, password: Password::parse_new("correct horse").unwrap() }
    }

    fn service(admins: MockAdminStore, accounts: MockAccountStore, passwords: MockPasswordHasher) -> AdminService {
        let (clock, entropy) = (Arc::new(FixedClock::at(noon())), Arc::new(CountingEntropy::default()));
        AdminService::new(Arc::new(admins), Arc::new(accounts), Arc::new(passwords), clock, entropy)
    }

    /// A hasher that is asked once.
    fn hashing() -> MockPasswordHasher {
        let mut passwords = MockPasswordHasher::new();
        let hash = |_: &_| Ok(PasswordHash::from_stored("hash".into()));
        passwords.expect_hash().withf(|password| password.expose() == "correct horse").once().returning(hash);
        passwords
    }

    fn standing(exists: bool, named: Option<User>) -> MockAdminStore {
        let mut admins = MockAdminStore::new();
        let standing = AdminStanding { exists, named };
        admins
            .expect_standing()
            .withf(|email| email.as_str() == "ann@example.com")
            .once()
            .return_once(move |_| Ok(standing));
        admins
    }

    async fn first(admins: MockAdminStore, passwords: MockPasswordHasher) -> Result<FirstAdmin, &'static str> {
        let service = service(admins, MockAccountStore::new(), passwords);
        service.ensure_first(&ann()).await.map_err(|error| error.code())
    }

    fn conflict(constraint: &str) -> StoreError {
        StoreError::Conflict { constraint: constraint.to_owned() }
    }

    #[tokio::test]
    async fn the_first_admin_is_a_verified_user_with_that_password_and_the_role() {
        let mut admins = standing(false, None);
        admins
            .expect_register_first()
            .withf(|made| {
                let event = &made.event;
                made.hash.as_ref().is_some_and(|hash| hash.as_str() == "hash")
                    && (made.role.as_str(), made.email_verified) == ("admin", true)
                    && (made.session.is_none(), made.mail.is_none()) == (true, true)
                    && (event.action, &event.target) == (Action::UserCreated, &Some(Target::User(made.user_id.clone())))
            })
            .once()
            .returning(|_| Ok(true));
        assert!(matches!(first(admins, hashing()).await, Ok(FirstAdmin::Made(_))));
    }

    #[tokio::test]
    async fn where_there_is_an_admin_no_password_is_hashed_and_nothing_is_written() {
        let admins = standing(true, Some(user("ann")));
        assert_eq!(first(admins, MockPasswordHasher::new()).await, Ok(FirstAdmin::Exists));
    }

    #[tokio::test]
    async fn an_instance_that_comes_too_late_leaves_it_at_that() {
        let mut admins = standing(false, None);
        admins.expect_register_first().returning(|_| Ok(false));
        assert_eq!(first(admins, hashing()).await, Ok(FirstAdmin::Exists));

        let mut admins = standing(false, Some(User { email_verified: true, ..user("ann") }));
        admins.expect_promote_first().returning(|_| Ok(false));
        assert_eq!(first(admins, MockPasswordHasher::new()).await, Ok(FirstAdmin::Exists));
    }

    #[tokio::test]
    async fn who_has_the_address_gets_the_role_and_keeps_their_password() {
        let mut admins = standing(false, Some(User { email_verified: true, role: Some("user".into()), ..user("ann") }));
        admins
            .expect_promote_first()
            .withf(|promotion| {
                let action = promotion.event.action;
                (promotion.role.as_str(), action, promotion.at) == ("user,admin", Action::RoleSet, noon())
            })
            .once()
            .returning(|_| Ok(true));
        assert_eq!(first(admins, MockPasswordHasher::new()).await, Ok(FirstAdmin::Promoted(user_id("ann"))));
    }

    #[tokio::test]
    async fn an_address_that_is_taken_meanwhile_is_an_error_that_goes_away() {
        let mut admins = standing(false, None);
        admins.expect_register_first().returning(|_| Err(conflict(EMAIL_CONSTRAINT)));
        assert_eq!(first(admins, hashing()).await, Err("email_taken"));
    }

    #[tokio::test]
    async fn an_admin_that_is_created_need_not_be_the_first() {
        let mut accounts = MockAccountStore::new();
        accounts.expect_register().withf(|made| made.role == "admin").once().returning(|_| Ok(()));
        let made = service(MockAdminStore::new(), accounts, hashing()).create(&ann()).await.unwrap();
        assert_eq!((made.email.as_str(), made.name.as_str(), made.email_verified), ("ann@example.com", "Ann", true));
    }

    #[tokio::test]
    async fn an_address_that_somebody_has_or_nobody_can_have_is_taken() {
        let mut accounts = MockAccountStore::new();
        accounts.expect_register().returning(|_| Err(conflict(EMAIL_CONSTRAINT)));
        let refused = service(MockAdminStore::new(), accounts, hashing()).create(&ann()).await.unwrap_err();
        assert_eq!(refused.code(), "email_taken");

        let nobody = NewAdmin { email: Email::placeholder("ann"), ..ann() };
        let service = service(MockAdminStore::new(), MockAccountStore::new(), MockPasswordHasher::new());
        assert_eq!(service.create(&nobody).await.unwrap_err().code(), "email_taken");
    }
}
