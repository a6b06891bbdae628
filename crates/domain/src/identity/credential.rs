//! Credentials, told apart by their shape and by where they stood.

use super::ports::Signer;
use super::session::SessionToken;

/// What a request presents.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Credential<'a> {
    /// In the Authorization header, or in the cookie `access_token`: a JWT, or a session token, signed or not.
    Bearer(&'a str),
    /// In the cookie of sessions, which only ever holds signed tokens.
    SessionCookie(&'a str),
}

/// What a credential turns out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Presented<'a> {
    Jwt(&'a str),
    Session(SessionToken),
}

impl<'a> Credential<'a> {
    /// `None` for what is neither, or carries a wrong signature.
    pub(super) fn read(self, signer: &dyn Signer) -> Option<Presented<'a>> {
        match self {
            Self::Bearer(text) if is_jwt(text) => Some(Presented::Jwt(text)),
            Self::Bearer(text) => self.session_token(signer).map(Presented::Session).filter(|_| !text.is_empty()),
            Self::SessionCookie(_) => self.session_token(signer).map(Presented::Session),
        }
    }

    /// The session token that this is; a JWT is none.
    pub fn session_token(self, signer: &dyn Signer) -> Option<SessionToken> {
        match self {
            Self::Bearer(text) if is_jwt(text) => None,
            Self::Bearer(text) if !text.contains('.') => SessionToken::parse(text),
            Self::Bearer(text) | Self::SessionCookie(text) => SessionToken::parse(&signer.unsign(text)?),
        }
    }
}

/// Three parts in base64url.
fn is_jwt(text: &str) -> bool {
    // Every byte of a part is looked at, so that the compiler can look at many at once: this is asked of every request.
    let is_in_alphabet = |b: u8| b.is_ascii_alphanumeric() | (b == b'-') | (b == b'_');
    let is_part = |part: &str| !part.is_empty() && part.bytes().fold(true, |all, b| all & is_in_alphabet(b));
    let mut parts = text.split('.');
    (0..3).all(|_| parts.next().is_some_and(is_part)) && parts.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::super::ports::MockSigner;
    use super::*;

    fn signer() -> MockSigner {
        let mut signer = MockSigner::new();
        signer.expect_unsign().returning(|signed| signed.strip_suffix(".signed").map(str::to_owned));
        signer
    }

    fn token(credential: Credential<'_>) -> Option<String> {
        match credential.read(&signer())? {
            Presented::Session(token) => Some(token.as_str().to_owned()),
            Presented::Jwt(_) => None,
        }
    }

    #[test]
    fn three_base64url_parts_in_the_header_are_a_jwt() {
        assert_eq!(Credential::Bearer("a-_.b.c").read(&signer()), Some(Presented::Jwt("a-_.b.c")));
        for text in ["a.b.c.d", "a..c", "a.b.", "a.b.c=", "a.b.ä"] {
            assert_eq!(Credential::Bearer(text).read(&signer()), None, "{text}");
        }
        assert_eq!(Credential::Bearer("a.b.c").session_token(&signer()), None);
    }

    #[test]
    fn a_session_token_in_the_header_may_be_signed_and_in_the_cookie_must_be() {
        assert_eq!(token(Credential::Bearer("token.signed")).as_deref(), Some("token"));
        assert_eq!(token(Credential::SessionCookie("token.signed")).as_deref(), Some("token"));
        assert_eq!(token(Credential::Bearer("token")).as_deref(), Some("token"));
        assert_eq!(token(Credential::SessionCookie("token")), None);
    }

    #[test]
    fn a_wrong_signature_makes_no_token_of_anything() {
        for text in ["token.other", "token.", "", "not a token.signed"] {
            assert_eq!(token(Credential::Bearer(text)), None, "{text}");
            assert_eq!(token(Credential::SessionCookie(text)), None, "{text}");
        }
    }
}
