use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::AstPass;
use diesel::sql_types::{Array, Text};
use hexado_domain::id::UserId;
use hexado_domain::task::share::Sharing;

/// A write of a task that tells others than its owner too: those whom it is shared with.
pub(super) struct Told<'a, W> {
    pub(super) write: W,
    viewers: Vec<&'a str>,
}

impl<'a, W> Told<'a, W> {
    pub(super) fn of(write: W, sharing: &'a Sharing) -> Self {
        Self { write, viewers: sharing.viewers().map(UserId::as_str).collect() }
    }

    pub(super) fn push_viewers<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_bind_param_value_only::<Array<Text>, _>(&self.viewers)
    }
}
