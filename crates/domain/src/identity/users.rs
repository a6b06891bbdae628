//! What administrators do with users, and users with what is shown of themselves.

mod change;
mod error;
mod query;
pub mod rules;
mod service;

pub use change::{Act, Ban, Deleted, NewAccount, UserDeletion, UserEdit, UserPatch};
pub use error::UserError;
pub use query::{
    Comparison, CursorKey, FieldValue, Operator, SearchText, Start, UserCondition, UserCursor, UserField, UserQuery,
    UserSort,
};
pub use service::UserService;
pub(super) use service::delete;
