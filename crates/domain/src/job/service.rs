use std::error::Error;
use std::sync::Arc;

use super::model::{Claim, ClaimedJob, Job};
use super::ports::JobQueue;
use super::rules::{LEASE, pause_after};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::mail::{MailError, Mailer};

/// Characters of an error that are kept with its job.
const KEPT_OF_ERROR: usize = 500;

/// Does what is queued.
pub struct JobService {
    queue: Arc<dyn JobQueue>,
    mailer: Arc<dyn Mailer>,
    clock: Arc<dyn Clock>,
}

impl JobService {
    pub fn new(queue: Arc<dyn JobQueue>, mailer: Arc<dyn Mailer>, clock: Arc<dyn Clock>) -> Self {
        Self { queue, mailer, clock }
    }

    /// Does the job that has been due longest, and tells whether there was one. An error is one of the queue; a job that
    /// fails is tried again later, or given up.
    pub async fn work_once(&self) -> Result<bool, StoreError> {
        let Some(ClaimedJob { claim, job }) = self.queue.claim(self.clock.now(), LEASE).await? else {
            return Ok(false);
        };
        match self.run(&job).await {
            Ok(()) => self.queue.finish(claim).await?,
            Err(MailError::Temporary(cause)) => self.retry(claim, &job, &*cause).await?,
            Err(MailError::Permanent(cause)) => self.bury(claim, &job, &*cause).await?,
        }
        Ok(true)
    }

    async fn run(&self, job: &Job) -> Result<(), MailError> {
        match job {
            Job::Mail(mail) => self.mailer.send(mail).await,
        }
    }

    async fn retry(&self, claim: Claim, job: &Job, cause: &(dyn Error + Send + Sync)) -> Result<(), StoreError> {
        let Some(pause) = pause_after(claim.attempt) else { return self.bury(claim, job, cause).await };
        let error = in_full(cause);
        tracing::warn!(job = claim.id.get(), kind = job.kind(), attempt = claim.attempt, error, "a job failed for now");
        self.queue.retry(claim, self.clock.now() + pause, &error).await
    }

    async fn bury(&self, claim: Claim, job: &Job, cause: &(dyn Error + Send + Sync)) -> Result<(), StoreError> {
        let error = in_full(cause);
        tracing::error!(job = claim.id.get(), kind = job.kind(), attempt = claim.attempt, error, "a job is given up");
        self.queue.bury(claim, self.clock.now(), &error).await
    }
}

/// The error and its causes on one line.
fn in_full(error: &(dyn Error + Send + Sync)) -> String {
    let causes = std::iter::successors(Some(error as &dyn Error), |&error| error.source());
    let text = causes.map(ToString::to_string).collect::<Vec<_>>().join(": ");
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(KEPT_OF_ERROR).collect()
}

#[cfg(test)]
mod tests {
    use super::super::model::JobId;
    use super::super::ports::MockJobQueue;
    use super::super::rules::MAX_ATTEMPTS;
    use super::*;
    use crate::mail::MockMailer;
    use crate::testing::FixedClock;
    use crate::testing::fixtures::{mail, noon};

    /// A queue that has one job, at that attempt.
    fn queue(attempt: u32) -> MockJobQueue {
        let mut queue = MockJobQueue::new();
        let claimed = ClaimedJob { claim: claim(attempt), job: Job::Mail(mail("ann")) };
        queue
            .expect_claim()
            .withf(|now, lease| *now == noon() && *lease == LEASE)
            .once()
            .return_once(move |_, _| Ok(Some(claimed)));
        queue
    }

    fn claim(attempt: u32) -> Claim {
        Claim { id: JobId::from_stored(7), attempt }
    }

    /// A mailer that is asked once, with the mail that is queued.
    fn mailer(answer: Result<(), MailError>) -> MockMailer {
        let mut mailer = MockMailer::new();
        mailer.expect_send().withf(|sent| *sent == mail("ann")).once().return_once(move |_| answer);
        mailer
    }

    fn service(queue: MockJobQueue, mailer: MockMailer) -> JobService {
        JobService::new(Arc::new(queue), Arc::new(mailer), Arc::new(FixedClock::at(noon())))
    }

    #[tokio::test]
    async fn a_job_that_is_done_is_removed() {
        let mut queue = queue(1);
        queue.expect_finish().withf(|done| *done == claim(1)).once().returning(|_| Ok(()));
        assert!(service(queue, mailer(Ok(()))).work_once().await.unwrap());
    }

    #[tokio::test]
    async fn an_empty_queue_is_no_work() {
        let mut queue = MockJobQueue::new();
        queue.expect_claim().once().returning(|_, _| Ok(None));
        assert!(!service(queue, MockMailer::new()).work_once().await.unwrap());
    }

    #[tokio::test]
    async fn a_job_that_fails_for_now_is_tried_again_later() {
        let mut queue = queue(3);
        queue
            .expect_retry()
            .withf(|failed, not_before, error| {
                let later = noon() + pause_after(3).unwrap();
                *failed == claim(3) && *not_before == later && error == "451 try  again"
            })
            .once()
            .returning(|_, _, _| Ok(()));
        let answer = Err(MailError::temporary("451 try\r\nagain"));
        assert!(service(queue, mailer(answer)).work_once().await.unwrap());
    }

    #[tokio::test]
    async fn a_job_that_was_tried_too_often_or_can_never_be_done_is_given_up() {
        for (attempt, error) in [(MAX_ATTEMPTS, MailError::temporary("no")), (1, MailError::permanent("no"))] {
            let mut queue = queue(attempt);
            queue
                .expect_bury()
                .withf(move |given_up, at, error| *given_up == claim(attempt) && *at == noon() && error == "no")
                .once()
                .returning(|_, _, _| Ok(()));
            assert!(service(queue, mailer(Err(error))).work_once().await.unwrap());
        }
    }

    #[tokio::test]
    async fn a_queue_that_does_not_answer_is_an_error() {
        let mut queue = MockJobQueue::new();
        queue.expect_claim().returning(|_, _| Err(StoreError::unavailable("down")));
        assert!(service(queue, MockMailer::new()).work_once().await.is_err());
    }

    #[test]
    fn an_error_is_kept_with_its_causes_on_one_bounded_line() {
        let nested = MailError::temporary(format!("line\n{}", "x".repeat(600)));
        let kept = in_full(&nested);
        assert!(kept.starts_with("the mail could not be sent now: line xxx"), "{kept}");
        assert_eq!(kept.chars().count(), KEPT_OF_ERROR);
    }
}
