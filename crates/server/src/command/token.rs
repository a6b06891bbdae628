use std::io::{self, Write as _};

use anyhow::{Context, Result, bail, ensure};
use chrono::TimeDelta;
use clap::Args;
use hexado_crypto::{Claims, sign_hs256};
use hexado_domain::clock::Clock as _;
use hexado_domain::id::UserId;
use hexado_local::SystemClock;

use crate::config::{self, Config, ExpectedClaims, Hs256, Settings};
use crate::demo::{DEMO_USER, DEMO_USERS};
use crate::wire::local_key;

#[derive(Debug, Args)]
pub(super) struct TokenArgs {
    /// Id of the user that the token stands for; a user that does not exist is made when the token is first used
    #[arg(long, default_value = DEMO_USER.id)]
    sub: String,
    /// E-mail address of the user [default: the demo user's own]
    #[arg(long)]
    email: Option<String>,
    /// Name of the user [default: the demo user's own]
    #[arg(long)]
    name: Option<String>,
    /// How long the token is good, as in 90s, 15m, 12h or 7d
    #[arg(long, default_value = "7d", value_parser = parse_duration)]
    expires_in: TimeDelta,
}

/// Prints a token that a development server with the same configuration accepts.
pub(super) fn execute(args: TokenArgs) -> Result<()> {
    let config = config::read(&Settings::load()?, Config::read)?.value;
    ensure!(
        config.environment.is_development(),
        "tokens are made in development only, and ENVIRONMENT is {}: get one from the issuer",
        config.environment.name()
    );
    writeln!(io::stdout(), "{}", sign(&config, args)?)?;
    Ok(())
}

fn sign(config: &Config, args: TokenArgs) -> Result<String> {
    let Config { tokens, http, data_dir, .. } = config;
    let own = ExpectedClaims::all(&http.public_origin);
    if tokens.by_local_key() {
        return Ok(local_key(data_dir)?.sign(&claims(&own, &http.public_origin, args)?)?);
    }
    let Some(Hs256 { secret, claims: expected }) = &tokens.hs256 else {
        bail!("the server accepts the tokens of the issuer at JWKS_URL only, and only that one can sign them");
    };
    Ok(sign_hs256(secret, &claims(expected.as_ref().unwrap_or(&own), &http.public_origin, args)?))
}

fn claims(expected: &ExpectedClaims, public_origin: &str, args: TokenArgs) -> Result<Claims> {
    let demo_user = DEMO_USERS.into_iter().find(|user| user.id == args.sub);
    let or_own = |value: &Option<String>| value.clone().unwrap_or_else(|| public_origin.to_owned());
    let issued_at = SystemClock.now();
    Ok(Claims {
        subject: UserId::parse(&args.sub).context("--sub is not an id: 1 to 255 bytes, and no control characters")?,
        email: args.email.or(demo_user.map(|user| user.email.to_owned())),
        name: args.name.or(demo_user.map(|user| user.name.to_owned())),
        issuer: or_own(&expected.issuer),
        audience: or_own(&expected.audience),
        issued_at,
        expires_at: issued_at.checked_add_signed(args.expires_in).context("--expires-in is too long")?,
    })
}

/// A number with a unit: `s`, `m`, `h` or `d`.
fn parse_duration(text: &str) -> Result<TimeDelta, &'static str> {
    const REMEDY: &str = "write a number and a unit, as in 90s, 15m, 12h or 7d";
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number = digits.parse().ok().filter(|number| *number > 0).ok_or(REMEDY)?;
    let duration = match &text[digits.len()..] {
        "s" => TimeDelta::try_seconds(number),
        "m" => TimeDelta::try_minutes(number),
        "h" => TimeDelta::try_hours(number),
        "d" => TimeDelta::try_days(number),
        _ => None,
    };
    duration.ok_or(REMEDY)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_a_unit() {
        assert_eq!(parse_duration("90s"), Ok(TimeDelta::seconds(90)));
        assert_eq!(parse_duration("15m"), Ok(TimeDelta::minutes(15)));
        assert_eq!(parse_duration("12h"), Ok(TimeDelta::hours(12)));
        assert_eq!(parse_duration("7d"), Ok(TimeDelta::days(7)));
        for refused in ["", "7", "d", "0d", "-1d", "1.5h", "7w", "7days", "9223372036854775807d", "٣d"] {
            assert!(parse_duration(refused).is_err(), "{refused}");
        }
    }
}
