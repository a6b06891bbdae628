use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use hexado_domain::access::rules::Owner;
use hexado_domain::id::{TaskId, UserId};
use hexado_domain::task::TaskError;

use crate::problem::Problem;

/// Whose objects the path is about: `{user_id}`, where `me` means the caller, as does a path without it.
#[derive(Clone, Debug)]
pub(crate) struct OwnerInPath(pub Owner);

impl OwnerInPath {
    fn of(request: &HttpRequest) -> Result<Self, Problem> {
        let owner = match request.match_info().get("user_id") {
            None | Some("me") => Owner::Caller,
            Some(user_id) => Owner::User(UserId::parse(user_id).ok_or_else(Problem::not_found)?),
        };
        Ok(Self(owner))
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

impl FromRequest for TaskInPath {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(OwnerInPath::of(request).and_then(|OwnerInPath(owner)| {
            let id = request.match_info().get("id").and_then(task_number).ok_or(TaskError::NotFound)?;
            Ok(Self { owner, id })
        }))
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
