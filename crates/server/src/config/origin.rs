use url::Url;

/// The origin (scheme, host and port) of an http or https URL.
pub(super) fn of_url(url: &Url) -> String {
    url.origin().ascii_serialization()
}

/// An http or https URL without anything secret in it.
pub(super) fn parse_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https") && url.has_host();
    (web && url.username().is_empty() && url.password().is_none()).then_some(url)
}

/// An origin as browsers send it, from a URL with nothing behind host and port.
pub(super) fn parse(text: &str) -> Option<String> {
    let url = parse_url(text)?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    bare.then(|| of_url(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for (text, origin) in [
            ("http://localhost:3000", "http://localhost:3000"),
            ("https://Example.com:443/", "https://example.com"),
            ("http://[::1]:8000", "http://[::1]:8000"),
        ] {
            assert_eq!(parse(text).as_deref(), Some(origin));
        }
    }

    #[test]
    fn what_has_more_or_less_is_no_origin() {
        for text in [
            "localhost:3000",
            "*",
            "null",
            "http://",
            "ftp://a.example",
            "https://a.example/app",
            "https://a.example?q",
            "https://u:p@a.example",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
