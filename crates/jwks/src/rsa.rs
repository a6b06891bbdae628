//! What an RSA key must satisfy before it is trusted with a signature.

/// RFC 7518, section 3.3.
const MIN_BITS: usize = 2048;

/// Primes for which the powers of 65537 are not all residues but zero.
const MARKERS: [u32; 17] = [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157];

/// Both numbers are big-endian and without leading zeros. The error says what is wrong.
pub(crate) fn check(modulus: &[u8], exponent: &[u8]) -> Result<(), &'static str> {
    if bits(modulus) < MIN_BITS {
        return Err("its modulus has fewer than 2048 bits");
    }
    if matches!(exponent, [] | [0..=2]) {
        return Err("its exponent is too small");
    }
    if is_roca(modulus) {
        return Err("it comes from a generator whose keys can be broken (CVE-2017-15361)");
    }
    Ok(())
}

fn bits(number: &[u8]) -> usize {
    number.first().map_or(0, |first| number.len() * 8 - first.leading_zeros() as usize)
}

/// Whether `modulus` is a power of 65537 for each marker, as the products of the primes that the generator chose are. Of
/// other keys one in a hundred million is taken for such a one.
fn is_roca(modulus: &[u8]) -> bool {
    MARKERS.iter().all(|&prime| powers_of_65537(prime).any(|power| power == residue(modulus, prime)))
}

fn residue(number: &[u8], prime: u32) -> u32 {
    number.iter().fold(0, |residue, &byte| (residue * 256 + u32::from(byte)) % prime)
}

/// Each of them once.
fn powers_of_65537(prime: u32) -> impl Iterator<Item = u32> {
    std::iter::successors(Some(1), move |power| Some(power * 65537 % prime).filter(|next| *next != 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_counted_from_the_first_that_is_set() {
        for (number, expected) in [(&[][..], 0), (&[1], 1), (&[0x80], 8), (&[1, 0], 9), (&[0xff; 256], 2048)] {
            assert_eq!(bits(number), expected, "{number:?}");
        }
    }

    #[test]
    fn residues_are_those_of_the_whole_number() {
        assert_eq!(residue(&0x1234_5678_9abc_def0_u64.to_be_bytes(), 157), (0x1234_5678_9abc_def0_u64 % 157) as u32);
    }

    #[test]
    fn every_marker_has_residues_that_are_no_power() {
        for prime in MARKERS {
            assert!(powers_of_65537(prime).count() < prime as usize - 1, "{prime}");
        }
    }
}
