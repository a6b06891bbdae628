use std::sync::Arc;

use hexado_domain::audit::AuditService;
use hexado_domain::clock::Clock;
use hexado_domain::housekeeping::HousekeepingService;
use hexado_domain::job::JobService;
use hexado_domain::mail::Mailer;
use hexado_local::{FileMailer, SystemClock};
use hexado_postgres::{Options, PgHousekeeping, PgJobQueue, Postgres};
use hexado_smtp::{Composer, SmtpMailer};

use super::audit_log;
use crate::config::Mail;

/// Connections for work in the background.
const CONNECTIONS: usize = 3;

/// What is done beside answering.
pub(crate) struct Background {
    /// `None` when no mail is sent: the only jobs there are.
    pub(crate) jobs: Option<Arc<JobService>>,
    pub(crate) housekeeping: Arc<HousekeepingService>,
    pub(crate) audit: AuditService,
}

/// With a pool of its own: it does not take connections from requests, nor does it lose those that end with the worker of
/// the web server that opened them.
pub(crate) fn background(mail: &Mail, database: &Options) -> Background {
    let mut options = database.clone();
    (options.pool_size, options.lanes) = (CONNECTIONS, 0);
    let postgres = Postgres::connect(options);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let queue = Arc::new(PgJobQueue::new(&postgres));
    let jobs = mailer(mail, &clock).map(|mailer| Arc::new(JobService::new(queue, mailer, Arc::clone(&clock))));
    let store = Arc::new(PgHousekeeping::new(&postgres));
    let housekeeping = Arc::new(HousekeepingService::new(store, clock));
    Background { jobs, housekeeping, audit: audit_log(&postgres) }
}

fn mailer(mail: &Mail, clock: &Arc<dyn Clock>) -> Option<Arc<dyn Mailer>> {
    match mail {
        Mail::Smtp { server, sender } => {
            let composer = Composer::new(sender.clone(), Arc::clone(clock));
            Some(Arc::new(SmtpMailer::new(server, composer)))
        }
        Mail::Files { folder, sender } => {
            let composer = Composer::new(sender.clone(), Arc::clone(clock));
            let format = Box::new(move |mail: &_| composer.bytes(mail));
            Some(Arc::new(FileMailer::new(folder.clone(), format, Arc::clone(clock))))
        }
        Mail::Off => None,
    }
}
