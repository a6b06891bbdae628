use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, QueryFragment};
use diesel::sql_types::{Bool, Integer, Nullable, Text, Timestamptz};
use hexado_domain::identity::{ATTEMPTS_PER_ACCOUNT, ATTEMPTS_PER_CHALLENGE, Attempt, ChallengeId, NewChallenge};

use crate::statement::prepared_once;

/// Stores a sign-in that waits, with its count of tries; returns the ids of both.
pub(super) struct Challenge<'a> {
    new: &'a NewChallenge,
    attempts: String,
    compared: Option<&'a str>,
    better: Option<&'a str>,
}

impl<'a> Challenge<'a> {
    pub(super) fn of(new: &'a NewChallenge) -> Self {
        let hashes = new.rehash.as_ref().map(|(compared, better)| (compared.as_str(), better.as_str()));
        let (compared, better) = hashes.unzip();
        Self { new, attempts: new.challenge.attempts(), compared, better }
    }
}

prepared_once!(Challenge -> Text);

impl QueryFragment<Pg> for Challenge<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let NewChallenge { record_ids: [waiting, tried], challenge, user_id, expires_at, at, .. } = self.new;
        out.push_sql(include_str!("../sql/challenge.sql"));
        out.push_bind_param_value_only::<Text, _>(waiting)?;
        out.push_bind_param_value_only::<Text, _>(challenge.as_str())?;
        out.push_bind_param_value_only::<Text, _>(tried)?;
        out.push_bind_param_value_only::<Text, _>(&self.attempts)?;
        out.push_bind_param_value_only::<Text, _>(user_id.as_str())?;
        out.push_bind_param_value_only::<Timestamptz, _>(expires_at)?;
        out.push_bind_param_value_only::<Timestamptz, _>(at)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.compared)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.better)
    }
}

/// Counts a try; returns whether the sign-in, and whether the user, has one left.
pub(super) struct Admit<'a> {
    attempt: &'a Attempt,
    challenge: Option<&'a str>,
    attempts: Option<String>,
}

impl<'a> Admit<'a> {
    pub(super) fn of(attempt: &'a Attempt) -> Self {
        let challenge = attempt.challenge.as_ref();
        Self { attempt, challenge: challenge.map(ChallengeId::as_str), attempts: challenge.map(ChallengeId::attempts) }
    }
}

prepared_once!(Admit -> (Bool, Bool));

impl QueryFragment<Pg> for Admit<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(include_str!("../sql/admit.sql"));
        out.push_bind_param_value_only::<Text, _>(&self.attempt.id)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.challenge)?;
        out.push_bind_param_value_only::<Nullable<Text>, _>(&self.attempts)?;
        out.push_bind_param_value_only::<Timestamptz, _>(&self.attempt.at)?;
        out.push_bind_param_value_only::<Integer, _>(&ATTEMPTS_PER_CHALLENGE)?;
        out.push_bind_param_value_only::<Integer, _>(&ATTEMPTS_PER_ACCOUNT)?;
        out.push_bind_param_value_only::<Timestamptz, _>(&self.attempt.locked_until)
    }
}
