//! Which adapter serves which port.

mod local_key;

pub(crate) use local_key::local_key;
