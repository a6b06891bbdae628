//! `application/x-www-form-urlencoded`: the form of queries and of simple HTML forms.

/// The pairs in their order; `None` when a `%` does not begin a byte or the bytes are not UTF-8 (the decoder alone would
/// put replacement characters for them).
pub(crate) fn parse(text: &str) -> Option<Vec<(String, String)>> {
    if text.is_empty() {
        return Some(Vec::new());
    }
    if !is_well_encoded(text) {
        return None;
    }
    serde_urlencoded::from_str(text).ok()
}

fn is_well_encoded(text: &str) -> bool {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'%' {
            bytes.push(*first);
            continue;
        }
        let [high, low, tail @ ..] = tail else { return false };
        let (Some(high), Some(low)) = (hex(*high), hex(*low)) else { return false };
        bytes.push(high * 16 + low);
        rest = tail;
    }
    std::str::from_utf8(&bytes).is_ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_decoded() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(parse("a=b+c&d=%C3%A4&e"), Some(vec![pair("a", "b c"), pair("d", "ä"), pair("e", "")]));
        assert_eq!(parse(""), Some(vec![]));
    }

    #[test]
    fn broken_encoding_is_refused() {
        for text in ["a=%", "a=%z1", "a=%ff", "a=%C3", "%e4=b"] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
