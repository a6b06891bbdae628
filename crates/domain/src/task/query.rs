use chrono::{DateTime, Utc};

use super::model::Task;
use super::values::{Category, DueAt, Priority};
use crate::error::FieldFault;
use crate::id::TaskId;
use crate::page::Limit;
use crate::text;

/// Which tasks of a user, in which order, from where on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskQuery {
    pub filter: TaskFilter,
    pub sort: TaskSort,
    /// The last task of the page before.
    pub after: Option<TaskCursor>,
    pub limit: Limit,
    /// Whether to count what all pages have together.
    pub count: bool,
}

/// What a task must be to be listed; all that is given must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TaskFilter {
    /// Of the tasks that others share with the user, instead of their own.
    pub shared: bool,
    pub status: StatusFilter,
    pub priority: Option<Priority>,
    pub category: Option<Category>,
    pub words: Option<SearchWords>,
    /// Due before this moment.
    pub due_before: Option<DateTime<Utc>>,
    /// Due at this moment or later.
    pub due_after: Option<DateTime<Utc>>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StatusFilter {
    #[default]
    All,
    Pending,
    Completed,
}

/// Words that must all stand in title or description, the last one as a prefix.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SearchWords(Vec<String>);

impl SearchWords {
    pub const MAX_LENGTH: usize = 200;

    pub fn parse(value: &str) -> Result<Self, FieldFault> {
        let words = text::single_line(value, Self::MAX_LENGTH)?.split_whitespace();
        Ok(Self(words.map(str::to_owned).collect()))
    }

    /// At least one.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }
}

/// The order of a list. What has no value comes last in either direction; equals are ordered by id in the same direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TaskSort {
    pub field: SortField,
    pub descending: bool,
}

impl Default for TaskSort {
    /// Newest first.
    fn default() -> Self {
        Self { field: SortField::CreatedAt, descending: true }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SortField {
    CreatedAt,
    DueAt,
    Priority,
    Title,
}

impl SortField {
    pub const ALL: [Self; 4] = [Self::CreatedAt, Self::DueAt, Self::Priority, Self::Title];

    pub fn name(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::DueAt => "due_at",
            Self::Priority => "priority",
            Self::Title => "title",
        }
    }
}

/// A place in an ordered list: right behind the task with this key and id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaskCursor {
    pub key: SortKey,
    pub id: TaskId,
}

/// What a task is ordered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortKey {
    CreatedAt(DateTime<Utc>),
    DueAt(Option<DateTime<Utc>>),
    Priority(Option<Priority>),
    Title(String),
}

impl TaskCursor {
    pub fn behind(task: &Task, field: SortField) -> Self {
        let key = match field {
            SortField::CreatedAt => SortKey::CreatedAt(task.created_at),
            SortField::DueAt => SortKey::DueAt(task.due_at.map(DueAt::get)),
            SortField::Priority => SortKey::Priority(task.priority),
            SortField::Title => SortKey::Title(task.title.sort_key()),
        };
        Self { key, id: task.id }
    }
}

impl SortKey {
    pub fn field(&self) -> SortField {
        match self {
            Self::CreatedAt(_) => SortField::CreatedAt,
            Self::DueAt(_) => SortField::DueAt,
            Self::Priority(_) => SortField::Priority,
            Self::Title(_) => SortField::Title,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_text_is_split_into_words() {
        assert_eq!(SearchWords::parse("  buy  mi ").unwrap().as_slice(), ["buy", "mi"]);
        assert_eq!(SearchWords::parse("  "), Err(FieldFault::Blank));
        assert_eq!(SearchWords::parse(&"q".repeat(201)), Err(FieldFault::TooLong { max: 200 }));
    }
}
