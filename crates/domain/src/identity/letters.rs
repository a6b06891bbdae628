//! The mails with links that act on an account.

use super::claims::{EmailClaims, EmailPurpose};
use super::error::IdentityError;
use super::link::{CallbackUrl, percent_encoded};
use super::policy::IdentityPolicy;
use super::ports::IdentityPorts;
use super::user::{Email, User};
use crate::id::UserId;
use crate::mail::{Mail, templates};

pub(super) struct Letters<'a> {
    pub(super) ports: &'a IdentityPorts,
    pub(super) policy: &'a IdentityPolicy,
}

/// Whom a letter goes to, and about whom it is.
pub(super) struct Addressee<'a> {
    pub(super) user_id: &'a UserId,
    pub(super) name: &'a str,
    /// The user's address.
    pub(super) email: &'a Email,
}

impl<'a> Addressee<'a> {
    pub(super) fn of(user: &'a User, email: &'a Email) -> Self {
        Self { user_id: &user.id, name: &user.name, email }
    }
}

impl Letters<'_> {
    /// Asks whether an address is the user's.
    pub(super) fn verify(&self, to: &Addressee<'_>, callback: &CallbackUrl) -> Result<Mail, IdentityError> {
        let link = self.email_link(to, EmailPurpose::Verify, callback)?;
        Ok(templates::verify_email(to.email, to.name, &link, self.policy.link_lifetime))
    }

    /// Asks the user, at the present address, whether it shall change to `new`.
    pub(super) fn confirm_change(
        &self,
        to: &Addressee<'_>,
        new: &Email,
        callback: &CallbackUrl,
    ) -> Result<Mail, IdentityError> {
        let purpose = EmailPurpose::ConfirmChange { to: new.as_str().to_owned() };
        let link = self.email_link(to, purpose, callback)?;
        Ok(templates::confirm_change_of_email(to.email, to.name, new, &link, self.policy.link_lifetime))
    }

    /// Asks at `new` whether that address is the user's.
    pub(super) fn verify_change(
        &self,
        to: &Addressee<'_>,
        new: &Email,
        callback: &CallbackUrl,
    ) -> Result<Mail, IdentityError> {
        let purpose = EmailPurpose::VerifyChange { to: new.as_str().to_owned() };
        let link = self.email_link(to, purpose, callback)?;
        Ok(templates::verify_email(new, to.name, &link, self.policy.link_lifetime))
    }

    /// Permits to set a new password.
    pub(super) fn reset_password(&self, to: &Addressee<'_>, token: &str, redirect: &CallbackUrl) -> Mail {
        let link = self.link(&format!("reset-password/{token}?"), redirect);
        templates::reset_password(to.email, to.name, &link, self.policy.link_lifetime)
    }

    /// Permits to delete the account.
    pub(super) fn delete_account(&self, to: &Addressee<'_>, token: &str, callback: &CallbackUrl) -> Mail {
        let link = self.link(&format!("delete-user/callback?token={token}&"), callback);
        templates::delete_account(to.email, to.name, &link, self.policy.link_lifetime)
    }

    fn email_link(
        &self,
        to: &Addressee<'_>,
        purpose: EmailPurpose,
        callback: &CallbackUrl,
    ) -> Result<String, IdentityError> {
        let now = self.ports.clock.now();
        let claims = EmailClaims {
            email: to.email.as_str().to_owned(),
            user_id: Some(to.user_id.as_str().to_owned()),
            purpose,
            expires_at: now + self.policy.link_lifetime,
        };
        let token = self.ports.signer.email_token(&claims, now)?;
        Ok(self.link(&format!("verify-email?token={token}&"), callback))
    }

    /// `route` ends where the next query parameter goes.
    fn link(&self, route: &str, callback: &CallbackUrl) -> String {
        format!("{}/{route}callbackURL={}", self.policy.base(), percent_encoded(callback.as_str()))
    }
}
