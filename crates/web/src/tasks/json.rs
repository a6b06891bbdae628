//! Tasks as JSON, written by hand: nearly every answer is a task or a page of them, and this takes a third of the
//! instructions that serde_json takes, which looks at each byte of each name and text by itself.

use serde::Serialize;

use super::view::TaskView;
use crate::rfc3339;

/// About as long as a task is, and then some.
const ROOM: usize = 512;

/// One task.
pub(super) fn object(task: &TaskView<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(ROOM);
    write(&mut out, task);
    out
}

/// A list of tasks.
pub(super) fn array<'a>(tasks: impl ExactSizeIterator<Item = TaskView<'a>>) -> Vec<u8> {
    let mut out = Vec::with_capacity(ROOM * (tasks.len() + 1));
    out.push(b'[');
    for (index, task) in tasks.enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(&mut out, &task);
    }
    out.push(b']');
    out
}

fn write(out: &mut Vec<u8>, task: &TaskView<'_>) {
    out.extend_from_slice(b"{\"id\":");
    plain(out, &task.id);
    out.extend_from_slice(b",\"user_id\":");
    text(out, task.user_id);
    out.extend_from_slice(b",\"title\":");
    text(out, task.title);
    out.extend_from_slice(b",\"description\":");
    optional(out, task.description, text);
    out.extend_from_slice(b",\"completed\":");
    plain(out, &task.completed);
    out.extend_from_slice(b",\"status\":");
    text(out, task.status);
    out.extend_from_slice(b",\"completed_at\":");
    optional(out, task.completed_at.as_ref(), rfc3339::write);
    out.extend_from_slice(b",\"category\":");
    optional(out, task.category, text);
    out.extend_from_slice(b",\"priority\":");
    plain(out, &task.priority);
    out.extend_from_slice(b",\"due_at\":");
    optional(out, task.due_at.as_ref(), rfc3339::write);
    out.extend_from_slice(b",\"version\":");
    plain(out, &task.version);
    out.extend_from_slice(b",\"created_at\":");
    rfc3339::write(out, &task.created_at);
    out.extend_from_slice(b",\"updated_at\":");
    rfc3339::write(out, &task.updated_at);
    out.push(b'}');
}

fn optional<T>(out: &mut Vec<u8>, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
    match value {
        Some(value) => write(out, value),
        None => out.extend_from_slice(b"null"),
    }
}

fn text(out: &mut Vec<u8>, text: &str) {
    // To the end in any case: so the compiler looks at many bytes at once.
    let escaped = text.bytes().fold(false, |found, byte| found | (byte < b' ') | (byte == b'"') | (byte == b'\\'));
    if escaped {
        return plain(out, text);
    }
    out.push(b'"');
    out.extend_from_slice(text.as_bytes());
    out.push(b'"');
}

/// As serde_json writes it, which for numbers and texts in memory never fails.
fn plain(out: &mut Vec<u8>, value: &(impl Serialize + ?Sized)) {
    let _ = serde_json::to_writer(out, value);
}

#[cfg(test)]
mod tests {
    use hexado_domain::task::{Category, Description, DueAt, Priority, Task};
    use hexado_domain::testing::fixtures::{noon, task, title};
    use serde_json::{from_slice, to_vec};

    use super::*;

    /// Tasks with each field there and missing, and texts with each character that has to be escaped.
    fn tasks() -> Vec<Task> {
        let awkward: String = (1..=0x7f).map(char::from).chain("ä€😀\u{2028}\u{7f}".chars()).collect();
        let full = Task {
            title: title("A \"quoted\" title \\ with ä€😀"),
            description: Some(Description::from_stored(awkward)),
            category: Some(Category::from_stored("home\u{1}".to_owned())),
            priority: Some(Priority::High),
            due_at: DueAt::parse("2030-01-02T10:00:00.5Z").ok(),
            completed_at: Some(noon()),
            ..task(i64::MAX, "ann")
        };
        vec![full, task(1, "bob")]
    }

    #[test]
    fn tasks_are_written_as_serde_json_writes_them() {
        let tasks = tasks();
        let views = || tasks.iter().map(TaskView::from);
        for task in views() {
            assert_eq!(object(&task), to_vec(&task).unwrap());
        }
        for length in 0..=tasks.len() {
            let page: Vec<_> = views().take(length).collect();
            assert_eq!(array(tasks[..length].iter().map(TaskView::from)), to_vec(&page).unwrap());
        }
    }

    #[test]
    fn each_property_that_is_documented_is_written() {
        use utoipa::PartialSchema;
        let schema = serde_json::to_value(TaskView::schema()).unwrap();
        let written: serde_json::Value = from_slice(&object(&TaskView::from(&tasks()[0]))).unwrap();
        let names = |value: &serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&written), names(&schema["properties"]));
    }
}
