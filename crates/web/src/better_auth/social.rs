//! Routes of foreign providers. None is configured here, and the answers are those of an instance without providers.

mod account_info;
mod get_access_token;
mod link_social;
mod refresh_token;
mod sign_in_social;

use actix_web::HttpResponse;
use hexado_domain::identity::IdentityError;
use utoipa_actix_web::service_config::ServiceConfig;

use super::error::WireError;
use super::input::Input;
use super::visit::Visit;

pub(super) fn register(config: &mut ServiceConfig<'_>) {
    config
        .service(sign_in_social::sign_in_social)
        .service(link_social::link_social)
        .service(get_access_token::get_access_token)
        .service(refresh_token::refresh_token)
        .service(account_info::account_info);
}

async fn no_such_account(visit: &Visit, mut input: Input) -> Result<HttpResponse, WireError> {
    input.optional_text("accountId");
    input.finish()?;
    visit.session().await?;
    Err(IdentityError::AccountNotFound.into())
}
