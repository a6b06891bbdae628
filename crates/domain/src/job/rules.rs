//! How often, and how long, a job is tried.

use chrono::TimeDelta;

/// For how long a job is claimed: longer than the longest that one may take ([`Mailer`](crate::mail::Mailer)).
pub const LEASE: TimeDelta = TimeDelta::minutes(2);

/// After so many attempts, which is about a day, a job is given up.
pub const MAX_ATTEMPTS: u32 = 100;

const FIRST_PAUSE: TimeDelta = TimeDelta::seconds(10);
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(15);

/// How long to wait after so many attempts have failed, twice as long each time; `None` when it is time to give up.
pub fn pause_after(attempts: u32) -> Option<TimeDelta> {
    if attempts >= MAX_ATTEMPTS {
        return None;
    }
    let doubled = 2_i32.checked_pow(attempts.saturating_sub(1)).and_then(|times| FIRST_PAUSE.checked_mul(times));
    Some(doubled.map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_quarter_of_an_hour_and_then_it_ends() {
        let seconds = |attempts| pause_after(attempts).map(|pause| pause.num_seconds());
        let expected = [
            (0, Some(10)),
            (1, Some(10)),
            (2, Some(20)),
            (3, Some(40)),
            (7, Some(640)),
            (8, Some(900)),
            (50, Some(900)),
            (99, Some(900)),
            (100, None),
            (u32::MAX, None),
        ];
        for (attempts, pause) in expected {
            assert_eq!(seconds(attempts), pause, "{attempts}");
        }
    }

    #[test]
    fn a_job_is_tried_for_about_a_day() {
        let total: TimeDelta = (1..MAX_ATTEMPTS).filter_map(pause_after).sum();
        assert_eq!(total.num_hours(), 23);
    }
}
