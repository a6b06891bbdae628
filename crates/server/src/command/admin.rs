use std::io::{self, BufRead as _, Read as _, Write as _};

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, Subcommand};
use hexado_domain::identity::rules::MAX_NAME_LENGTH;
use hexado_domain::identity::{Email, IdentityError, NewAdmin, Password, User, random};
use hexado_domain::text;
use hexado_local::OsEntropy;
use hexado_postgres::Postgres;
use secrecy::zeroize::Zeroizing;

use super::block_on;
use crate::config::{self, AdminConfig, DEFAULT_ADMIN_NAME, Settings};
use crate::telemetry::{self, Output};
use crate::wire::{self, DatabaseServer, schema};

/// Characters of a password that is made here: 142 bits.
const GENERATED: usize = 24;

/// Bytes of standard input that are looked at. No password has more, whatever its characters.
const LONGEST_LINE: u64 = 1024;

#[derive(Debug, Subcommand)]
pub(super) enum AdminCommand {
    /// Make a user who may do everything
    ///
    /// The password is the first line of standard input with --password-stdin, else that of ADMIN_PASSWORD; without either
    /// one is made and printed, this once.
    Create(CreateArgs),
}

#[derive(Debug, Args)]
pub(super) struct CreateArgs {
    /// E-mail address to sign in with; it counts as verified
    #[arg(long, value_parser = parse_email)]
    email: Email,
    #[arg(long, default_value = DEFAULT_ADMIN_NAME, value_parser = parse_name)]
    name: String,
    /// Read the password from standard input
    #[arg(long)]
    password_stdin: bool,
}

pub(super) fn execute(command: AdminCommand) -> Result<()> {
    match command {
        AdminCommand::Create(args) => create(args),
    }
}

fn create(args: CreateArgs) -> Result<()> {
    let config = config::read(&Settings::load()?, AdminConfig::read)?.value;
    ensure!(config.builtin_identity, "nobody signs in here: IDENTITY is external, and another server keeps the users");
    let is_generated = !args.password_stdin && config.password.is_none();
    let password = match &config.password {
        _ if args.password_stdin => from_stdin()?,
        Some(given) => given.clone(),
        None => generated()?,
    };
    let admin = NewAdmin { name: args.name, email: args.email, password };
    let _telemetry = telemetry::start(&config.logs, Output::Result)?;
    block_on(async {
        let database = DatabaseServer::start(&config.database).await?;
        let made = store(&config, &database, &admin).await;
        database.stop().await?;
        report(&made?, is_generated.then_some(&admin.password))
    })
}

async fn store(config: &AdminConfig, database: &DatabaseServer, admin: &NewAdmin) -> Result<User> {
    schema::ensure(&database.direct, config.database.migrate).await?;
    let admins = wire::admins(&Postgres::connect(database.options.clone()))?;
    match admins.create(admin).await {
        Err(IdentityError::EmailTaken) => bail!("another user has the e-mail address {}", admin.email.as_str()),
        made => Ok(made?),
    }
}

fn report(made: &User, password: Option<&Password>) -> Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{} is an admin", made.email)?;
    if let Some(password) = password {
        writeln!(out, "password: {}", password.expose())?;
    }
    Ok(())
}

/// The first line, without its end.
fn from_stdin() -> Result<Password> {
    let mut line = Zeroizing::new(String::new());
    io::stdin().lock().take(LONGEST_LINE).read_line(&mut line).context("standard input cannot be read as text")?;
    let password = line.trim_end_matches(['\r', '\n']);
    ensure!(!password.is_empty(), "there is no password on standard input");
    Password::parse_new(password).context("a password has 8 to 128 characters")
}

fn generated() -> Result<Password> {
    let text = Zeroizing::new(random::text(&OsEntropy, random::LETTERS_AND_DIGITS, GENERATED));
    Ok(Password::parse_new(&text)?)
}

fn parse_email(text: &str) -> Result<Email, &'static str> {
    Email::parse(text).filter(|email| !email.is_placeholder()).ok_or("write an address such as ann@example.com")
}

fn parse_name(text: &str) -> Result<String, String> {
    text::single_line(text, MAX_NAME_LENGTH).map(str::to_owned).map_err(|fault| format!("it {fault}"))
}
