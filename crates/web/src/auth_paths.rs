//! Which paths of sign-in and sessions are ours; all others are Better Auth's wire.

/// Where both are.
pub(crate) const AUTH_BASE: &str = "/api/v1/auth";

/// Ours for everybody.
const OPEN: [&str; 3] = ["/signup", "/login", "/logout"];

/// Ours for those who are signed in.
const CLOSED: [&str; 5] = ["/session", "/refresh", "/me", "/accounts", "/step-up"];

/// Of the wire, for everybody, whoever they are.
const WIRE_OPEN: [&str; 11] = [
    "/ok",
    "/error",
    "/jwks",
    "/sign-up/email",
    "/sign-in/email",
    "/sign-in/social",
    "/callback/{provider}",
    "/request-password-reset",
    "/reset-password",
    "/reset-password/{token}",
    "/two-factor/send-otp",
];

/// For everybody, but they do something else for those who are signed in.
const EITHER: [&str; 8] = [
    "/logout",
    "/sign-out",
    "/get-session",
    "/send-verification-email",
    "/verify-email",
    "/two-factor/verify-totp",
    "/two-factor/verify-backup-code",
    "/two-factor/verify-otp",
];

/// What credentials a route takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credentials {
    None,
    Optional,
    Required,
}

/// What a route takes whose pattern has its base. A new one needs a credential unless it is named above.
pub(crate) fn credentials(pattern: &str) -> Credentials {
    match route(pattern) {
        Some(route) if EITHER.contains(&route) => Credentials::Optional,
        Some(route) if OPEN.contains(&route) || WIRE_OPEN.contains(&route) => Credentials::None,
        _ => Credentials::Required,
    }
}

/// Whether a path under [`AUTH_BASE`] is ours and not the wire's.
pub(crate) fn is_ours(path: &str) -> bool {
    needs_caller(path) || is_open(path)
}

/// Whether a path is ours, for those who are signed in.
pub(crate) fn needs_caller(path: &str) -> bool {
    route(path).is_some_and(|route| CLOSED.contains(&route))
}

/// Whether a path is ours, for everybody.
pub(crate) fn is_open(path: &str) -> bool {
    route(path).is_some_and(|route| OPEN.contains(&route))
}

/// Whether a path is that of our public keys.
pub(crate) fn is_key_set(path: &str) -> bool {
    route(path) == Some("/jwks")
}

/// Whether every request there makes the server hash a password.
pub(crate) fn is_entrance(path: &str) -> bool {
    matches!(route(path), Some("/sign-in/email" | "/sign-up/email" | "/login" | "/signup" | "/step-up"))
}

/// What stands after [`AUTH_BASE`].
pub(crate) fn route(path: &str) -> Option<&str> {
    path.strip_prefix(AUTH_BASE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ours_are_told_from_those_of_the_wire() {
        assert!(is_ours("/api/v1/auth/login") && !needs_caller("/api/v1/auth/login"));
        assert!(is_ours("/api/v1/auth/session") && needs_caller("/api/v1/auth/session"));
        for wire in ["/api/v1/auth/get-session", "/api/v1/auth/session/", "/api/v1/auth", "/api/v1/login"] {
            assert!(!is_ours(wire), "{wire}");
        }
    }
}
