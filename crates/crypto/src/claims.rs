use chrono::{DateTime, Utc};
use hexado_domain::id::UserId;
use serde_json::{Map, Value, json};

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
    pub(crate) fn to_json(&self) -> String {
        let always = [
            ("sub", json!(self.subject.as_str())),
            ("iat", json!(self.issued_at.timestamp())),
            ("exp", json!(self.expires_at.timestamp())),
            ("iss", json!(self.issuer)),
            ("aud", json!(self.audience)),
        ];
        let if_known = [("email", &self.email), ("name", &self.name)];
        let if_known = if_known.into_iter().filter_map(|(name, value)| Some((name, json!(value.as_ref()?))));
        let claims: Map<_, _> =
            always.into_iter().chain(if_known).map(|(name, value)| (name.to_owned(), value)).collect();
        Value::from(claims).to_string()
    }
}
