use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Timestamptz};
use hexado_domain::identity::{PasswordHash, Registration};
use hexado_domain::job::NewJob;

use crate::jobs::NewJobs;
use crate::sessions::BegunSession;
use crate::statement::prepared_once;

/// Stores a user who signs up, with all that belongs to that, or nothing; returns the user's id.
pub(crate) struct Register<'a> {
    registration: &'a Registration,
    unless_admin: bool,
    hash: Option<&'a str>,
    session: BegunSession<'a>,
    jobs: NewJobs,
}

impl<'a> Register<'a> {
    pub(crate) fn of(registration: &'a Registration) -> Self {
        let mail = registration.mail.clone().map(|mail| NewJob::mail(mail, registration.at));
        Self {
            registration,
            unless_admin: false,
            hash: registration.hash.as_ref().map(PasswordHash::as_str),
            session: BegunSession::of_option(registration.session.as_ref()),
            jobs: NewJobs::of(mail.as_slice()),
        }
    }

    /// Only where there is no admin.
    pub(crate) fn first_admin(registration: &'a Registration) -> Self {
        Self { unless_admin: true, ..Self::of(registration) }
    }
}

prepared_once!(Register -> Text);

impl QueryFragment<Pg> for Register<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let Registration { user_id, name, email, email_verified, image, role, roles_made_from, account_id, at, .. } =
            self.registration;
        out.push_sql(include_str!("../sql/register.sql"));
        self.session.push_binds(&mut out)?;
        out.push_bind_param_value_only::<Text, _>(user_id.as_str())?;
        out.push_bind_param_value_only::<Text, _>(name)?;
        out.push_bind_param_value_only::<Text, _>(email.as_str())?;
        out.push_bind_param_value_only::<Bool, _>(email_verified)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(image)?;
        out.push_bind_param_value_only::<Text, _>(role)?;
        out.push_bind_param_value_only::<Text, _>(account_id)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.hash)?;
        out.push_bind_param_value_only::<Timestamptz, _>(at)?;
        self.jobs.push_binds(&mut out)?;
        out.push_bind_param_value_only::<Bool, _>(&self.unless_admin)?;
        out.push_bind_param_value_only::<Nullable<BigInt>, _>(roles_made_from)
    }
}
