//! Places in lists of tasks, as bytes: the id, then what the list is sorted by.

use chrono::DateTime;
use hexado_domain::id::TaskId;
use hexado_domain::task::{Priority, SortField, SortKey, TaskCursor};

pub(super) fn write_place(cursor: &TaskCursor) -> Vec<u8> {
    let mut bytes = cursor.id.get().to_be_bytes().to_vec();
    match &cursor.key {
        SortKey::CreatedAt(at) => put(&mut bytes, Some(at.timestamp_micros())),
        SortKey::DueAt(at) => put(&mut bytes, at.map(|at| at.timestamp_micros())),
        SortKey::Priority(priority) => put(&mut bytes, priority.map(|priority| priority.number().into())),
        SortKey::Title(title) => bytes.extend_from_slice(title.as_bytes()),
    }
    bytes
}

pub(super) fn read_place(place: &[u8], field: SortField) -> Option<TaskCursor> {
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

#[cfg(test)]
mod tests {
    use hexado_domain::testing::fixtures::{noon, task_id};

    use super::*;

    #[test]
    fn a_place_survives_the_round_trip() {
        for key in [
            SortKey::CreatedAt(noon()),
            SortKey::DueAt(Some(noon())),
            SortKey::DueAt(None),
            SortKey::Priority(Some(Priority::High)),
            SortKey::Priority(None),
            SortKey::Title("äpfel".to_owned()),
        ] {
            let cursor = TaskCursor { key, id: task_id(7) };
            assert_eq!(read_place(&write_place(&cursor), cursor.key.field()), Some(cursor));
        }
    }
}
