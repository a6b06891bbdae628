//! How long texts may be, in characters (Unicode scalar values).

pub(super) const NAME: usize = hexado_domain::identity::rules::MAX_NAME_LENGTH;
pub(super) const IMAGE: usize = 500;
/// The store's own have 32.
pub(super) const ID: usize = 255;
