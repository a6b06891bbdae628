//! The routes of users: one file a use case.

mod ban;
mod delete;
mod input;
mod list;
mod schemas;
mod set_role;
mod show;
mod unban;
mod update;
mod view;

use crate::routes::Routes;

pub(crate) fn register(routes: &mut Routes<'_>) {
    routes
        .service(list::list_users)
        .service(show::show_user)
        .service(update::update_user)
        .service(delete::delete_user)
        .service(set_role::set_role)
        .service(ban::ban_user)
        .service(unban::unban_user);
}
