use std::cell::RefCell;

use actix_web::http::header::HeaderMap;
use hexado_domain::clock::Clock;
use hexado_domain::entropy::Entropy;
use uuid::Builder;

pub(super) const NAME: &str = "x-request-id";
const MAX_LENGTH: usize = 128;

/// The caller's own id when it is harmless in a log, else a new one (UUID version 7).
pub(super) fn request_id(headers: &HeaderMap, clock: &dyn Clock, entropy: &dyn Entropy) -> String {
    if let Some(inbound) = headers.get(NAME).and_then(|value| value.to_str().ok())
        && is_sane(inbound)
    {
        return inbound.to_owned();
    }
    let millis = u64::try_from(clock.now().timestamp_millis()).unwrap_or_default();
    Builder::from_unix_timestamp_millis(millis, &random(entropy)).into_uuid().to_string()
}

/// What one id needs. It is no secret.
type Random = [u8; 10];

struct Supply {
    random: [Random; 64],
    left: usize,
}

thread_local! {
    /// For the next ids of this thread: asking the operating system costs more than all else about an id.
    static SUPPLY: RefCell<Supply> = const { RefCell::new(Supply { random: [[0; 10]; 64], left: 0 }) };
}

fn random(entropy: &dyn Entropy) -> Random {
    SUPPLY.with_borrow_mut(|supply| {
        if supply.left == 0 {
            entropy.fill(supply.random.as_flattened_mut());
            supply.left = supply.random.len();
        }
        supply.left -= 1;
        supply.random[supply.left]
    })
}

fn is_sane(id: &str) -> bool {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=MAX_LENGTH).contains(&id.len()) && id.bytes().all(harmless)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn randomness_is_fetched_in_advance_and_used_once() {
        struct Counting(AtomicU64);
        impl Entropy for Counting {
            fn fill(&self, bytes: &mut [u8]) {
                for chunk in bytes.chunks_mut(10) {
                    chunk[..8].copy_from_slice(&self.0.fetch_add(1, Ordering::Relaxed).to_le_bytes());
                }
            }
        }
        let entropy = Counting(AtomicU64::new(0));
        let ids: BTreeSet<Random> = (0..200).map(|_| random(&entropy)).collect();
        assert_eq!((ids.len(), entropy.0.into_inner()), (200, 256));
    }

    #[test]
    fn only_harmless_ids_are_taken_over() {
        assert!(is_sane("8e03978e-40d5-43dd-bc93-6894a57f9324"));
        for refused in ["", "a b", "a\"b", "a\n", "ä", &"a".repeat(129)] {
            assert!(!is_sane(refused), "{refused:?}");
        }
    }
}
