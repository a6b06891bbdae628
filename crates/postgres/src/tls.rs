//! TLS to the database, in libpq's words.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, RootCertStore, SignatureScheme};
use thiserror::Error;
use tokio_postgres_rustls::MakeRustlsConnect;

/// libpq's `sslmode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    Disable,
    /// Encrypted if the server offers it. Nothing is verified.
    Prefer,
    /// Encrypted. Nothing is verified.
    Require,
    /// The certificate's chain is verified, its name is not.
    VerifyCa,
    VerifyFull,
}

impl SslMode {
    const ALL: [Self; 5] = [Self::Disable, Self::Prefer, Self::Require, Self::VerifyCa, Self::VerifyFull];

    /// The driver knows three modes; verification is up to the connector that it is given.
    pub(crate) fn on_the_wire(self) -> tokio_postgres::config::SslMode {
        match self {
            Self::Disable => tokio_postgres::config::SslMode::Disable,
            Self::Prefer => tokio_postgres::config::SslMode::Prefer,
            Self::Require | Self::VerifyCa | Self::VerifyFull => tokio_postgres::config::SslMode::Require,
        }
    }
}

impl fmt::Display for SslMode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Disable => "disable",
            Self::Prefer => "prefer",
            Self::Require => "require",
            Self::VerifyCa => "verify-ca",
            Self::VerifyFull => "verify-full",
        })
    }
}

impl FromStr for SslMode {
    type Err = TlsError;

    fn from_str(value: &str) -> Result<Self, TlsError> {
        let found = Self::ALL.into_iter().find(|mode| mode.to_string() == value);
        found.ok_or_else(|| TlsError::Mode(value.to_owned()))
    }
}

/// What a URL says about TLS.
#[derive(Default)]
pub(crate) struct Wanted {
    pub(crate) mode: Option<SslMode>,
    pub(crate) root_cert: Option<String>,
}

impl Wanted {
    /// The mode after libpq's rules about root certificates.
    pub(crate) fn effective_mode(&self) -> Result<SslMode, TlsError> {
        match (self.mode, self.root_cert.as_deref()) {
            (None | Some(SslMode::VerifyFull), Some("system")) => Ok(SslMode::VerifyFull),
            (Some(_), Some("system")) => Err(TlsError::WeakSystem),
            (Some(SslMode::VerifyCa), None) => Err(TlsError::NoAuthority),
            // With an authority to check against, libpq has always checked.
            (Some(SslMode::Require), Some(_)) => Ok(SslMode::VerifyCa),
            (mode, _) => Ok(mode.unwrap_or(SslMode::Prefer)),
        }
    }
}

/// What is wrong with what a URL says about TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    #[error("sslmode must be disable, prefer, require, verify-ca or verify-full, not `{0}`")]
    Mode(String),
    #[error("sslmode=verify-ca needs sslrootcert=<file>")]
    NoAuthority,
    #[error("sslrootcert=system needs sslmode=verify-full: anyone can get a certificate for a name of their own")]
    WeakSystem,
    #[error("sslrootcert={path} cannot be read: {cause}")]
    RootCert { path: String, cause: String },
    #[error("TLS cannot be set up: {0}")]
    Setup(String),
}

/// What makes TLS connections in `mode`. `root_cert` is a PEM file; without one (or as `system`), certificates are
/// checked against the authorities that Mozilla trusts.
pub(crate) fn connector(mode: SslMode, root_cert: Option<&str>) -> Result<MakeRustlsConnect, TlsError> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let chain = match mode {
        SslMode::Disable | SslMode::Prefer | SslMode::Require => None,
        SslMode::VerifyCa | SslMode::VerifyFull => {
            let roots = Arc::new(root_certificates(root_cert)?);
            let builder = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider));
            Some(builder.build().map_err(|error| TlsError::Setup(error.to_string()))?)
        }
    };
    let verifier = Verifier { chain, name: mode == SslMode::VerifyFull, provider: Arc::clone(&provider) };
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| TlsError::Setup(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}

fn root_certificates(path: Option<&str>) -> Result<RootCertStore, TlsError> {
    let Some(path) = path.filter(|path| *path != "system") else {
        return Ok(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() });
    };
    let unreadable = |cause: String| TlsError::RootCert { path: path.to_owned(), cause };
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.to_string()))? {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        roots.add(certificate).map_err(|error| unreadable(error.to_string()))?;
    }
    if roots.is_empty() { Err(unreadable("there is no certificate in it".to_owned())) } else { Ok(roots) }
}

/// Checks as much of a server's certificate as the mode asks for. That the server holds the certificate's key is always
/// checked.
#[derive(Debug)]
struct Verifier {
    /// `None`: any certificate will do.
    chain: Option<Arc<WebPkiServerVerifier>>,
    /// Whether the certificate must be for the host's name.
    name: bool,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chain) = &self.chain else { return Ok(ServerCertVerified::assertion()) };
        match chain.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            // The chain has been checked by then: the name comes last.
            Err(Error::InvalidCertificate(
                CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. },
            )) if !self.name => Ok(ServerCertVerified::assertion()),
            verdict => verdict,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
