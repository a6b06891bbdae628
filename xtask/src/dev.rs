//! `cargo xtask dev`: the server on its private Postgres, demo users, and what is needed to try it.

use std::net::{Ipv4Addr, TcpListener};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::process::Child;
use tokio::time::sleep;

use crate::product::Hexado;
use crate::signals::Signals;
use crate::{environment, http, process};

pub(crate) fn run() -> Result<ExitCode> {
    let port = port()?;
    let hexado = Hexado::build()?;
    // Some other server there would be taken for ours.
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
        .with_context(|| format!("port {port} is taken: stop the program that uses it, or set PORT to another one"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(serve(&hexado, port))
}

/// Runs the server until it ends or the user wants it to.
async fn serve(hexado: &Hexado, port: u16) -> Result<ExitCode> {
    let mut signals = Signals::listen()?;
    let mut server = start(hexado)?;
    tokio::select! {
        ended = server.wait() => return Ok(process::exit_code(ended?)),
        () = signals.next() => return stop(&mut server, &mut signals).await,
        ready = wait_until_ready(port) => ready?,
    }
    // A signal from the terminal ends these short commands as well.
    let welcome = match welcome(hexado, port) {
        Ok(welcome) => welcome,
        Err(error) => {
            stop(&mut server, &mut signals).await?;
            return Err(error);
        }
    };
    println!("{welcome}");
    tokio::select! {
        ended = server.wait() => Ok(process::exit_code(ended?)),
        () = signals.next() => stop(&mut server, &mut signals).await,
    }
}

fn start(hexado: &Hexado) -> Result<Child> {
    let mut run = tokio::process::Command::from(hexado.command(&["run"]));
    // A process group of its own: the terminal's Ctrl-C reaches us alone, and the server gets one signal, not two.
    run.process_group(0).spawn().context("cannot start the server")
}

/// Asks the server to stop and waits for that. Further signals are passed on: the second one ends the server's patience.
async fn stop(server: &mut Child, signals: &mut Signals) -> Result<ExitCode> {
    while let Some(pid) = server.id() {
        process::run(&mut process::command("kill", &["-TERM", &pid.to_string()]))?;
        tokio::select! {
            ended = server.wait() => return Ok(process::exit_code(ended?)),
            () = signals.next() => {}
        }
    }
    Ok(process::exit_code(server.wait().await?))
}

/// Without a limit: the server tells what it is waiting for, and the user can stop it.
async fn wait_until_ready(port: u16) -> Result<()> {
    let is_ready = move || http::request(port, "GET", "/health/ready", "", "").is_ok_and(|(status, _)| status == 200);
    while !tokio::task::spawn_blocking(is_ready).await? {
        sleep(Duration::from_millis(100)).await;
    }
    Ok(())
}

/// Makes the demo users, and answers what to tell about them.
fn welcome(hexado: &Hexado, port: u16) -> Result<String> {
    // Their reports would stand between the server's and ours.
    let quietly = |args: &[&str]| process::output(hexado.command(args).env("RUST_LOG", "warn"));
    let users = quietly(&["db", "seed"])?;
    let token = quietly(&["token"])?;
    Ok(render_welcome(port, &users, token.trim()))
}

/// `users` has a line for each user who can sign in.
fn render_welcome(port: u16, users: &str, token: &str) -> String {
    let origin = format!("http://localhost:{port}");
    let users: String = users.lines().map(|user| format!("  {user}\n")).collect();
    let users =
        if users.is_empty() { users } else { format!("\nDemo users, who sign in with these passwords:\n{users}") };
    format!(
        "
Hexado runs on {origin}. Ctrl-C stops it.

Swagger UI:
  {origin}/docs
{users}
A token of the demo user, for the button `Authorize` of Swagger UI:
  {token}

The demo user's tasks:
  curl -H \"Authorization: Bearer {token}\" {origin}/api/v1/tasks
"
    )
}

/// The port that the server will listen on.
fn port() -> Result<u16> {
    let Some(port) = environment::server_variable("PORT") else { return Ok(8000) };
    port.trim().parse().with_context(|| format!("PORT is `{port}`: it must be a number from 1 to 65535"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_welcome_has_one_line_that_can_be_pasted() {
        let welcome = render_welcome(8001, "", "a.b.c");
        let expected = "curl -H \"Authorization: Bearer a.b.c\" http://localhost:8001/api/v1/tasks";
        assert!(welcome.lines().any(|line| line.trim() == expected), "{welcome}");
        assert!(welcome.contains("http://localhost:8001/docs\n\nA token"), "{welcome}");
    }

    #[test]
    fn the_welcome_names_who_can_sign_in() {
        let welcome = render_welcome(8001, "ann@example.com one\nbob@example.com two\n", "a.b.c");
        let expected = "with these passwords:\n  ann@example.com one\n  bob@example.com two\n\nA token";
        assert!(welcome.contains(expected), "{welcome}");
    }
}
