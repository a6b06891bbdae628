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
    let mut random = [0; 10];
    entropy.fill(&mut random);
    let millis = u64::try_from(clock.now().timestamp_millis()).unwrap_or_default();
    Builder::from_unix_timestamp_millis(millis, &random).into_uuid().to_string()
}

fn is_sane(id: &str) -> bool {
    let harmless = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.:".contains(&byte);
    (1..=MAX_LENGTH).contains(&id.len()) && id.bytes().all(harmless)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_ids_are_taken_over() {
        assert!(is_sane("8e03978e-40d5-43dd-bc93-6894a57f9324"));
        for refused in ["", "a b", "a\"b", "a\n", "ä", &"a".repeat(129)] {
            assert!(!is_sane(refused), "{refused:?}");
        }
    }
}
