//! The routes of blocked addresses.

mod create;
mod delete;
mod input;
mod list;
mod schemas;
mod view;

use crate::routes::Routes;

pub(crate) fn register(routes: &mut Routes<'_>) {
    routes.service(list::list_blocks).service(create::create_block).service(delete::delete_block);
}
