use std::sync::Arc;

use hexado_domain::clock::Clock;
use hexado_domain::identity::TokenError;

use crate::claims::Claims;
use crate::header::Header;
use crate::jws::Jws;
use crate::key_set::KeySet;
use crate::options::{Expected, HttpOptions, IssuerOptions, KeySource, OptionsError};
use crate::source::{KeySetUsage, RemoteKeySet};

/// One that publishes its keys, and what its tokens must say.
pub(crate) struct Issuer {
    keys: Keys,
    expected: Expected,
}

impl Issuer {
    pub(crate) fn new(
        options: IssuerOptions,
        http: &HttpOptions,
        clock: &Arc<dyn Clock>,
    ) -> Result<Self, OptionsError> {
        let keys = match options.keys {
            KeySource::Static(json) => Keys::Static(Arc::new(KeySet::parse(&json)?)),
            KeySource::Url(url) => Keys::Remote(Arc::new(RemoteKeySet::new(url, http, Arc::clone(clock))?)),
        };
        Ok(Self { keys, expected: options.expected })
    }

    /// `None` for keys that are not fetched.
    pub(crate) fn usage(&self) -> Option<KeySetUsage> {
        match &self.keys {
            Keys::Static(_) => None,
            Keys::Remote(source) => Some(source.usage()),
        }
    }

    /// For whom the token is meant comes first: a token of another issuer is no reason to ask this one for its keys.
    pub(crate) async fn verify(&self, jws: &Jws<'_>, claims: &Claims) -> Result<(), TokenError> {
        claims.check_parties(&self.expected)?;
        let key_set = self.keys.key_set_for(&jws.header).await?;
        Ok(key_set.verify(jws)?)
    }
}

enum Keys {
    Static(Arc<KeySet>),
    Remote(Arc<RemoteKeySet>),
}

impl Keys {
    async fn key_set_for(&self, header: &Header) -> Result<Arc<KeySet>, TokenError> {
        match self {
            Self::Static(key_set) => Ok(Arc::clone(key_set)),
            Self::Remote(source) => {
                source.key_set_for(header).await.map_err(|error| TokenError::Unavailable(error.into()))
            }
        }
    }
}
