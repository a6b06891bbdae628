//! What the server does beside answering.

use std::sync::Arc;
use std::time::Duration;

use hexado_domain::audit::AuditService;
use hexado_domain::housekeeping::{self, HousekeepingService};
use hexado_domain::job::JobService;
use hexado_web::Application;
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::stop::Stop;
use crate::wire::Background;

/// How many jobs an instance does at once. One that waits for a slow mail server does not hold up the others.
const WORKERS: usize = 2;

/// How often it is looked whether there is something to do.
const PAUSE: Duration = Duration::from_secs(1);

/// How often it is told what was refused to strangers.
const REFUSALS: Duration = Duration::from_secs(60);

/// How long jobs that have begun are waited for when the server stops. Others do what is left when its lease has run out.
const LAST_WORK: Duration = Duration::from_secs(5);

/// Work that goes on until the server is told to stop.
#[derive(Default)]
pub(super) struct Running(JoinSet<()>);

impl Running {
    /// `mails`: whether there could be any.
    pub(super) fn start(&mut self, background: Background, mails: bool, stop: &Stop) {
        let Background { jobs, housekeeping, audit } = background;
        self.0.spawn(tidy_up(housekeeping, stop.clone()));
        self.0.spawn(chain(audit, stop.clone()));
        let Some(jobs) = jobs else {
            if mails {
                tracing::warn!("no mail is sent: SMTP_URL is not set");
            }
            return;
        };
        for _ in 0..WORKERS {
            self.0.spawn(work(Arc::clone(&jobs), stop.clone()));
        }
    }

    /// Has what is refused to strangers written to the log.
    pub(super) fn tell_refusals(&mut self, application: Application, stop: &Stop) {
        self.0.spawn(tell_refusals(application, stop.clone()));
    }

    /// Waits for what has begun, but not for long. To be called when the server has been told to stop.
    pub(super) async fn end(mut self) {
        let ended = async { while self.0.join_next().await.is_some() {} };
        if timeout(LAST_WORK, ended).await.is_err() {
            tracing::warn!("a job has begun and is not done: it is done again later");
        }
        self.0.shutdown().await;
    }
}

/// Does job after job, and brings the last one to its end.
async fn work(jobs: Arc<JobService>, mut stop: Stop) {
    let mut answers = true;
    while !stop.is_requested() {
        let worked = jobs.work_once().await;
        // Once for each change of state, not once for each attempt.
        match &worked {
            Err(error) if answers => tracing::warn!(?error, "queued jobs have to wait"),
            Ok(_) if !answers => tracing::info!("queued jobs are done again"),
            _ => {}
        }
        answers = worked.is_ok();
        if !matches!(worked, Ok(true)) {
            let _ = timeout(PAUSE, stop.requested()).await;
        }
    }
}

async fn tidy_up(housekeeping: Arc<HousekeepingService>, mut stop: Stop) {
    let interval = housekeeping::INTERVAL.to_std().unwrap_or(Duration::from_secs(600));
    while !stop.is_requested() {
        tokio::select! {
            () = housekeeping.tidy_up() => {}
            () = stop.requested() => return,
        }
        let _ = timeout(interval, stop.requested()).await;
    }
}

/// Gives records of the audit log their places in its chain.
async fn chain(audit: AuditService, mut stop: Stop) {
    let mut answers = true;
    while !stop.is_requested() {
        let chained = audit.chain().await;
        match &chained {
            Err(error) if answers => tracing::warn!(?error, "audit records have to wait for their places in the chain"),
            Ok(_) if !answers => tracing::info!("audit records get their places in the chain again"),
            _ => {}
        }
        answers = chained.is_ok();
        if !matches!(chained, Ok(1..)) {
            let _ = timeout(PAUSE, stop.requested()).await;
        }
    }
}

async fn tell_refusals(application: Application, mut stop: Stop) {
    while !stop.is_requested() {
        let _ = timeout(REFUSALS, stop.requested()).await;
        application.tell_refusals();
    }
}
