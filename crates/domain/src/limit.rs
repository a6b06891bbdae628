//! How many requests one user, or one address, may make.
//!
//! The algorithm is the generic cell rate algorithm: a bucket of `limit` requests that refills evenly over `period`. Its whole
//! state is one moment, the *theoretical arrival time*: when the bucket will be full again.

use std::net::{IpAddr, Ipv6Addr};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};

use crate::error::StoreError;
use crate::id::UserId;

/// How many requests in how much time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Tells quotas of one subject apart.
    pub name: &'static str,
    /// Requests in a full bucket; at least 1.
    pub limit: u32,
    /// How long an empty bucket takes to fill.
    pub period: TimeDelta,
}

/// Who is limited.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Subject {
    User(UserId),
    Address(Network),
}

/// The network that one customer of a provider has: an IPv4 address, or the first 64 bits of an IPv6 address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Network(IpAddr);

impl Network {
    pub fn of(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                Self(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0).into())
            }
            v4 => Self(v4),
        }
    }

    pub fn address(self) -> IpAddr {
        self.0
    }
}

/// How a subject stands with a quota.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    pub quota: Quota,
    /// Requests that would be allowed right now.
    pub remaining: u32,
    /// Until the bucket is full again.
    pub reset: TimeDelta,
    /// Until the next request is allowed, when this one is not.
    pub retry_after: Option<TimeDelta>,
}

impl Standing {
    pub fn is_allowed(&self) -> bool {
        self.retry_after.is_none()
    }
}

/// Counts requests.
#[cfg_attr(any(test, feature = "testing"), mockall::automock)]
#[async_trait]
pub trait RateLimiter: Send + Sync {
    /// Counts one request of `subject`, if it is allowed.
    async fn charge(&self, subject: &Subject, quota: &Quota) -> Result<Standing, StoreError>;

    /// Whether a request of `subject` would be allowed; counts nothing.
    async fn peek(&self, subject: &Subject, quota: &Quota) -> Result<Standing, StoreError>;
}

/// The bucket after one more request, as its theoretical arrival time (`None` for a full one), and how its subject stands.
/// A request that is not allowed leaves the bucket as it was.
pub fn charge(arrival: Option<DateTime<Utc>>, quota: &Quota, now: DateTime<Utc>) -> (Option<DateTime<Utc>>, Standing) {
    let begin = arrival.unwrap_or(now).max(now);
    let next = begin + interval(quota);
    if next - now > quota.period {
        let retry_after = Some(next - now - quota.period);
        return (arrival, Standing { retry_after, ..stand(arrival, quota, now) });
    }
    (Some(next), stand(Some(next), quota, now))
}

/// How the subject of a bucket stands before its next request.
pub fn peek(arrival: Option<DateTime<Utc>>, quota: &Quota, now: DateTime<Utc>) -> Standing {
    let (_, charged) = charge(arrival, quota, now);
    Standing { retry_after: charged.retry_after, ..stand(arrival, quota, now) }
}

fn stand(arrival: Option<DateTime<Utc>>, quota: &Quota, now: DateTime<Utc>) -> Standing {
    let reset = (arrival.unwrap_or(now) - now).max(TimeDelta::zero());
    let micros = |time: TimeDelta| time.num_microseconds().unwrap_or(i64::MAX);
    let free = micros(quota.period - reset) / micros(interval(quota)).max(1);
    let remaining = u32::try_from(free.max(0)).unwrap_or(quota.limit).min(quota.limit);
    Standing { quota: *quota, remaining, reset, retry_after: None }
}

fn interval(quota: &Quota) -> TimeDelta {
    quota.period / i32::try_from(quota.limit.max(1)).unwrap_or(i32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fixtures::noon;

    const QUOTA: Quota = Quota { name: "test", limit: 3, period: TimeDelta::seconds(60) };

    #[test]
    fn a_full_bucket_allows_its_limit_at_once_and_then_one_an_interval() {
        let mut bucket = None;
        let mut now = noon();
        for remaining in [2, 1, 0] {
            let (next, standing) = charge(bucket, &QUOTA, now);
            assert!(standing.is_allowed());
            assert_eq!(standing.remaining, remaining);
            bucket = next;
        }
        let (unchanged, refused) = charge(bucket, &QUOTA, now);
        assert_eq!((unchanged, refused.retry_after), (bucket, Some(TimeDelta::seconds(20))));
        now += TimeDelta::seconds(20);
        assert!(charge(bucket, &QUOTA, now).1.is_allowed());
        now += TimeDelta::seconds(60);
        assert_eq!(peek(bucket, &QUOTA, now).remaining, 3);
    }

    #[test]
    fn peeking_counts_nothing() {
        let (one, _) = charge(None, &QUOTA, noon());
        assert_eq!(peek(one, &QUOTA, noon()), peek(one, &QUOTA, noon()));
        assert_eq!(peek(one, &QUOTA, noon()).remaining, 2);
        assert_eq!(peek(None, &QUOTA, noon()).reset, TimeDelta::zero());
    }

    #[test]
    fn the_addresses_of_one_customer_are_one_network() {
        let network = |address: &str| Network::of(address.parse().unwrap());
        assert_eq!(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2:ffff::1"));
        assert_ne!(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
        assert_eq!(network("::ffff:192.0.2.1"), network("192.0.2.1"));
        assert_ne!(network("192.0.2.1"), network("192.0.2.2"));
    }
}
