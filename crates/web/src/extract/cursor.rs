//! Cursors: a place in a list, opaque to clients.
//!
//! A cursor is base64url over the key and id of the last item and a checksum that also covers owner, filters and
//! sort. It grants nothing (every page is read as its caller), so the checksum is no signature: it makes an altered
//! cursor, or one carried over to another list, a clear error instead of a wrong page.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::DateTime;
use hexado_domain::id::TaskId;
use hexado_domain::task::{Priority, SortField, SortKey, TaskCursor};
use sha2::{Digest, Sha256};

use crate::problem::Problem;

const CHECKSUM_LENGTH: usize = 8;

/// `list` says which list it is: everything but the limit that decides which items come in which order.
pub(crate) fn encode_cursor(cursor: &TaskCursor, list: &str) -> String {
    let mut bytes = cursor.id.get().to_be_bytes().to_vec();
    match &cursor.key {
        SortKey::CreatedAt(at) => put(&mut bytes, Some(at.timestamp_micros())),
        SortKey::DueAt(at) => put(&mut bytes, at.map(|at| at.timestamp_micros())),
        SortKey::Priority(priority) => put(&mut bytes, priority.map(|priority| priority.number().into())),
        SortKey::Title(title) => bytes.extend_from_slice(title.as_bytes()),
    }
    let checksum = checksum(&bytes, list);
    bytes.extend_from_slice(&checksum);
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(crate) fn decode_cursor(text: &str, field: SortField, list: &str) -> Result<TaskCursor, Problem> {
    decode(text, field, list).ok_or_else(|| {
        let detail = "the cursor was altered, or belongs to a list with another owner, filter or sort";
        Problem::bad_request("cursor_invalid", detail)
    })
}

fn decode(text: &str, field: SortField, list: &str) -> Option<TaskCursor> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let (place, sum) = bytes.split_at_checked(bytes.len().checked_sub(CHECKSUM_LENGTH)?)?;
    if checksum(place, list) != sum {
        return None;
    }
    let (id, key) = place.split_first_chunk()?;
    let time = |micros: Option<i64>| micros.map(|micros| DateTime::from_timestamp_micros(micros).ok_or(())).transpose();
    let key = match field {
        SortField::CreatedAt => SortKey::CreatedAt(time(number(key)?).ok()??),
        SortField::DueAt => SortKey::DueAt(time(number(key)?).ok()?),
        SortField::Priority => SortKey::Priority(number(key)?.and_then(Priority::from_number)),
        SortField::Title => SortKey::Title(String::from_utf8(key.to_vec()).ok()?),
    };
    Some(TaskCursor { key, id: TaskId::new(i64::from_be_bytes(*id))? })
}

fn put(bytes: &mut Vec<u8>, value: Option<i64>) {
    if let Some(value) = value {
        bytes.extend_from_slice(&value.to_be_bytes());
    }
}

fn number(bytes: &[u8]) -> Option<Option<i64>> {
    if bytes.is_empty() { Some(None) } else { Some(Some(i64::from_be_bytes(bytes.try_into().ok()?))) }
}

fn checksum(place: &[u8], list: &str) -> [u8; CHECKSUM_LENGTH] {
    let digest =
        Sha256::new().chain_update((list.len() as u64).to_be_bytes()).chain_update(list).chain_update(place).finalize();
    let mut sum = [0; CHECKSUM_LENGTH];
    sum.copy_from_slice(&digest[..CHECKSUM_LENGTH]);
    sum
}

#[cfg(test)]
mod tests {
    use super::*;
    use hexado_domain::testing::fixtures::{noon, task_id};

    fn cursors() -> Vec<TaskCursor> {
        let keys = [
            SortKey::CreatedAt(noon()),
            SortKey::DueAt(Some(noon())),
            SortKey::DueAt(None),
            SortKey::Priority(Some(Priority::High)),
            SortKey::Priority(None),
            SortKey::Title("äpfel".to_owned()),
        ];
        keys.into_iter().map(|key| TaskCursor { key, id: task_id(7) }).collect()
    }

    #[test]
    fn a_cursor_survives_the_round_trip() {
        for cursor in cursors() {
            let text = encode_cursor(&cursor, "list");
            assert_eq!(decode(&text, cursor.key.field(), "list"), Some(cursor));
        }
    }

    #[test]
    fn a_cursor_belongs_to_one_list() {
        for cursor in cursors() {
            assert_eq!(decode(&encode_cursor(&cursor, "list"), cursor.key.field(), "other"), None);
        }
    }

    #[test]
    fn every_altered_cursor_is_refused() {
        let text = encode_cursor(&cursors()[0], "list");
        for index in 0..text.len() {
            let mut altered = text.clone().into_bytes();
            altered[index] = if altered[index] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert_eq!(decode(&altered, SortField::CreatedAt, "list"), None, "{altered}");
        }
        for refused in ["", "AAAA", "not base64!", &text[1..], &format!("{text}AA")] {
            assert_eq!(decode(refused, SortField::CreatedAt, "list"), None, "{refused}");
        }
    }
}
