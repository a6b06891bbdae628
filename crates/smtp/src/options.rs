//! Where the mail server is and how to talk to it.

use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::time::Duration;

use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use secrecy::SecretString;
use thiserror::Error;
use url::Url;

/// Well below the minute in which mailers answer.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// How to reach a mail server.
#[derive(Clone)]
pub struct Options {
    /// For one mail, with everything that belongs to it.
    pub time_limit: Duration,
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) tls: Tls,
    pub(crate) login: Option<Login>,
}

#[derive(Clone)]
pub(crate) struct Login {
    pub(crate) user: String,
    pub(crate) password: SecretString,
}

impl Options {
    /// Reads a URL such as `smtp://user:password@mail.example.com:587?tls=required`.
    ///
    /// `smtps` is TLS from the first byte (port 465 by default). With `smtp` (port 587) `tls` says what about STARTTLS:
    /// `required`, the default; `opportunistic`, which anyone on the way can undo and production refuses; or `none`.
    /// `tlsrootcert` names a file with the certificates of one more authority to trust.
    pub fn parse(url: &str, production: bool) -> Result<Self, OptionsError> {
        let url = Url::parse(url).map_err(|_| OptionsError::NotAUrl)?;
        let implicit = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(OptionsError::Scheme),
        };
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(OptionsError::NoHost)?;
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(OptionsError::NotAUrl);
        }
        let wanted = Wanted::read(&url)?;
        if production && wanted.mode == Some(Mode::Opportunistic) {
            return Err(OptionsError::OpportunisticInProduction);
        }
        // A literal IPv6 address stands in brackets in a URL, and nowhere else.
        let host = host.trim_matches(['[', ']']).to_owned();
        let port = url.port().unwrap_or(if implicit { 465 } else { 587 });
        let tls = wanted.tls(implicit, &host)?;
        Ok(Self { time_limit: TIME_LIMIT, host, port, tls, login: login(&url)? })
    }

    /// Whether the password goes over the network for everyone to read.
    pub fn shows_password(&self) -> bool {
        self.login.is_some() && matches!(self.tls, Tls::None)
    }
}

/// Never the password.
impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("encrypted", &!matches!(self.tls, Tls::None))
            .field("user", &self.login.as_ref().map(|login| &login.user))
            .finish()
    }
}

/// What is wrong with the URL of a mail server, in one line that never holds the password.
#[derive(Debug, PartialEq, Eq, Error)]
pub enum OptionsError {
    #[error("it must look like smtp://user:password@mail.example.com:587")]
    NotAUrl,
    #[error("it must start with smtp:// or smtps://")]
    Scheme,
    #[error("it names no host")]
    NoHost,
    #[error("it has a user without a password, or a password without a user")]
    HalfALogin,
    #[error("user and password must be UTF-8 once %40 and the like are decoded")]
    Escapes,
    #[error("tls must be required, opportunistic or none; with smtps there is no choice")]
    Tls,
    #[error("tls=opportunistic may fall back to plain text: say required or none")]
    OpportunisticInProduction,
    #[error("it has the unknown part `{0}`: only tls and tlsrootcert may follow the ?")]
    Unknown(String),
    #[error("the certificates in {0} cannot be read")]
    RootCert(String),
    #[error("no certificate could be issued for its host")]
    Host,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Required,
    Opportunistic,
    None,
}

/// What the query says.
#[derive(Default)]
struct Wanted {
    mode: Option<Mode>,
    root_cert: Option<String>,
}

impl Wanted {
    fn read(url: &Url) -> Result<Self, OptionsError> {
        let mut wanted = Self::default();
        for (name, value) in url.query_pairs() {
            match (&*name, &*value) {
                ("tls", "required") => wanted.mode = Some(Mode::Required),
                ("tls", "opportunistic") => wanted.mode = Some(Mode::Opportunistic),
                ("tls", "none") => wanted.mode = Some(Mode::None),
                ("tls", _) => return Err(OptionsError::Tls),
                ("tlsrootcert", path) => wanted.root_cert = Some(path.to_owned()),
                (other, _) => return Err(OptionsError::Unknown(other.to_owned())),
            }
        }
        Ok(wanted)
    }

    fn tls(&self, implicit: bool, host: &str) -> Result<Tls, OptionsError> {
        let parameters = || parameters(host, self.root_cert.as_deref());
        match (implicit, self.mode) {
            (true, None | Some(Mode::Required)) => Ok(Tls::Wrapper(parameters()?)),
            (true, Some(_)) => Err(OptionsError::Tls),
            (false, None | Some(Mode::Required)) => Ok(Tls::Required(parameters()?)),
            (false, Some(Mode::Opportunistic)) => Ok(Tls::Opportunistic(parameters()?)),
            (false, Some(Mode::None)) => Ok(Tls::None),
        }
    }
}

fn parameters(host: &str, root_cert: Option<&str>) -> Result<TlsParameters, OptionsError> {
    let mut parameters = TlsParameters::builder(host.to_owned());
    if let Some(path) = root_cert {
        let certificate = read_certificate(Path::new(path)).ok_or_else(|| OptionsError::RootCert(path.to_owned()))?;
        parameters = parameters.add_root_certificate(certificate);
    }
    parameters.build().map_err(|_| OptionsError::Host)
}

fn read_certificate(path: &Path) -> Option<Certificate> {
    Certificate::from_pem(&std::fs::read(path).ok()?).ok()
}

fn login(url: &Url) -> Result<Option<Login>, OptionsError> {
    match (url.username(), url.password().filter(|password| !password.is_empty())) {
        ("", None) => Ok(None),
        ("", Some(_)) | (_, None) => Err(OptionsError::HalfALogin),
        (user, Some(password)) => Ok(Some(Login { user: unescape(user)?, password: unescape(password)?.into() })),
    }
}

/// `text` with its percent-encoded bytes decoded.
fn unescape(text: &str) -> Result<String, OptionsError> {
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8();
    decoded.map(Cow::into_owned).map_err(|_| OptionsError::Escapes)
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    fn parse(url: &str) -> Options {
        Options::parse(url, true).unwrap()
    }

    fn refusal(url: &str) -> OptionsError {
        Options::parse(url, true).unwrap_err()
    }

    #[test]
    fn tls_is_required_unless_said_otherwise() {
        let options = parse("smtp://mail.example.com");
        assert_eq!((options.host.as_str(), options.port), ("mail.example.com", 587));
        assert!(matches!(options.tls, Tls::Required(_)) && options.login.is_none());
        assert!(matches!(parse("smtp://mail.example.com:25?tls=required").tls, Tls::Required(_)));
        assert!(matches!(parse("smtp://localhost:1025?tls=none").tls, Tls::None));
        let options = parse("smtps://mail.example.com");
        assert!(matches!(options.tls, Tls::Wrapper(_)) && options.port == 465);
    }

    #[test]
    fn tls_that_anyone_on_the_way_can_undo_is_refused_in_production() {
        let url = "smtp://mail.example.com?tls=opportunistic";
        assert!(matches!(Options::parse(url, false).unwrap().tls, Tls::Opportunistic(_)));
        assert_eq!(refusal(url), OptionsError::OpportunisticInProduction);
    }

    #[test]
    fn user_and_password_are_decoded() {
        let login = parse("smtp://ann%40example.com:h%C3%BC%3Ash+%2B@mail.example.com").login.unwrap();
        assert_eq!((login.user.as_str(), login.password.expose_secret()), ("ann@example.com", "hü:sh++"));
    }

    #[test]
    fn addresses_may_take_the_place_of_names() {
        assert_eq!(parse("smtp://127.0.0.1:25?tls=none").host, "127.0.0.1");
        assert_eq!(parse("smtp://[::1]:25?tls=none").host, "::1");
    }

    #[test]
    fn each_fault_is_named() {
        for (url, expected) in [
            ("mail.example.com", OptionsError::NotAUrl),
            ("smtp://mail.example.com/inbox", OptionsError::NotAUrl),
            ("https://mail.example.com", OptionsError::Scheme),
            ("smtp://", OptionsError::NoHost),
            ("smtp://ann@mail.example.com", OptionsError::HalfALogin),
            ("smtp://:hush@mail.example.com", OptionsError::HalfALogin),
            ("smtp://ann:%FF@mail.example.com", OptionsError::Escapes),
            ("smtp://mail.example.com?tls=off", OptionsError::Tls),
            ("smtps://mail.example.com?tls=none", OptionsError::Tls),
            ("smtp://mail.example.com?timeout=5", OptionsError::Unknown("timeout".to_owned())),
            ("smtp://mail.example.com?tlsrootcert=/nowhere.pem", OptionsError::RootCert("/nowhere.pem".to_owned())),
        ] {
            assert_eq!(refusal(url), expected, "{url}");
        }
    }

    #[test]
    fn the_password_is_never_shown_but_when_it_goes_over_the_network_in_the_open() {
        let options = parse("smtp://ann:hush@mail.example.com?tls=none");
        assert!(!format!("{options:?}").contains("hush"));
        assert!(options.shows_password());
        assert!(!parse("smtp://ann:hush@mail.example.com").shows_password());
        assert!(!parse("smtp://localhost?tls=none").shows_password());
    }
}
