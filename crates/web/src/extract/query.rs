use actix_web::HttpRequest;

use super::fields::nearest;
use crate::problem::{Problem, ProblemField};

/// Reads the parameters of a query string by name and remembers what is wrong with them.
pub(crate) struct QueryReader {
    parameters: Vec<(String, String)>,
    faults: Vec<ProblemField>,
}

impl QueryReader {
    /// Refuses what is not a query, parameters that are not among `known`, and parameters that stand twice.
    pub(crate) fn new(request: &HttpRequest, known: &[&'static str]) -> Result<Self, Problem> {
        let parameters = parse(request.query_string())?;
        let mut faults = Vec::new();
        for (index, (name, _)) in parameters.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let hint = nearest(name, known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
                faults.push(fault(name, "unknown_parameter", format!("is unknown{hint}")));
            } else if parameters[..index].iter().any(|(earlier, _)| earlier == name) {
                faults.push(fault(name, "duplicate_parameter", "stands more than once".to_owned()));
            }
        }
        Ok(Self { parameters, faults })
    }

    /// The parameter's text, as it was sent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The parameter's value, if `parse` accepts it; else it must be what `expected` says.
    pub(crate) fn value<T>(&mut self, name: &str, expected: &str, parse: impl FnOnce(&str) -> Option<T>) -> Option<T> {
        let value = parse(self.text(name)?);
        if value.is_none() {
            self.faults.push(fault(name, "invalid_parameter", format!("must be {expected}")));
        }
        value
    }

    /// `true` or `false`; by default `false`.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        self.value(name, "true or false", |text| text.parse().ok()).unwrap_or(false)
    }

    pub(crate) fn finish(self) -> Result<(), Problem> {
        if self.faults.is_empty() { Ok(()) } else { Err(Problem::invalid(self.faults)) }
    }
}

fn parse(query: &str) -> Result<Vec<(String, String)>, Problem> {
    let invalid = || Problem::bad_request("query_invalid", "the query string has broken percent-encoding");
    if query.is_empty() {
        return Ok(Vec::new());
    }
    if !well_encoded(query) {
        return Err(invalid());
    }
    serde_urlencoded::from_str(query).map_err(|_| invalid())
}

/// Whether every `%` begins a byte, and the bytes are UTF-8: the decoder would put replacement characters for others.
fn well_encoded(query: &str) -> bool {
    let mut bytes = Vec::with_capacity(query.len());
    let mut rest = query.as_bytes();
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

fn fault(name: &str, code: &'static str, message: String) -> ProblemField {
    let name: String = name.chars().take(100).collect();
    ProblemField { pointer: format!("/query/{name}"), code, message }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn read(query: &str) -> Result<(), Problem> {
        let request = TestRequest::with_uri(&format!("/?{query}")).to_http_request();
        let mut reader = QueryReader::new(&request, &["limit", "count"])?;
        reader.flag("count");
        reader.value("limit", "a number", |text| text.parse::<i64>().ok());
        reader.finish()
    }

    #[test]
    fn parameters_are_checked_all_at_once() {
        assert!(read("limit=5&count=true").is_ok());
        let body = read("limt=5&count=maybe&limit=x&limit=6").unwrap_err().body("", "", false);
        for part in ["did you mean `limit`?", "/query/count", "must be a number", "duplicate_parameter"] {
            assert!(body.contains(part), "{part} in {body}");
        }
    }

    #[test]
    fn broken_encoding_is_400() {
        for query in ["limit=%", "limit=%zz", "limit=%ff"] {
            assert!(read(query).unwrap_err().to_string().starts_with("query_invalid"), "{query}");
        }
    }
}
