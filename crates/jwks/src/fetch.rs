use std::sync::Arc;

use reqwest::redirect;
use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};
use thiserror::Error;
use url::Url;

use crate::options::{HttpOptions, OptionsError};

/// Fetches small texts: one connection each, no redirects, no proxy, bounded in time and size.
pub(crate) struct Fetcher {
    client: reqwest::Client,
    max_bytes: usize,
}

impl Fetcher {
    /// For texts of one address.
    pub(crate) fn new(url: &Url, options: &HttpOptions) -> Result<Self, OptionsError> {
        // Reading the authorities takes a thirteenth of a start's CPU, and over plain HTTP nobody asks for them.
        let roots = if url.scheme() == "https" { roots() } else { RootCertStore::empty() };
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls(roots)?)
            .timeout(options.timeout)
            .redirect(redirect::Policy::none())
            .no_proxy()
            // A connection lives on the runtime that opened it, and the next fetch may come from another.
            .pool_max_idle_per_host(0)
            .user_agent("hexado")
            .build()?;
        Ok(Self { client, max_bytes: options.max_bytes })
    }

    pub(crate) async fn text(&self, url: &Url) -> Result<String, FetchError> {
        let mut response = self.client.get(url.clone()).send().await?;
        if response.status() != reqwest::StatusCode::OK {
            return Err(FetchError::Status(response.status().as_u16()));
        }
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await? {
            if body.len() + chunk.len() > self.max_bytes {
                return Err(FetchError::TooLarge { max_bytes: self.max_bytes });
            }
            body.extend_from_slice(&chunk);
        }
        String::from_utf8(body).map_err(|_| FetchError::NotText)
    }
}

/// Why there is no text. The address is left to whoever asked.
#[derive(Debug, Error)]
pub(crate) enum FetchError {
    #[error("no answer, or not in time")]
    Request(#[source] reqwest::Error),
    #[error("the answer has status {0}")]
    Status(u16),
    #[error("the answer has more than {max_bytes} bytes")]
    TooLarge { max_bytes: usize },
    #[error("the answer is not UTF-8")]
    NotText,
}

impl From<reqwest::Error> for FetchError {
    fn from(error: reqwest::Error) -> Self {
        Self::Request(error.without_url())
    }
}

/// The operating system's certificate authorities, for issuers with one of their own, and Mozilla's, for machines
/// without any.
fn roots() -> RootCertStore {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
}

fn tls(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
