use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use crate::refusal::Refusal;

/// The members of a JSON object that names each of them once.
///
/// Of two members with one name, some parsers take the first and some the last: what one program checked could be read
/// differently by another (RFC 7515, section 4, and RFC 7519, section 4, allow to refuse them).
pub(crate) struct Members(Map<String, Value>);

impl Members {
    /// `part` names the text in refusals.
    pub(crate) fn parse(json: &[u8], part: &str) -> Result<Self, Refusal> {
        // The parser's own error could quote the token.
        serde_json::from_slice(json)
            .map_err(|_| Refusal::new(format!("the {part} is not a JSON object whose members have different names")))
    }

    pub(crate) fn contains(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// `null` is not a string, and not the same as absent either.
    pub(crate) fn take_string(&mut self, name: &str) -> Result<Option<String>, Refusal> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(wrong_type(name)),
        }
    }
}

pub(crate) fn wrong_type(name: &str) -> Refusal {
    Refusal::new(format!("`{name}` has a wrong type"))
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Members, A::Error> {
        let mut members = Map::new();
        while let Some((name, value)) = entries.next_entry()? {
            if members.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice"));
            }
        }
        Ok(Members(members))
    }
}
