//! What holds for many operations: error answers, credentials, servers, and the paths with an owner.

use actix_web::http::StatusCode;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{HttpMethod, Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Required, Server};

use super::security;
use crate::auth_paths;

/// An error answer that operations share.
struct ErrorAnswer {
    name: &'static str,
    status: StatusCode,
    code: &'static str,
    description: &'static str,
    header: Option<(&'static str, &'static str)>,
}

const fn error(name: &'static str, status: StatusCode, code: &'static str, description: &'static str) -> ErrorAnswer {
    ErrorAnswer { name, status, code, description, header: None }
}

const RETRY_AFTER: Option<(&str, &str)> = Some(("Retry-After", "Seconds after which trying again may help"));
const CHALLENGE: Option<(&str, &str)> = Some(("WWW-Authenticate", "The scheme, and what is wrong with the credential"));

const ERRORS: [ErrorAnswer; 14] = [
    error("BadRequest", StatusCode::BAD_REQUEST, "json_invalid", "The request cannot be parsed"),
    ErrorAnswer {
        header: CHALLENGE,
        ..error("Unauthorized", StatusCode::UNAUTHORIZED, "not_authenticated", "No credential, or a bad one")
    },
    ErrorAnswer {
        header: CHALLENGE,
        ..error(
            "StepUpRequired",
            StatusCode::UNAUTHORIZED,
            "step_up_required",
            "No credential, or a bad one; or its user did not authenticate recently enough: `max_age` has the seconds",
        )
    },
    error(
        "Forbidden",
        StatusCode::FORBIDDEN,
        "user_mismatch",
        "The caller may not do this; `detail` names what is missing",
    ),
    error(
        "PermissionMissing",
        StatusCode::FORBIDDEN,
        "permission_missing",
        "A permission that `detail` names is not held",
    ),
    error(
        "RoleConflict",
        StatusCode::CONFLICT,
        "role_in_use",
        "The change does not fit to the other roles, or to users",
    ),
    error("NotFound", StatusCode::NOT_FOUND, "task_not_found", "It does not exist, or the caller may not see it"),
    ErrorAnswer {
        header: RETRY_AFTER,
        ..error("InFlight", StatusCode::CONFLICT, "idempotency_in_flight", "The same request is still running")
    },
    error("StaleVersion", StatusCode::PRECONDITION_FAILED, "version_mismatch", "`If-Match` names another version"),
    error("TooLarge", StatusCode::PAYLOAD_TOO_LARGE, "payload_too_large", "The body is larger than 1 MiB"),
    error(
        "UnsupportedMediaType",
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "media_type_unsupported",
        "The body has a type that is not read here",
    ),
    error(
        "Invalid",
        StatusCode::UNPROCESSABLE_ENTITY,
        "validation_failed",
        "Some fields are invalid; `errors` names all of them",
    ),
    ErrorAnswer {
        header: RETRY_AFTER,
        ..error("TooMany", StatusCode::TOO_MANY_REQUESTS, "rate_limited", "Too many requests of this address")
    },
    ErrorAnswer {
        header: RETRY_AFTER,
        ..error(
            "Unavailable",
            StatusCode::SERVICE_UNAVAILABLE,
            "unavailable",
            "A service that is needed does not answer",
        )
    },
];

pub(super) fn complete(document: &mut OpenApi) {
    document.servers = Some(vec![Server::new("/api/v1"), Server::new("/api")]);
    let components = document.components.get_or_insert_default();
    security::add_schemes(components);
    for answer in ERRORS {
        components.responses.insert(answer.name.to_owned(), RefOr::T(response_of(&answer)));
    }
    components.responses.insert("WireError".to_owned(), RefOr::T(wire_error()));
    let paths = std::mem::take(&mut document.paths.paths);
    for (path, mut item) in paths {
        // The routes stand on their base, the document's paths are relative to its servers.
        let Some(relative) = path.strip_prefix("/api/v1").map(str::to_owned) else {
            item.servers = Some(vec![Server::new("/")]);
            document.paths.paths.insert(path, item);
            continue;
        };
        for (method, operation) in operations(&mut item) {
            security::declare(&path, operation);
            complete_operation(&relative, &method, operation);
        }
        if relative.starts_with("/tasks") {
            document.paths.paths.insert(format!("/users/{{user_id}}{relative}"), of_owner(item.clone()));
        }
        document.paths.paths.insert(relative, item);
    }
}

fn complete_operation(path: &str, method: &HttpMethod, operation: &mut Operation) {
    if operation.tags.as_ref().is_some_and(|tags| tags.iter().any(|tag| tag == "better-auth")) {
        refer(operation, "default", "WireError");
        return;
    }
    if auth_paths::is_open(&format!("/api/v1{path}")) {
        for (status, name) in [("400", "BadRequest"), ("415", "UnsupportedMediaType"), ("422", "Invalid")] {
            if operation.request_body.is_some() {
                refer(operation, status, name);
            }
        }
        refer(operation, "429", "TooMany");
        refer(operation, "503", "Unavailable");
        return;
    }
    // Who takes a recent caller only says so by declaring a 401 of its own.
    let is_sensitive = operation.responses.responses.contains_key("401");
    let unauthorized = if is_sensitive { "StepUpRequired" } else { "Unauthorized" };
    for (status, name) in [("400", "BadRequest"), ("401", unauthorized), ("422", "Invalid"), ("503", "Unavailable")] {
        refer(operation, status, name);
    }
    if auth_paths::is_entrance(&format!("/api/v1{path}")) {
        refer(operation, "415", "UnsupportedMediaType");
        refer(operation, "429", "TooMany");
    }
    if path.contains("{id}") {
        refer(operation, "404", "NotFound");
    }
    // A task that is shared with the caller, but not for this.
    let needs_view = *method == HttpMethod::Get && !path.ends_with("/shares");
    if path.starts_with("/tasks/{id}") && !needs_view {
        refer(operation, "403", "Forbidden");
    }
    if path.contains("/sessions") {
        refer(operation, "403", "Forbidden");
    }
    if operation.tags.as_ref().is_some_and(|tags| tags.iter().any(|tag| tag == "roles")) {
        complete_role_operation(path, method, operation);
        return;
    }
    if path.contains("{session_id}") {
        refer(operation, "404", "NotFound");
    }
    if *method == HttpMethod::Get || !path.starts_with("/tasks") {
        return;
    }
    refer(operation, "409", "InFlight");
    refer(operation, "413", "TooLarge");
    if path.contains("{id}") {
        refer(operation, "412", "StaleVersion");
    }
    if operation.request_body.is_some() {
        refer(operation, "415", "UnsupportedMediaType");
    }
}

/// Roles are for those who hold a permission, and have conflicts of their own.
fn complete_role_operation(path: &str, method: &HttpMethod, operation: &mut Operation) {
    refer(operation, "403", "PermissionMissing");
    let names_one = path.contains("{name}");
    if names_one {
        refer(operation, "404", "NotFound");
    }
    if *method == HttpMethod::Get {
        return;
    }
    refer(operation, "409", "RoleConflict");
    if names_one {
        refer(operation, "412", "StaleVersion");
    }
    if operation.request_body.is_some() {
        refer(operation, "413", "TooLarge");
        refer(operation, "415", "UnsupportedMediaType");
    }
}

/// The same operations on the tasks of the user in the path.
fn of_owner(mut item: PathItem) -> PathItem {
    for (_, operation) in operations(&mut item) {
        let user_id = ParameterBuilder::new()
            .name("user_id")
            .parameter_in(ParameterIn::Path)
            .required(Required::True)
            .description(Some("The owner; `me` means the caller"))
            .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
            .example(Some("me".into()))
            .build();
        operation.parameters.get_or_insert_default().insert(0, RefOr::T(user_id));
        operation.operation_id = operation.operation_id.take().map(|id| format!("{id}OfUser"));
        operation.summary = operation.summary.take().map(|summary| format!("{summary} of a user"));
        refer(operation, "403", "Forbidden");
    }
    item
}

fn operations(item: &mut PathItem) -> Vec<(HttpMethod, &mut Operation)> {
    [
        (HttpMethod::Get, item.get.as_mut()),
        (HttpMethod::Post, item.post.as_mut()),
        (HttpMethod::Put, item.put.as_mut()),
        (HttpMethod::Patch, item.patch.as_mut()),
        (HttpMethod::Delete, item.delete.as_mut()),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.map(|operation| (method, operation)))
    .collect()
}

fn refer(operation: &mut Operation, status: &str, name: &str) {
    operation.responses.responses.insert(status.to_owned(), RefOr::Ref(Ref::from_response_name(name)));
}

/// What every route of Better Auth's wire answers when something is wrong.
fn wire_error() -> Response {
    let description = "Something is wrong: `code` tells what, and `message` tells people";
    let content = Content::new(Some(Ref::from_schema_name("WireError")));
    ResponseBuilder::new().description(description).content("application/json", content).build()
}

fn response_of(answer: &ErrorAnswer) -> Response {
    let mut content = Content::new(Some(Ref::from_schema_name("Problem")));
    content.example = Some(serde_json::json!({
        "type": crate::problem::types_path(answer.code),
        "title": answer.status.canonical_reason(),
        "status": answer.status.as_u16(),
        "detail": answer.description,
        "instance": "/api/v1/tasks",
        "code": answer.code,
        "message": answer.description,
        "request_id": "0197c2f4-6f7e-7d5c-8f0a-1c2d3e4f5a6b",
    }));
    let response = ResponseBuilder::new().description(answer.description).content("application/problem+json", content);
    match answer.header {
        Some((name, description)) => {
            let schema = ObjectBuilder::new().schema_type(Type::String);
            response
                .header(name, HeaderBuilder::new().schema(Some(schema)).description(Some(description)).build())
                .build()
        }
        None => response.build(),
    }
}
