//! The verifier as the domain sees it, against keys and issuers of every sort.
#![expect(clippy::unwrap_used, reason = "what cannot be unwrapped fails the test")]

mod accepted;
mod claims;
mod form;
mod headers;
mod hs256;
mod key_sets;
mod options;
mod remote;
mod support;
mod vectors;
