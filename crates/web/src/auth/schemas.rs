//! What the document says of requests. Reading them is `input.rs`'s.

#![expect(dead_code, reason = "these types are read by the OpenAPI document only")]

use utoipa::ToSchema;

/// Someone who signs up.
#[derive(ToSchema)]
pub(super) struct SignUp {
    /// Trimmed; no control characters.
    #[schema(min_length = 1, max_length = 100, example = "Ann")]
    name: String,
    #[schema(max_length = 200, example = "ann@example.com")]
    email: String,
    /// Lengths are in UTF-16 code units.
    #[schema(min_length = 8, max_length = 128, example = "correct horse battery staple")]
    password: String,
    /// Address of a picture.
    #[schema(max_length = 500)]
    image: Option<String>,
    /// Whether the session outlives the browser.
    #[schema(default = true, nullable = false)]
    remember_me: Option<bool>,
}

/// Someone who signs in.
#[derive(ToSchema)]
pub(super) struct Login {
    #[schema(example = "ann@example.com")]
    email: String,
    #[schema(max_length = 128, example = "correct horse battery staple")]
    password: String,
    /// Whether the session outlives the browser.
    #[schema(default = true, nullable = false)]
    remember_me: Option<bool>,
}

/// Someone who is signed in and authenticates again.
#[derive(ToSchema)]
pub(super) struct StepUp {
    #[schema(max_length = 128, example = "correct horse battery staple")]
    password: String,
    /// Of the authenticator app, or a backup code. Needed by who has a second factor.
    #[schema(max_length = 100, example = "123456")]
    code: Option<String>,
}
