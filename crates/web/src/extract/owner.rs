use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use hexado_domain::access::rules::Owner;
use hexado_domain::id::{TaskId, UserId};
use hexado_domain::idempotency::Attempt;
use hexado_domain::identity::Visitor;
use hexado_domain::task::share::ShareRequest;
use hexado_domain::task::{Expected, TaskError};

use crate::problem::Problem;

/// Whose objects the path is about: `{user_id}`, where `me` means the caller, as does a path without it.
#[derive(Clone, Debug)]
pub(crate) struct OwnerInPath(pub Owner);

impl OwnerInPath {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        user_in(request, "user_id").map(Self)
    }
}

impl FromRequest for OwnerInPath {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

/// The task that the path is about. What cannot be a task's number is the number of no task: 404.
#[derive(Clone, Debug)]
pub(crate) struct TaskInPath {
    pub owner: Owner,
    pub id: TaskId,
}

impl TaskInPath {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let OwnerInPath(owner) = OwnerInPath::of(request)?;
        let id = request.match_info().get("id").and_then(task_number).ok_or(TaskError::NotFound)?;
        Ok(Self { owner, id })
    }
}

impl FromRequest for TaskInPath {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

/// The share that the path is about: of a task with a user, where `me` means the caller.
#[derive(Clone, Debug)]
pub(crate) struct ShareInPath {
    task: TaskInPath,
    sharee: Owner,
}

impl ShareInPath {
    pub(crate) fn request(self, expected: Expected, attempt: Option<Attempt>, visitor: Visitor) -> ShareRequest {
        let Self { task: TaskInPath { owner, id }, sharee } = self;
        ShareRequest { owner, task_id: id, sharee, expected, attempt, visitor }
    }
}

impl FromRequest for ShareInPath {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(TaskInPath::of(request).and_then(|task| Ok(Self { task, sharee: user_in(request, "sharee_id")? })))
    }
}

/// A user who cannot be is at no path.
fn user_in(request: &HttpRequest, parameter: &str) -> Result<Owner, Problem> {
    match request.match_info().get(parameter) {
        None | Some("me") => Ok(Owner::Caller),
        Some(user_id) => Ok(Owner::User(UserId::parse(user_id).ok_or_else(Problem::not_found)?)),
    }
}

/// One number has one way to be written, so that one task has one path.
fn task_number(text: &str) -> Option<TaskId> {
    let canonical = text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    if canonical { TaskId::new(text.parse().ok()?) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_positive_numbers_name_tasks() {
        assert_eq!(task_number("7").map(TaskId::get), Some(7));
        assert_eq!(task_number("9223372036854775807").map(TaskId::get), Some(i64::MAX));
        for other in ["", "0", "-1", "+7", "07", "7.0", "abc", "9223372036854775808", "٧"] {
            assert!(task_number(other).is_none(), "{other:?}");
        }
    }
}
