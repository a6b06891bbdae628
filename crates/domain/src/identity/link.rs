//! Where links in mails and redirects may lead.

use std::fmt::Write;

/// Origins whose pages are trusted: exact ones, and patterns with `*` (any text) and `?` (one character), with a scheme or
/// without.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedOrigins(Vec<String>);

impl TrustedOrigins {
    pub fn new(origins: Vec<String>) -> Self {
        Self(origins)
    }

    pub fn contains(&self, origin: &str) -> bool {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        self.0.iter().any(|trusted| {
            if !trusted.contains(['*', '?']) {
                return trusted == origin;
            }
            matches(trusted.as_bytes(), if trusted.contains("://") { origin } else { host }.as_bytes())
        })
    }
}

/// Whether `text` is one of those that `pattern` stands for.
fn matches(pattern: &[u8], text: &[u8]) -> bool {
    match (pattern.split_first(), text.split_first()) {
        (None, rest) => rest.is_none(),
        (Some((b'*', pattern)), _) => (0..=text.len()).any(|skipped| matches(pattern, &text[skipped..])),
        (Some((b'?', pattern)), Some((_, text))) => matches(pattern, text),
        (Some((expected, pattern)), Some((found, text))) => expected == found && matches(pattern, text),
        (Some(_), None) => false,
    }
}

/// Scheme, host and port of a URL, as a browser would write its origin. `None` for what is not plainly one: user names,
/// backslashes, spaces and control characters have all been used to deceive.
pub fn origin_of(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let known = !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    let host = rest.split(['/', '?', '#']).next()?;
    let plain = !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b".-:[]_".contains(&b));
    let printable = url.chars().all(|c| !c.is_control() && !c.is_whitespace() && c != '\\');
    (known && plain && printable).then(|| &url[..scheme.len() + "://".len() + host.len()])
}

/// An address that a browser may be sent to: a path of ours, or a page of a trusted origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallbackUrl(String);

impl CallbackUrl {
    pub fn parse(value: &str, trusted: &TrustedOrigins) -> Option<Self> {
        let allowed = is_path(value) || origin_of(value).is_some_and(|origin| trusted.contains(origin));
        allowed.then(|| Self(encode_foreign(value)))
    }

    /// Our front page.
    pub fn root() -> Self {
        Self("/".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// With one more query parameter.
    pub fn with(&self, name: &str, value: &str) -> String {
        let (url, fragment) = self.0.split_once('#').map_or((self.0.as_str(), None), |(url, end)| (url, Some(end)));
        let separator = if url.contains('?') { '&' } else { '?' };
        let fragment = fragment.map(|end| format!("#{end}")).unwrap_or_default();
        format!("{url}{separator}{name}={}{fragment}", percent_encoded(value))
    }
}

/// A path of our own: one slash, then nothing that a browser could take for a host.
fn is_path(value: &str) -> bool {
    let Some(rest) = value.strip_prefix('/') else { return false };
    let path = rest.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let deceives = path.starts_with('/') || path.contains("%2f") || path.contains("%5c");
    !deceives && !value.contains(|c: char| c.is_control() || c == '\\')
}

/// `url` with spaces and all that is not ASCII encoded, as a header can carry it.
fn encode_foreign(url: &str) -> String {
    url.split_inclusive(|c: char| !c.is_ascii_graphic())
        .map(|part| match part.char_indices().next_back() {
            Some((at, last)) if !last.is_ascii_graphic() => format!("{}{}", &part[..at], percent_encoded(&part[at..])),
            _ => part.to_owned(),
        })
        .collect()
}

/// `text` as one component of a URL, or as the value of a cookie: what JavaScript's `encodeURIComponent` makes of it.
pub fn percent_encoded(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len()), |mut encoded, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~!*'()".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
        encoded
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trusted() -> TrustedOrigins {
        let origins = ["https://app.example.com", "https://*.example.org", "*.local:3000", "myapp://"];
        TrustedOrigins::new(origins.map(str::to_owned).to_vec())
    }

    #[test]
    fn origins_are_trusted_exactly_or_by_pattern() {
        for origin in ["https://app.example.com", "https://a.example.org", "http://box.local:3000"] {
            assert!(trusted().contains(origin), "{origin}");
        }
        for origin in
            ["http://app.example.com", "https://app.example.com.evil.example", "https://example.org", "null", ""]
        {
            assert!(!trusted().contains(origin), "{origin}");
        }
    }

    #[test]
    fn a_callback_is_a_path_of_ours_or_a_trusted_page() {
        let kept = ["/", "/welcome", "/a/b?x=1&y=%20#z", "/a?next=https://b.example/", "https://app.example.com/x?y#z"];
        for url in kept {
            assert_eq!(CallbackUrl::parse(url, &trusted()).unwrap().as_str(), url);
        }
        for (url, encoded) in [("/a b", "/a%20b"), ("/ü?ü", "/%C3%BC?%C3%BC")] {
            assert_eq!(CallbackUrl::parse(url, &trusted()).unwrap().as_str(), encoded);
        }
        for url in [
            "",
            "welcome",
            "//evil.example",
            "/\\evil.example",
            "/%2fevil.example",
            "/a%5Cb",
            "/x\r\nlocation: y",
            "https://evil.example/https://app.example.com",
            "https://app.example.com@evil.example/",
            "https://evil.example\\@app.example.com",
            "https://app.example.com\t.evil.example",
            "javascript:alert(1)",
            "javascript://app.example.com/%0aalert(1)",
            "data:text/html,x",
        ] {
            assert_eq!(CallbackUrl::parse(url, &trusted()), None, "{url:?}");
        }
    }

    #[test]
    fn a_parameter_is_added_encoded_and_before_the_fragment() {
        let with = |url: &str| CallbackUrl(url.to_owned()).with("error", "a b&c");
        assert_eq!(with("/x"), "/x?error=a%20b%26c");
        assert_eq!(with("/x?y=1"), "/x?y=1&error=a%20b%26c");
        assert_eq!(with("https://a.example/#top"), "https://a.example/?error=a%20b%26c#top");
    }
}
