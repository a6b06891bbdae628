//! What holds for many operations: error answers, security, servers, and the paths with an owner.

use utoipa::openapi::path::{HttpMethod, Operation, ParameterBuilder, ParameterIn, PathItem};
use utoipa::openapi::response::{Response, ResponseBuilder};
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, Required, Server};

const BEARER: &str = "bearer";

/// Name, description and code of the error answers that operations share.
const ERRORS: [(&str, &str, &str); 10] = [
    ("BadRequest", "The request cannot be parsed", "json_invalid"),
    ("Unauthorized", "No credential, or a bad one", "not_authenticated"),
    ("Forbidden", "The user in the path is not the caller", "user_mismatch"),
    ("NotFound", "It does not exist, or the caller may not see it", "task_not_found"),
    ("InFlight", "The same request is still running", "idempotency_in_flight"),
    ("StaleVersion", "`If-Match` names another version", "version_mismatch"),
    ("TooLarge", "The body is larger than 1 MiB", "payload_too_large"),
    ("UnsupportedMediaType", "The body has a type that is not read here", "media_type_unsupported"),
    ("Invalid", "Some fields are invalid; `errors` names all of them", "validation_failed"),
    ("Unavailable", "A service that is needed does not answer; `Retry-After` says when to try again", "unavailable"),
];

pub(super) fn complete(document: &mut OpenApi) {
    document.servers = Some(vec![Server::new("/api/v1"), Server::new("/api")]);
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(
        BEARER,
        SecurityScheme::Http(HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build()),
    );
    for (name, description, code) in ERRORS {
        components.responses.insert(name.to_owned(), RefOr::T(problem(description, code)));
    }
    let paths = std::mem::take(&mut document.paths.paths);
    for (path, mut item) in paths {
        // The routes stand on their base, the document's paths are relative to its servers.
        let Some(relative) = path.strip_prefix("/api/v1").map(str::to_owned) else {
            item.servers = Some(vec![Server::new("/")]);
            document.paths.paths.insert(path, item);
            continue;
        };
        for (method, operation) in operations(&mut item) {
            complete_operation(&relative, &method, operation);
        }
        if relative.starts_with("/tasks") {
            document.paths.paths.insert(format!("/users/{{user_id}}{relative}"), of_owner(item.clone()));
        }
        document.paths.paths.insert(relative, item);
    }
}

fn complete_operation(path: &str, method: &HttpMethod, operation: &mut Operation) {
    if path.starts_with("/auth/") {
        refer(operation, "404", "NotFound");
        return;
    }
    operation.security = Some(vec![SecurityRequirement::new(BEARER, Vec::<String>::new())]);
    for (status, name) in [("400", "BadRequest"), ("401", "Unauthorized"), ("422", "Invalid"), ("503", "Unavailable")] {
        refer(operation, status, name);
    }
    if path.contains("{id}") {
        refer(operation, "404", "NotFound");
    }
    if *method == HttpMethod::Get {
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

fn problem(description: &str, code: &str) -> Response {
    let mut content = Content::new(Some(Ref::from_schema_name("Problem")));
    content.example = Some(serde_json::json!({
        "type": crate::problem::types_path(code),
        "title": description,
        "detail": description,
        "code": code,
    }));
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}
