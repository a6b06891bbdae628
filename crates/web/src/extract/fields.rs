//! The members of a flat JSON object or form, read one by one.
//!
//! A body of the wrong *shape* (an unknown or repeated member, a value of the wrong type) is reported alone; values that
//! break a rule are collected, so that a form can show all of them at once.

use std::fmt;

use hexado_domain::error::{FieldError, FieldFault};
use hexado_domain::patch::Patch;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::urlencoded;
use crate::problem::{Problem, ProblemField};

/// Members in the order in which they were sent, repeated ones included.
#[derive(Debug, Default)]
pub(crate) struct Fields {
    members: Vec<(String, Value)>,
    /// Forms have texts only; numbers and booleans are read from them.
    form: bool,
}

impl Fields {
    pub(crate) fn from_json(body: &[u8]) -> Result<Self, Problem> {
        serde_json::from_slice(body).map_err(|error| {
            if error.is_data() {
                shape("", "wrong_type", "must be a JSON object".to_owned())
            } else {
                Problem::bad_request("json_invalid", format!("the body is not JSON: {error}"))
            }
        })
    }

    pub(crate) fn from_form(body: &[u8]) -> Result<Self, Problem> {
        let pairs = std::str::from_utf8(body).ok().and_then(urlencoded::parse);
        let pairs = pairs.ok_or_else(|| Problem::bad_request("form_invalid", "the body is not a form in UTF-8"))?;
        let members = pairs.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
        Ok(Self { members, form: true })
    }

    pub(crate) fn into_members(self) -> Vec<(String, Value)> {
        self.members
    }
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut members = Vec::with_capacity(8);
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        Ok(Fields { members, form: false })
    }
}

/// Reads [`Fields`] by name and remembers what is wrong with their values.
pub(crate) struct Reader {
    fields: Fields,
    faults: Vec<ProblemField>,
}

impl Reader {
    /// Refuses members that are not among `known`, and members that stand twice.
    pub(crate) fn new(fields: Fields, known: &[&'static str]) -> Result<Self, Problem> {
        for (index, (name, _)) in fields.members.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                return Err(shape(name, "unknown_field", unknown(name, known)));
            }
            if fields.members[..index].iter().any(|(earlier, _)| earlier == name) {
                return Err(shape(name, "duplicate_field", "stands more than once".to_owned()));
            }
        }
        Ok(Self { fields, faults: Vec::new() })
    }

    /// The result, unless some value was wrong.
    pub(crate) fn finish<T>(self, value: Option<T>) -> Result<T, Problem> {
        match value {
            Some(value) if self.faults.is_empty() => Ok(value),
            _ => Err(Problem::invalid(self.faults)),
        }
    }

    pub(crate) fn fault(&mut self, field: &'static str, fault: FieldFault) {
        self.faults.push((&FieldError::new(field, fault)).into());
    }

    /// A fault that no field of the domain has. In a list, `field` has the entry's number after a slash.
    pub(crate) fn misfit(&mut self, field: &str, code: &'static str, message: String) {
        self.faults.push(ProblemField { pointer: format!("/{field}"), code, message });
    }

    /// The member as it was sent.
    pub(crate) fn take(&mut self, field: &'static str) -> Option<Value> {
        let index = self.fields.members.iter().position(|(name, _)| name == field)?;
        Some(self.fields.members.swap_remove(index).1)
    }

    /// A text that must be there.
    pub(crate) fn required_text<T>(
        &mut self,
        field: &'static str,
        parse: impl FnOnce(&str) -> Result<T, FieldFault>,
    ) -> Result<Option<T>, Problem> {
        match self.text_patch(field, parse)? {
            Patch::Set(value) => Ok(Some(value)),
            Patch::Keep | Patch::Clear => {
                self.require(field);
                Ok(None)
            }
        }
    }

    /// Remembers that a member is not there, unless something else is wrong with it.
    pub(crate) fn require(&mut self, field: &'static str) {
        if !self.faults.iter().any(|fault| fault.pointer[1..] == *field) {
            self.fault(field, FieldFault::Required);
        }
    }

    /// A text, `null` to clear it, or nothing to keep it.
    pub(crate) fn text_patch<T>(
        &mut self,
        field: &'static str,
        parse: impl FnOnce(&str) -> Result<T, FieldFault>,
    ) -> Result<Patch<T>, Problem> {
        match self.take(field) {
            None => Ok(Patch::Keep),
            Some(Value::Null) => Ok(Patch::Clear),
            Some(Value::String(text)) if text.is_empty() && self.fields.form => Ok(Patch::Clear),
            Some(Value::String(text)) => Ok(self.keep_fault(field, parse(&text)).map_or(Patch::Keep, Patch::Set)),
            Some(_) => Err(wrong_type(field, "a string")),
        }
    }

    /// A boolean, or nothing. Forms say `true`, `false`, or `on` as a ticked box does.
    pub(crate) fn boolean(&mut self, field: &'static str) -> Result<Option<bool>, Problem> {
        match self.take(field) {
            None => Ok(None),
            Some(Value::Bool(value)) => Ok(Some(value)),
            Some(Value::String(text)) if self.fields.form => match text.as_str() {
                "true" | "on" => Ok(Some(true)),
                "false" => Ok(Some(false)),
                _ => Err(wrong_type(field, "true or false")),
            },
            Some(_) => Err(wrong_type(field, "true or false")),
        }
    }

    /// A value of a type of its own; a number in a form arrives as a number.
    pub(crate) fn scalar(&mut self, field: &'static str) -> Option<Value> {
        match self.take(field)? {
            Value::String(text) if self.fields.form => {
                if text.is_empty() {
                    return Some(Value::Null);
                }
                Some(text.parse::<i64>().map_or(Value::String(text), Value::from))
            }
            value => Some(value),
        }
    }

    /// The value, or `None` after its fault was remembered.
    pub(crate) fn keep_fault<T>(&mut self, field: &'static str, result: Result<T, FieldFault>) -> Option<T> {
        result.map_err(|fault| self.fault(field, fault)).ok()
    }
}

pub(crate) fn wrong_type(field: &str, expected: &str) -> Problem {
    shape(field, "wrong_type", format!("must be {expected}"))
}

fn shape(field: &str, code: &'static str, message: String) -> Problem {
    let pointer = if field.is_empty() { String::new() } else { format!("/{}", escaped(field)) };
    Problem::invalid(vec![ProblemField { pointer, code, message }])
}

/// A name as a part of a JSON Pointer (RFC 6901), not longer than anyone wants to read.
fn escaped(name: &str) -> String {
    name.chars().take(100).collect::<String>().replace('~', "~0").replace('/', "~1")
}

fn unknown(name: &str, known: &[&'static str]) -> String {
    match nearest(name, known) {
        Some(near) => format!("is unknown; did you mean `{near}`?"),
        None => "is unknown".to_owned(),
    }
}

/// The known name that `name` is probably a misspelling of.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    if name.len() > 100 {
        return None;
    }
    let folded = name.replace('-', "_").to_lowercase();
    let scored = known.iter().map(|known| (strsim::jaro_winkler(&folded, known), *known));
    let (score, best) = scored.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (score > 0.75).then_some(best)
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 3] = ["title", "category", "due_at"];

    fn refusal(body: &str) -> String {
        let read = Fields::from_json(body.as_bytes()).and_then(|fields| Reader::new(fields, &KNOWN).map(|_| ()));
        read.unwrap_err().body("", "", false)
    }

    #[test]
    fn an_unknown_member_is_answered_with_the_nearest_name() {
        assert!(refusal(r#"{"titel": "x"}"#).contains("did you mean `title`?"));
        assert!(refusal(r#"{"dueAt": "x"}"#).contains("did you mean `due_at`?"));
        assert!(refusal(r#"{"xyz": 1}"#).contains(r#""pointer":"/xyz","code":"unknown_field","message":"is unknown""#));
    }

    #[test]
    fn a_repeated_member_is_refused() {
        assert!(refusal(r#"{"title": "a", "title": "b"}"#).contains("duplicate_field"));
    }

    #[test]
    fn what_is_not_json_is_400_and_what_is_no_object_is_422() {
        let deep = format!(r#"{{"title": {}"#, "[".repeat(100_000));
        for body in ["", "{", "{\"title\": \"\\ud800\"}", "{\"title\": nope}", &deep] {
            assert!(refusal(body).contains("json_invalid"), "{body:.20}");
        }
        for body in ["[]", "1", "null", "\"text\""] {
            assert!(refusal(body).contains("wrong_type"), "{body}");
        }
    }

    #[test]
    fn forms_have_texts_numbers_and_ticked_boxes() {
        let fields = Fields::from_form(b"title=Buy+milk&category=&due_at=2").unwrap();
        let mut reader = Reader::new(fields, &KNOWN).unwrap();
        let title = reader.text_patch("title", |text| Ok(text.to_owned())).unwrap();
        assert_eq!(title, Patch::Set("Buy milk".to_owned()));
        assert_eq!(reader.text_patch("category", |text| Ok(text.to_owned())).unwrap(), Patch::Clear);
        assert_eq!(reader.scalar("due_at"), Some(Value::from(2)));
    }
}
