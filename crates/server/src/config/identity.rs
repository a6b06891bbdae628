use chrono::TimeDelta;
use hexado_domain::identity::{KeyPolicy, NewAdmin, SigningAlgorithm, StepUpPolicy, VerifiedEmail, rules};
use hexado_domain::text;
use hexado_web::{CookieOptions, SameSite};

use super::admin;
use super::environment::Environment;
use super::http::Http;
use super::origin;
use super::reader::Reader;
use super::secret::{self, Secrets};
use super::tokens::Tokens;

/// Who keeps accounts and sessions, and how.
#[derive(Debug)]
pub(crate) struct Identity {
    /// Whether people sign up and sign in here.
    pub(crate) builtin: bool,
    /// The origin of the server where they do, if that is known and not this one.
    pub(crate) server: Option<String>,
    /// What cookies and mailed links are signed with, and private keys encrypted. `None` in development for one that the server
    /// makes and keeps, and where nobody signs in here.
    pub(crate) secrets: Option<Secrets>,
    /// The keys that sign JWTs.
    pub(crate) keys: KeyPolicy,
    /// What authenticator apps call us.
    pub(crate) app_name: String,
    pub(crate) session_lifetime: TimeDelta,
    pub(crate) token_lifetime: TimeDelta,
    /// How long ago somebody may have authenticated who does something sensitive.
    pub(crate) step_up_max_age: TimeDelta,
    pub(crate) verified_email: VerifiedEmail,
    pub(crate) auth_rate_limit: bool,
    pub(crate) cookies: CookieOptions,
    /// `None` if none is made at start.
    pub(crate) first_admin: Option<NewAdmin>,
}

const VERIFIED_EMAIL: [(&str, VerifiedEmail); 3] =
    [("off", VerifiedEmail::Optional), ("writes", VerifiedEmail::ToWrite), ("all", VerifiedEmail::Always)];

/// Whether identity is built in: unless something else is said, where no other issuer of tokens is named.
pub(super) fn is_builtin(reader: &mut Reader<'_>) -> bool {
    let named = reader.text("JWKS_URL").is_some()
        || reader.text("JWT_HS256").is_some_and(|mode| !mode.eq_ignore_ascii_case("off"));
    reader.choice("IDENTITY", &[("builtin", true), ("external", false)], !named)
}

impl Identity {
    pub(super) fn read(
        reader: &mut Reader<'_>,
        environment: Environment,
        builtin: bool,
        http: &Http,
        tokens: &Tokens,
        secrets: Option<Secrets>,
    ) -> Self {
        // Where HS256 tokens are accepted, it is said already.
        if builtin && !environment.is_development() && secrets.is_none() && tokens.hs256.is_none() {
            secret::missing(reader);
        }
        Self {
            builtin,
            server: tokens.key_set.as_ref().filter(|_| !builtin).map(|set| origin::of_url(&set.url)),
            secrets,
            keys: keys(reader),
            app_name: app_name(reader),
            session_lifetime: lifetime(
                reader,
                "SESSION_EXPIRES_DAYS",
                "days, from 1 to 365",
                365,
                TimeDelta::days(1),
                7,
            ),
            token_lifetime: lifetime(
                reader,
                "ACCESS_TOKEN_EXPIRE_MINUTES",
                "minutes, from 1 to 1440",
                1440,
                TimeDelta::minutes(1),
                15,
            ),
            step_up_max_age: step_up_max_age(reader),
            verified_email: reader.choice("REQUIRE_VERIFIED_EMAIL", &VERIFIED_EMAIL, VerifiedEmail::Optional),
            auth_rate_limit: reader.switch("AUTH_RATE_LIMIT", !environment.is_development()),
            cookies: cookies(reader, http),
            first_admin: admin::first_admin(reader, builtin),
        }
    }
}

fn keys(reader: &mut Reader<'_>) -> KeyPolicy {
    let default = KeyPolicy::default();
    let algorithms = SigningAlgorithm::ALL.map(|algorithm| (algorithm.name(), algorithm));
    let days = |text: &str| text.parse().ok().filter(|days| (0..=3650).contains(days)).map(TimeDelta::days);
    let rotation = reader.parsed("JWT_KEY_ROTATION_DAYS", "days, from 1 to 3650, or 0 for never", days);
    KeyPolicy {
        algorithm: reader.choice("JWT_ALGORITHM", &algorithms, default.algorithm),
        rotated_after: rotation.filter(|days| !days.is_zero()),
        // At least as long as a JWT may be good.
        grace: lifetime(reader, "JWT_KEY_GRACE_DAYS", "days, from 1 to 3650", 3650, TimeDelta::days(1), 30),
    }
}

fn app_name(reader: &mut Reader<'_>) -> String {
    let expected = "1 to 100 characters without control characters";
    let name = reader.parsed("APP_NAME", expected, |text| text::single_line(text, rules::MAX_NAME_LENGTH).ok());
    name.unwrap_or("Hexado").to_owned()
}

fn lifetime(
    reader: &mut Reader<'_>,
    name: &'static str,
    expected: &str,
    most: i32,
    unit: TimeDelta,
    default: i32,
) -> TimeDelta {
    let parse = |text: &str| text.parse().ok().filter(|count| (1..=most).contains(count));
    unit * reader.parsed(name, expected, parse).unwrap_or(default)
}

fn step_up_max_age(reader: &mut Reader<'_>) -> TimeDelta {
    let seconds =
        |text: &str| text.parse().ok().filter(|seconds| (60..=86_400).contains(seconds)).map(TimeDelta::seconds);
    let max_age = reader.parsed("STEP_UP_MAX_AGE", "seconds, from 60 to 86400", seconds);
    max_age.unwrap_or(StepUpPolicy::default().max_age)
}

fn cookies(reader: &mut Reader<'_>, http: &Http) -> CookieOptions {
    let secure = http.public_origin.starts_with("https://");
    let choices = [("lax", SameSite::Lax), ("strict", SameSite::Strict), ("none", SameSite::None)];
    let same_site = reader.choice("COOKIE_SAME_SITE", &choices, SameSite::Lax);
    if same_site == SameSite::None && !secure {
        let problem = "is `none`, and browsers refuse such cookies from a server without https";
        reader.fault("COOKIE_SAME_SITE", problem, "set PUBLIC_URL to the https address, or take `lax`");
    }
    let plain = |text: &str| {
        let is_domain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b".-".contains(&b));
        is_domain.then(|| text.trim_start_matches('.').to_owned())
    };
    CookieOptions { secure, same_site, domain: reader.parsed("COOKIE_DOMAIN", "a domain such as example.com", plain) }
}
