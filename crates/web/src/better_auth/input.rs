//! Bodies and queries of the wire, checked in the words of the original's validator.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use chrono::{DateTime, Utc};
use hexado_domain::id::UserId;
use hexado_domain::identity::{Email, IdentityError, Password, PasswordFault};
use hexado_domain::patch::Patch;
use serde_json::{Map, Value};

use super::error::WireError;
use super::limits::ID;
use crate::extract::{email_address, urlencoded};

/// The body of a wire request; `None` when there was none.
#[derive(Clone, Debug, Default)]
pub(crate) struct WireBody(pub Option<Value>);

impl WireBody {
    /// Forms are read by the routes that a plain HTML form may post to. What comes without a type is not read at all.
    pub(crate) fn parse(headers: &HeaderMap, body: &[u8], forms: bool) -> Result<Self, WireError> {
        let Some(given) = headers.get(header::CONTENT_TYPE).filter(|_| !body.is_empty()) else { return Ok(Self(None)) };
        let given = given.to_str().unwrap_or_default();
        let media_type = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if media_type == "application/x-www-form-urlencoded" && forms {
            return Ok(Self(Some(form(body)?)));
        }
        if media_type != "application/json" {
            return Err(unsupported(given, forms));
        }
        serde_json::from_slice(body)
            .map(|value| Self(Some(value)))
            .map_err(|_| WireError::bad_request("BAD_REQUEST", "Invalid JSON in request body"))
    }

    pub(crate) fn member(&self, name: &str) -> Option<&Value> {
        self.0.as_ref()?.get(name)
    }
}

fn form(body: &[u8]) -> Result<Value, WireError> {
    let pairs = std::str::from_utf8(body).ok().and_then(urlencoded::parse);
    let pairs = pairs.ok_or_else(|| WireError::bad_request("BAD_REQUEST", "Invalid form in request body"))?;
    Ok(pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect::<Map<_, _>>().into())
}

fn unsupported(given: &str, forms: bool) -> WireError {
    let allowed = if forms { "application/x-www-form-urlencoded, application/json" } else { "application/json" };
    let message = format!("Content-Type \"{given}\" is not allowed. Allowed types: {allowed}");
    WireError::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message)
}

/// Where members stand.
#[derive(Clone, Copy)]
enum Place {
    Body,
    Query,
    /// In this member of the body.
    Member(&'static str),
}

/// Reads members by name and remembers what is wrong with them. Members that are not asked for are ignored.
pub(super) struct Input {
    place: Place,
    members: Map<String, Value>,
    faults: Vec<String>,
}

impl Input {
    /// A body that must be there. `kind` is what the original calls an object with such members.
    pub(super) fn of_body(WireBody(body): WireBody, kind: &str) -> Result<Self, WireError> {
        match body {
            Some(Value::Object(members)) => Ok(Self { place: Place::Body, members, faults: Vec::new() }),
            other => {
                let message = format!("[body] Invalid input: expected {kind}, received {}", kind_of(other.as_ref()));
                Err(WireError::bad_request("VALIDATION_ERROR", message))
            }
        }
    }

    pub(super) fn of_query(query: &str) -> Self {
        let pairs = urlencoded::parse(query).unwrap_or_default();
        let mut members = Map::new();
        for (name, value) in pairs {
            put(&mut members, name, Value::String(value));
        }
        Self { place: Place::Query, members, faults: Vec::new() }
    }

    /// Tells what was wrong, if anything was.
    pub(super) fn finish(&self) -> Result<(), WireError> {
        self.finish_with(Some(()))
    }

    /// The value, unless something was wrong.
    pub(super) fn finish_with<T>(&self, value: Option<T>) -> Result<T, WireError> {
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => Err(WireError::bad_request("VALIDATION_ERROR", self.faults.join("; "))),
        }
    }

    /// A text that must be there. After a fault it is empty, and [`Self::finish`] tells of it.
    pub(super) fn text(&mut self, name: &str) -> String {
        match self.members.remove(name) {
            Some(Value::String(text)) => text,
            other => self.misfit(name, "string", other.as_ref()).unwrap_or_default(),
        }
    }

    /// What JavaScript makes a text of: anything but what is not there.
    pub(super) fn coerced_text(&mut self, name: &str) -> String {
        match self.members.remove(name) {
            None => self.misfit(name, "nonoptional", None).unwrap_or_default(),
            Some(Value::String(text)) => text,
            Some(Value::Array(_) | Value::Object(_)) => "[object Object]".to_owned(),
            Some(plain) => plain.to_string(),
        }
    }

    /// One text, which is read further by other rules, or nothing.
    pub(super) fn optional_plain_text(&mut self, name: &str) -> Option<String> {
        match self.members.remove(name)? {
            Value::String(text) => Some(text),
            _ => {
                self.misfit_of_all(name);
                None
            }
        }
    }

    /// The id of a user who is acted upon.
    pub(super) fn user_id(&mut self) -> UserId {
        let id = self.coerced_text("userId");
        self.check("userId", &id, ID);
        UserId::from_stored(id)
    }

    /// The original has words of its own for some texts that are empty.
    pub(super) fn refuse_empty(&mut self, name: &str) {
        if self.members.get(name).is_some_and(|value| value == "") {
            self.fault(name, &format!("{name} cannot be empty"));
        }
    }

    /// A text that must be there and not be empty.
    pub(super) fn filled_text(&mut self, name: &str) -> String {
        if self.members.get(name).and_then(Value::as_str) == Some("") {
            self.fault(name, "Too small: expected string to have >=1 characters");
        }
        self.text(name)
    }

    /// A text of which the original says no more than that it is wrong.
    pub(super) fn bare_text(&mut self, name: &str) {
        if !matches!(self.members.remove(name), Some(Value::String(_))) {
            self.misfit_of_all(name);
        }
    }

    /// Of several kinds that a member could have, it has none.
    pub(super) fn misfit_of_all(&mut self, name: &str) {
        self.fault(name, "Invalid input");
    }

    pub(super) fn optional_text(&mut self, name: &str) -> Option<String> {
        match self.members.remove(name)? {
            Value::String(text) => Some(text),
            other => self.misfit(name, "string", Some(&other)),
        }
    }

    /// A text, `null` to clear it, or nothing to keep it.
    pub(super) fn text_patch(&mut self, name: &str) -> Patch<String> {
        if self.members.get(name).is_some_and(Value::is_null) {
            return Patch::Clear;
        }
        self.optional_text(name).map_or(Patch::Keep, Patch::Set)
    }

    pub(super) fn flag(&mut self, name: &str) -> Option<bool> {
        match self.members.remove(name)? {
            Value::Bool(flag) => Some(flag),
            other => self.misfit(name, "boolean", Some(&other)),
        }
    }

    pub(super) fn optional_number(&mut self, name: &str) -> Option<f64> {
        let given = self.members.remove(name)?;
        given.as_f64().or_else(|| self.misfit(name, "number", Some(&given)))
    }

    /// A time (RFC 3339), `null` for none, or nothing.
    pub(super) fn optional_time(&mut self, name: &str) -> Option<DateTime<Utc>> {
        let given = self.members.remove(name).filter(|given| !given.is_null())?;
        let time = given.as_str().and_then(|text| DateTime::parse_from_rfc3339(text).ok());
        if time.is_none() {
            self.fault(name, "Invalid date");
        }
        time.map(|time| time.to_utc())
    }

    /// A text or several, or nothing.
    pub(super) fn optional_texts(&mut self, name: &str) -> Option<Vec<String>> {
        match self.members.remove(name)? {
            Value::Array(items) => Some(items.iter().filter_map(Value::as_str).map(str::to_owned).collect()),
            Value::String(text) => Some(vec![text]),
            other => self.misfit(name, "string", Some(&other)),
        }
    }

    /// Members of any names.
    pub(super) fn record(&mut self, name: &'static str) -> Option<Self> {
        match self.members.remove(name) {
            Some(Value::Object(members)) => Some(Self { place: Place::Member(name), members, faults: Vec::new() }),
            other => self.misfit(name, "record", other.as_ref()),
        }
    }

    /// The same; without them, none.
    pub(super) fn optional_record(&mut self, name: &'static str) -> Option<Self> {
        self.members.entry(name).or_insert_with(|| Map::new().into());
        self.record(name)
    }

    /// Whatever it is.
    pub(super) fn value(&mut self, name: &str) -> Option<Value> {
        self.members.remove(name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.members.contains_key(name)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// What one of these texts stands for, or nothing.
    pub(super) fn choice<T: Copy>(&mut self, name: &str, options: &[(&'static str, T)]) -> Option<T> {
        let given = self.members.remove(name)?;
        let chosen = options.iter().find(|(option, _)| given == **option).map(|(_, meaning)| *meaning);
        if chosen.is_none() {
            let options: Vec<_> = options.iter().map(|(option, _)| format!("\"{option}\"")).collect();
            self.fault(name, &format!("Invalid option: expected one of {}", options.join("|")));
        }
        chosen
    }

    /// Whether a member is there and would count as true in JavaScript.
    pub(super) fn is_truthy(&self, name: &str) -> bool {
        self.members.get(name).is_some_and(is_truthy)
    }

    /// Refuses members that only the server sets.
    pub(super) fn refuse(&self, names: &[&str]) -> Result<(), WireError> {
        match names.iter().find(|name| self.is_truthy(name)) {
            Some(name) => Err(WireError::bad_request("FIELD_NOT_ALLOWED", format!("{name} is not allowed to be set"))),
            None => Ok(()),
        }
    }

    /// An e-mail address that must be there. `None` after a fault.
    pub(super) fn email(&mut self, name: &str) -> Option<Email> {
        let faults = self.faults.len();
        let text = self.text(name);
        let email = email_address(&text);
        if email.is_none() && self.faults.len() == faults {
            self.fault(name, "Invalid email address");
        }
        email
    }

    /// Remembers that `text` breaks a limit of ours, if it does: it is too long, or has control characters.
    pub(super) fn check(&mut self, name: &str, text: &str, max: usize) {
        if text.chars().count() > max {
            self.fault(name, &format!("Too big: expected string to have <={max} characters"));
        } else if text.contains(char::is_control) {
            self.fault(name, "Invalid string: must not contain control characters");
        }
    }

    fn misfit<T>(&mut self, name: &str, expected: &str, received: Option<&Value>) -> Option<T> {
        self.fault(name, &format!("Invalid input: expected {expected}, received {}", kind_of(received)));
        None
    }

    fn fault(&mut self, name: &str, message: &str) {
        let place = match self.place {
            Place::Body => "body",
            Place::Query => "query",
            Place::Member(outer) => return self.faults.push(format!("[body.{outer}.{name}] {message}")),
        };
        self.faults.push(format!("[{place}.{name}] {message}"));
    }
}

/// What stands more than once in a query is a list.
fn put(members: &mut Map<String, Value>, name: String, value: Value) {
    let several = match members.remove(&name) {
        None => value,
        Some(Value::Array(mut earlier)) => {
            earlier.push(value);
            Value::Array(earlier)
        }
        Some(earlier) => Value::Array(vec![earlier, value]),
    };
    members.insert(name, several);
}

/// A password that is to be set.
pub(super) fn new_password(text: &str) -> Result<Password, WireError> {
    Password::parse_new(text).map_err(refused)
}

/// The caller's own password. One that is too long is not theirs.
pub(super) fn present_password(text: &str) -> Result<Password, WireError> {
    Password::parse(text).map_err(|_| IdentityError::WrongPassword.into())
}

/// A password to compare.
pub(super) fn password(text: &str) -> Result<Password, WireError> {
    Password::parse(text).map_err(refused)
}

fn refused(fault: PasswordFault) -> WireError {
    IdentityError::from(fault).into()
}

/// Whether a value counts as true in JavaScript.
pub(super) fn is_truthy(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        Value::Number(number) => number.as_f64() != Some(0.0),
        _ => true,
    }
}

/// What JavaScript calls it.
fn kind_of(value: Option<&Value>) -> &'static str {
    match value {
        None => "undefined",
        Some(Value::Null) => "null",
        Some(Value::Bool(_)) => "boolean",
        Some(Value::Number(_)) => "number",
        Some(Value::String(_)) => "string",
        Some(Value::Array(_)) => "array",
        Some(Value::Object(_)) => "object",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn input(body: Value) -> Input {
        Input::of_body(WireBody(Some(body)), "object").unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn every_wrong_member_is_named_in_the_words_of_the_original() {
        let mut input = input(json!({"email": 1, "flag": "yes"}));
        assert_eq!(
            (input.text("password"), input.optional_text("email"), input.flag("flag")),
            (String::new(), None, None)
        );
        assert_eq!(
            input.finish().unwrap_err().to_string(),
            "400 Bad Request: [body.password] Invalid input: expected string, received undefined; \
             [body.email] Invalid input: expected string, received number; \
             [body.flag] Invalid input: expected boolean, received string"
        );
    }

    #[test]
    fn members_are_true_as_in_javascript() {
        let input = input(json!({"a": 0, "b": "", "c": null, "d": false, "e": "0", "f": [], "g": 2}));
        let truthy: Vec<_> =
            ["a", "b", "c", "d", "e", "f", "g", "h"].into_iter().filter(|n| input.is_truthy(n)).collect();
        assert_eq!(truthy, ["e", "f", "g"]);
    }

    #[test]
    fn a_member_is_kept_cleared_or_set() {
        let mut input = input(json!({"a": null, "b": "x"}));
        assert_eq!(input.text_patch("a"), Patch::Clear);
        assert_eq!(input.text_patch("b"), Patch::Set("x".to_owned()));
        assert_eq!(input.text_patch("c"), Patch::Keep);
    }
}
