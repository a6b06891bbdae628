//! The contract of [`JobQueue`], run against every adapter with [`job_queue_clauses!`](crate::job_queue_clauses), on an empty
//! queue. How jobs get in is not part of the port: each adapter gives a [`Bench`] of its own.
#![expect(clippy::unwrap_used, clippy::missing_panics_doc, reason = "a clause fails by a panic")]

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use super::fixtures::{mail, noon};
use super::task_store_contract::join_all;
use crate::job::{Claim, ClaimedJob, Job, JobQueue, NewJob};

/// Calls a macro with the names of all clauses.
#[macro_export]
macro_rules! job_queue_clauses {
    ($tests:ident) => {
        $tests! {
            a_job_is_claimed_as_it_was_queued
            a_job_is_not_claimed_before_its_time
            the_job_that_has_been_due_longest_comes_first
            a_claimed_job_comes_back_when_its_lease_has_run_out
            a_finished_job_never_comes_back
            a_job_given_back_comes_again_at_its_time
            a_buried_job_never_comes_back
            a_claim_that_has_ended_can_only_finish
            of_many_claims_at_once_none_get_the_same_job
        }
    };
}

/// A queue, and the adapter's way to put jobs into it.
#[async_trait]
pub trait Bench: Send + Sync {
    fn queue(&self) -> &dyn JobQueue;
    async fn enqueue(&self, jobs: &[NewJob]);
}

const LEASE: TimeDelta = TimeDelta::minutes(2);

fn second(number: i64) -> DateTime<Utc> {
    noon() + TimeDelta::seconds(number)
}

fn job(name: &str, not_before: DateTime<Utc>) -> NewJob {
    NewJob::mail(mail(name), not_before)
}

async fn claim(bench: &dyn Bench, now: DateTime<Utc>) -> Option<ClaimedJob> {
    bench.queue().claim(now, LEASE).await.unwrap()
}

/// Claims the only job.
async fn take(bench: &dyn Bench, now: DateTime<Utc>) -> Claim {
    claim(bench, now).await.unwrap().claim
}

pub async fn a_job_is_claimed_as_it_was_queued(bench: &dyn Bench) {
    bench.enqueue(&[job("ann", noon())]).await;
    let claimed = claim(bench, noon()).await.unwrap();
    assert_eq!((claimed.job, claimed.claim.attempt), (Job::Mail(mail("ann")), 1));
    assert_eq!(claim(bench, noon()).await, None);
}

pub async fn a_job_is_not_claimed_before_its_time(bench: &dyn Bench) {
    bench.enqueue(&[job("ann", second(1))]).await;
    assert_eq!(claim(bench, noon()).await, None);
    assert!(claim(bench, second(1)).await.is_some());
}

pub async fn the_job_that_has_been_due_longest_comes_first(bench: &dyn Bench) {
    bench.enqueue(&[job("three", second(3)), job("one", second(1))]).await;
    bench.enqueue(&[job("two", second(2)), job("two", second(2))]).await;
    let mut names = Vec::new();
    while let Some(ClaimedJob { job: Job::Mail(mail), .. }) = claim(bench, second(9)).await {
        names.push(mail.to.as_str().to_owned());
    }
    assert_eq!(names, ["one@example.com", "two@example.com", "two@example.com", "three@example.com"]);
}

pub async fn a_claimed_job_comes_back_when_its_lease_has_run_out(bench: &dyn Bench) {
    bench.enqueue(&[job("ann", noon())]).await;
    let first = take(bench, noon()).await;
    assert_eq!(claim(bench, noon() + LEASE - TimeDelta::milliseconds(1)).await, None);
    let second = take(bench, noon() + LEASE).await;
    assert_eq!((second.id, first.attempt, second.attempt), (first.id, 1, 2));
}

pub async fn a_finished_job_never_comes_back(bench: &dyn Bench) {
    bench.enqueue(&[job("ann", noon())]).await;
    let done = take(bench, noon()).await;
    bench.queue().finish(done).await.unwrap();
    assert_eq!(claim(bench, noon() + LEASE).await, None);
    bench.queue().finish(done).await.unwrap();
}

pub async fn a_job_given_back_comes_again_at_its_time(bench: &dyn Bench) {
    bench.enqueue(&[job("ann", noon())]).await;
    let failed = take(bench, noon()).await;
    bench.queue().retry(failed, second(10), "451 later").await.unwrap();
    assert_eq!(claim(bench, second(9)).await, None);
    assert_eq!(take(bench, second(10)).await, Claim { attempt: 2, ..failed });
}

pub async fn a_buried_job_never_comes_back(bench: &dyn Bench) {
    bench.enqueue(&[job("ann", noon())]).await;
    let refused = take(bench, noon()).await;
    bench.queue().bury(refused, second(1), "550 no such user").await.unwrap();
    assert_eq!(claim(bench, noon() + LEASE).await, None);
}

pub async fn a_claim_that_has_ended_can_only_finish(bench: &dyn Bench) {
    bench.enqueue(&[job("ann", noon())]).await;
    let ended = take(bench, noon()).await;
    let (later, much_later) = (noon() + LEASE, noon() + LEASE + LEASE);
    take(bench, later).await;
    bench.queue().bury(ended, later, "late").await.unwrap();
    bench.queue().retry(ended, later, "late").await.unwrap();
    assert_eq!(claim(bench, later).await, None);
    assert!(claim(bench, much_later).await.is_some());
    bench.queue().finish(ended).await.unwrap();
    assert_eq!(claim(bench, much_later + LEASE).await, None);
}

pub async fn of_many_claims_at_once_none_get_the_same_job(bench: &dyn Bench) {
    let jobs: Vec<_> = (0..20).map(|number| job(&format!("user{number}"), noon())).collect();
    bench.enqueue(&jobs).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        let claimed = join_all((0..8).map(|_| claim(bench, noon()))).await;
        ids.extend(claimed.into_iter().flatten().map(|job| job.claim.id));
    }
    assert_eq!(ids.len(), 20);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 20);
}

lists_every_clause!(job_queue_clauses, "job_queue_contract.rs");
