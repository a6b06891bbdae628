use std::error::Error;

use thiserror::Error;
use url::Url;

use crate::fetch::{FetchError, Fetcher};
use crate::key::VerificationKey;
use crate::key_set::{InvalidKeySet, KeySet};
use crate::options::{HttpOptions, OptionsError};

/// A key that can check signatures here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedKey {
    pub kid: Option<String>,
    /// As tokens name it, such as `EdDSA`.
    pub algorithm: String,
}

/// Why an issuer's keys cannot be used.
#[derive(Debug, Error)]
pub enum KeySetError {
    /// There is no answer, or not one with a text of a bearable size.
    #[error("{0}")]
    Fetch(String),
    #[error("its address redirects (status {0}), which is not followed")]
    Redirect(u16),
    #[error(transparent)]
    KeySet(#[from] InvalidKeySet),
    #[error(transparent)]
    Options(#[from] OptionsError),
}

/// Fetches a key set once, as a verifier would, and tells what is in it.
pub async fn examine(url: &Url, http: &HttpOptions) -> Result<Vec<PublishedKey>, KeySetError> {
    let text = Fetcher::new(url, http)?.text(url).await.map_err(|error| match error {
        FetchError::Status(status @ 300..=399) => KeySetError::Redirect(status),
        error => KeySetError::Fetch(in_full(&error)),
    })?;
    let key_set = KeySet::parse(&text)?;
    let key = |key: &VerificationKey| PublishedKey {
        kid: key.kid().map(str::to_owned),
        algorithm: key.algorithm().name().to_owned(),
    };
    Ok(key_set.keys().map(key).collect())
}

/// With its causes: that of a failed request is the last of them.
fn in_full(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text = format!("{text}: {error}");
        cause = error.source();
    }
    text
}
