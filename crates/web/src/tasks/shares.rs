//! The routes of shares: with whom a task is shared.

mod grant;
mod list;
mod revoke;
mod view;

use crate::routes::Routes;

pub(crate) fn register(routes: &mut Routes<'_>) {
    routes.service(list::list_shares).service(grant::share_task).service(revoke::unshare_task);
}
