use chrono::{DateTime, Utc};
use hexado_domain::id::UserId;
use serde_json::{Value, json};

/// What a token says. The comments name the claims (RFC 7519, section 4.1; OpenID Connect Core, section 5.1).
#[derive(Clone, Debug)]
pub struct Claims {
    /// `sub`
    pub subject: UserId,
    /// `email`
    pub email: Option<String>,
    /// `name`
    pub name: Option<String>,
    /// `iss`
    pub issuer: String,
    /// `aud`
    pub audience: String,
    /// `iat`, in whole seconds
    pub issued_at: DateTime<Utc>,
    /// `exp`, in whole seconds
    pub expires_at: DateTime<Utc>,
}

impl Claims {
    pub(crate) fn to_json(&self) -> Value {
        let mut claims = json!({
            "sub": self.subject.as_str(),
            "iat": self.issued_at.timestamp(),
            "exp": self.expires_at.timestamp(),
            "iss": self.issuer,
            "aud": self.audience,
        });
        for (name, value) in [("email", &self.email), ("name", &self.name)] {
            if let Some(value) = value {
                claims[name] = json!(value);
            }
        }
        claims
    }
}
