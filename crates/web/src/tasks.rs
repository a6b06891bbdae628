//! The routes of tasks and their shares: one file a use case. Each serves two paths, the caller's tasks and those of the
//! user in the path.

mod complete;
mod create;
mod cursor;
mod delete;
mod input;
mod json;
mod list;
mod replace;
mod schemas;
mod shares;
mod show;
mod update;
mod view;

use crate::routes::Routes;

pub(crate) fn register(routes: &mut Routes<'_>) {
    routes
        .service(list::list_tasks)
        .service(create::create_task)
        .service(show::show_task)
        .service(replace::replace_task)
        .service(complete::complete_task)
        .service(update::update_task)
        .service(delete::delete_task)
        .configure(shares::register);
}
