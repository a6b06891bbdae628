use actix_web::HttpRequest;

use super::fields::nearest;
use super::urlencoded;
use crate::problem::{Problem, ProblemField};

/// Reads the parameters of a query string by name and remembers what is wrong with them.
pub(crate) struct QueryReader {
    parameters: Vec<(String, String)>,
    faults: Vec<ProblemField>,
}

impl QueryReader {
    /// Refuses what is not a query, parameters that are not among `known`, and parameters that stand twice.
    pub(crate) fn new(request: &HttpRequest, known: &[&'static str]) -> Result<Self, Problem> {
        let parameters = urlencoded::parse(request.query_string())
            .ok_or_else(|| Problem::bad_request("query_invalid", "the query string has broken percent-encoding"))?;
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
