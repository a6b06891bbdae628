use chrono::{DateTime, Utc};
use hexado_domain::identity::{EmailClaims, EmailPurpose, Signer, SigningError, TokenError};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cookie::CookieSigner;
use crate::hs256::{Hs256Key, TokenRefusal};

/// Signs with the secret that a Better Auth server at the same database must share.
pub struct SecretSigner {
    values: CookieSigner,
    tokens: Hs256Key,
}

impl SecretSigner {
    pub fn new(secret: &SecretString) -> Self {
        Self { values: CookieSigner::new(secret), tokens: Hs256Key::new(secret) }
    }
}

const CONFIRM_CHANGE: &str = "change-email-confirmation";
const VERIFY_CHANGE: &str = "change-email-verification";

/// What the token in a mailed link says, in the order of the original.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LinkClaims<'a> {
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    update_to: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a str>,
    iat: i64,
    exp: i64,
}

impl Signer for SecretSigner {
    fn sign(&self, value: &str) -> String {
        self.values.sign(value)
    }

    fn unsign(&self, signed: &str) -> Option<String> {
        self.values.verify(signed)
    }

    fn email_token(&self, claims: &EmailClaims, now: DateTime<Utc>) -> Result<String, SigningError> {
        let (update_to, request_type) = match &claims.purpose {
            EmailPurpose::Verify => (None, None),
            EmailPurpose::ConfirmChange { to } => (Some(to.as_str()), Some(CONFIRM_CHANGE)),
            EmailPurpose::VerifyChange { to } => (Some(to.as_str()), Some(VERIFY_CHANGE)),
        };
        let claims = LinkClaims {
            email: &claims.email,
            update_to,
            request_type,
            user_id: claims.user_id.as_deref(),
            iat: now.timestamp(),
            exp: claims.expires_at.timestamp(),
        };
        let claims = serde_json::to_string(&claims).map_err(|error| SigningError::Failed(error.into()))?;
        Ok(self.tokens.sign(&claims))
    }

    fn read_email_token(&self, token: &str, now: DateTime<Utc>) -> Result<EmailClaims, TokenError> {
        let claims = self.tokens.verify(token, now).map_err(|refusal| match refusal {
            TokenRefusal::Expired => TokenError::Expired,
            TokenRefusal::Invalid => TokenError::Invalid(refusal.to_string()),
        })?;
        email_claims(&claims).ok_or_else(|| TokenError::Invalid("not a token of a mailed link".to_owned()))
    }
}

fn email_claims(claims: &Map<String, Value>) -> Option<EmailClaims> {
    let text = |name: &str| match claims.get(name) {
        None => Some(None),
        Some(value) => value.as_str().map(|text| Some(text.to_owned())),
    };
    let purpose = match (text("requestType")?.as_deref(), text("updateTo")?) {
        (None, None) => EmailPurpose::Verify,
        (Some(CONFIRM_CHANGE), Some(to)) => EmailPurpose::ConfirmChange { to },
        (Some(VERIFY_CHANGE), Some(to)) => EmailPurpose::VerifyChange { to },
        _ => return None,
    };
    let expires_at = DateTime::from_timestamp(claims.get("exp")?.as_i64()?, 0)?;
    Some(EmailClaims { email: text("email")??, user_id: text("userId")?, purpose, expires_at })
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use hexado_domain::testing::fixtures::noon;
    use serde_json::json;

    use super::*;
    use crate::testing::SECRET;

    fn signer() -> SecretSigner {
        SecretSigner::new(&SECRET.into())
    }

    fn claims(purpose: EmailPurpose) -> EmailClaims {
        let expires_at = noon() + TimeDelta::hours(1);
        EmailClaims { email: "ann@example.com".into(), user_id: Some("ann".into()), purpose, expires_at }
    }

    #[test]
    fn a_mailed_token_says_what_was_put_into_it_until_it_expires() {
        let to = || "ann@example.org".to_owned();
        for purpose in
            [EmailPurpose::Verify, EmailPurpose::ConfirmChange { to: to() }, EmailPurpose::VerifyChange { to: to() }]
        {
            let claims = claims(purpose);
            let token = signer().email_token(&claims, noon()).unwrap();
            assert_eq!(signer().read_email_token(&token, noon()).unwrap(), claims);
            let late = signer().read_email_token(&token, claims.expires_at);
            assert!(matches!(late, Err(TokenError::Expired)));
        }
    }

    #[test]
    fn tokens_of_the_same_secret_for_something_else_are_refused() {
        let other = |claims: Value| {
            let token = Hs256Key::new(&SECRET.into()).sign(&claims.to_string());
            signer().read_email_token(&token, noon()).is_err()
        };
        let exp = (noon() + TimeDelta::hours(1)).timestamp();
        assert!(other(json!({ "sub": "ann", "exp": exp })));
        assert!(other(json!({ "email": 1, "exp": exp })));
        assert!(other(json!({ "email": "ann@example.com", "requestType": "other", "exp": exp })));
        assert!(other(json!({ "email": "ann@example.com", "updateTo": "bob@example.com", "exp": exp })));
        assert!(!other(json!({ "email": "ann@example.com", "exp": exp })));
    }

    #[test]
    fn a_signed_value_is_read_again() {
        let signed = signer().sign("token");
        assert_eq!(signer().unsign(&signed).as_deref(), Some("token"));
        assert_eq!(signer().unsign("token"), None);
    }
}
