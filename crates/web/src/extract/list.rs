use hexado_domain::patch::Patch;
use serde_json::Value;

use super::fields::{Reader, wrong_type};
use crate::problem::Problem;

/// Entries that are looked at in a list: more than there are permissions or roles.
const MAX_ENTRIES: usize = 200;

/// What is wrong with an entry: a code and a message.
pub(crate) type EntryFault = (&'static str, String);

impl Reader {
    /// A list of texts, each of which stands once; `null` to clear it, or nothing to keep it.
    pub(crate) fn list<T>(
        &mut self,
        field: &'static str,
        parse: impl Fn(&str) -> Result<T, EntryFault>,
    ) -> Result<Patch<Vec<T>>, Problem> {
        match self.take(field) {
            None => Ok(Patch::Keep),
            Some(Value::Null) => Ok(Patch::Clear),
            Some(Value::Array(entries)) => self.entries(field, &entries, parse).map(Patch::Set),
            Some(_) => Err(wrong_type(field, "a list of strings")),
        }
    }

    /// The entries of a list that was taken.
    pub(crate) fn entries<T>(
        &mut self,
        field: &'static str,
        entries: &[Value],
        parse: impl Fn(&str) -> Result<T, EntryFault>,
    ) -> Result<Vec<T>, Problem> {
        let texts: Option<Vec<&str>> = entries.iter().map(Value::as_str).collect();
        let texts = texts.ok_or_else(|| wrong_type(field, "a list of strings"))?;
        if texts.len() > MAX_ENTRIES {
            self.misfit(field, "too_many", format!("must have at most {MAX_ENTRIES} entries"));
            return Ok(Vec::new());
        }
        let mut values = Vec::new();
        for (index, text) in texts.iter().enumerate() {
            let repeated = || ("duplicate_entry", "stands more than once".to_owned());
            let entry = if texts[..index].contains(text) { Err(repeated()) } else { parse(text) };
            match entry {
                Ok(value) => values.push(value),
                Err((code, message)) => self.misfit(&format!("{field}/{index}"), code, message),
            }
        }
        Ok(values)
    }
}
