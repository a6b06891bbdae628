use hexado_domain::identity::TokenError;
use thiserror::Error;

/// Why a token is refused. For logs; it quotes nothing of the token.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("{0}")]
pub struct Refusal(String);

impl Refusal {
    pub(crate) fn new(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }
}

impl From<Refusal> for TokenError {
    fn from(Refusal(reason): Refusal) -> Self {
        Self::Invalid(reason)
    }
}
