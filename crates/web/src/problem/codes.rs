/// Every code that a problem may have, with what it means. `docs/errors.md` explains each.
pub const CODES: &[(&str, &str)] = &[
    ("access_missing", "the task is shared with the caller, but not for this"),
    ("bad_request", "the request is not acceptable"),
    ("busy", "too many passwords are being checked at the moment"),
    ("conflict", "the request contradicts the present state"),
    ("contended", "other writes overtook this one every time"),
    ("credentials_ambiguous", "more than one Authorization header"),
    ("csrf_origin", "a cookie alone does not change anything from an origin that is not trusted"),
    ("cursor_invalid", "the cursor was altered, or belongs to another list"),
    ("email_not_verified", "the e-mail address must be verified first"),
    ("email_taken", "another user has this e-mail address"),
    ("form_invalid", "the body is not a form"),
    ("idempotency_in_flight", "the same request is still running"),
    ("idempotency_key_invalid", "the Idempotency-Key is not 1 to 255 visible ASCII characters"),
    ("idempotency_key_reused", "the Idempotency-Key was used for another request"),
    ("if_match_invalid", "If-Match is not a list of entity tags"),
    ("internal_error", "a mistake on our side"),
    ("json_invalid", "the body is not JSON"),
    ("media_type_unsupported", "the body has a type that is not read here"),
    ("method_not_allowed", "the path does not know this method"),
    ("not_authenticated", "there is no credential"),
    ("not_found", "there is nothing at this path"),
    ("overloaded", "the server has too much to do at the moment"),
    ("payload_too_large", "the body is larger than 1 MiB"),
    ("query_invalid", "the query string cannot be parsed"),
    ("rate_limited", "too many requests"),
    ("request_timeout", "the request took too long to arrive"),
    ("session_expired", "the session has ended"),
    ("session_not_found", "there is no such session of this user"),
    ("share_not_found", "the task is not shared with this user"),
    ("share_with_banned", "a task cannot be shared with a banned user"),
    ("share_with_owner", "a task cannot be shared with its owner"),
    ("starting", "the server is not ready yet"),
    ("task_not_found", "there is no such task, or the caller may not see it"),
    ("timeout", "the answer took longer than 5 seconds"),
    ("token_expired", "the token is expired"),
    ("token_invalid", "the token is not valid"),
    ("too_many_shares", "a task can be shared with 50 users at most"),
    ("unavailable", "a service that is needed does not answer"),
    ("user_banned", "the user is banned"),
    ("user_mismatch", "the user in the path is not the caller"),
    ("user_not_found", "there is no such user"),
    ("validation_failed", "some fields are invalid"),
    ("version_mismatch", "If-Match names another version"),
    ("wrong_credentials", "the e-mail address or the password is wrong"),
];

/// The `type` of problems with this code: a place in the documentation.
pub(crate) fn types_path(code: &str) -> String {
    format!("/docs/errors#{code}")
}

pub(super) fn is_listed(code: &str) -> bool {
    CODES.iter().any(|(listed, _)| *listed == code)
}
