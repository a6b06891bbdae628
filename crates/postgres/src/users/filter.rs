use chrono::{DateTime, Utc};
use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz};
use hexado_domain::identity::users::{Comparison, FieldValue, Operator, UserCondition, UserField};

/// What users must be like to be listed, as a condition on `users`. Texts are never patterns: in them, `%` is a percent sign.
pub(super) struct Filter<'a> {
    conditions: &'a [UserCondition],
    now: DateTime<Utc>,
}

impl<'a> Filter<'a> {
    pub(super) fn of(conditions: &'a [UserCondition], now: DateTime<Utc>) -> Self {
        Self { conditions, now }
    }

    fn push_is_banned<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>, is_banned: bool) -> QueryResult<()> {
        out.push_sql("(banned AND (ban_expires IS NULL OR ban_expires > ");
        out.push_bind_param::<Timestamptz, _>(&self.now)?;
        out.push_sql(if is_banned { ")) IS TRUE" } else { ")) IS NOT TRUE" });
        Ok(())
    }
}

impl QueryFragment<Pg> for Filter<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("true");
        for condition in self.conditions {
            out.push_sql(" AND ");
            match condition {
                UserCondition::Mentions(text) => push_mentions(&mut out, text.as_str())?,
                UserCondition::HasRole(name) => push_has_role(&mut out, name)?,
                UserCondition::IsBanned(is_banned) => self.push_is_banned(&mut out, *is_banned)?,
                UserCondition::Compares(comparison) => push_comparison(&mut out, comparison)?,
            }
        }
        Ok(())
    }
}

/// The column of a field, in the order that lists have: of texts byte for byte, the same on every host.
pub(super) fn ordered(field: UserField) -> &'static str {
    match field {
        UserField::Id => r#"id COLLATE "C""#,
        UserField::Name => r#"name COLLATE "C""#,
        UserField::Email => r#"email COLLATE "C""#,
        UserField::Image => r#"image COLLATE "C""#,
        UserField::Role => r#"role COLLATE "C""#,
        UserField::BanReason => r#"ban_reason COLLATE "C""#,
        other => column(other),
    }
}

fn column(field: UserField) -> &'static str {
    match field {
        UserField::Id => "id",
        UserField::Name => "name",
        UserField::Email => "email",
        UserField::EmailVerified => "email_verified",
        UserField::Image => "image",
        UserField::Role => "role",
        UserField::Banned => "banned",
        UserField::BanReason => "ban_reason",
        UserField::BanExpires => "ban_expires",
        UserField::TwoFactorEnabled => "two_factor_enabled",
        UserField::CreatedAt => "created_at",
        UserField::UpdatedAt => "updated_at",
    }
}

fn push_mentions<'b>(out: &mut AstPass<'_, 'b, Pg>, text: &'b str) -> QueryResult<()> {
    out.push_sql("(position(lower(");
    out.push_bind_param::<Text, _>(text)?;
    out.push_sql(") IN lower(name)) > 0 OR position(lower(");
    out.push_bind_param::<Text, _>(text)?;
    out.push_sql(") IN lower(email)) > 0)");
    Ok(())
}

fn push_has_role<'b>(out: &mut AstPass<'_, 'b, Pg>, name: &'b str) -> QueryResult<()> {
    out.push_bind_param::<Text, _>(name)?;
    out.push_sql(" IN (SELECT btrim(one) FROM unnest(string_to_array(role, ',')) AS one)");
    Ok(())
}

fn push_comparison<'b>(out: &mut AstPass<'_, 'b, Pg>, comparison: &'b Comparison) -> QueryResult<()> {
    let (field, values) = (comparison.field(), comparison.values());
    let (plain, ordered) = (column(field), ordered(field));
    let (parts, end) = match comparison.operator() {
        Operator::Equal => (["", plain, " = "], ""),
        Operator::NotEqual => (["", plain, " <> "], ""),
        Operator::Less => (["", ordered, " < "], ""),
        Operator::LessOrEqual => (["", ordered, " <= "], ""),
        Operator::Greater => (["", ordered, " > "], ""),
        Operator::GreaterOrEqual => (["", ordered, " >= "], ""),
        Operator::In if values.is_empty() => (["", "", "false"], ""),
        Operator::NotIn if values.is_empty() => (["", "", "true"], ""),
        Operator::In => (["", plain, " IN ("], ")"),
        Operator::NotIn => (["", plain, " NOT IN ("], ")"),
        Operator::Contains => (["strpos(", plain, ", "], ") > 0"),
        Operator::StartsWith => (["starts_with(", plain, ", "], ")"),
        Operator::EndsWith => (["starts_with(reverse(", plain, "), reverse("], "))"),
    };
    parts.into_iter().for_each(|part| out.push_sql(part));
    for (index, value) in values.iter().enumerate() {
        out.push_sql(if index == 0 { "" } else { ", " });
        push_value(out, value)?;
    }
    out.push_sql(end);
    Ok(())
}

fn push_value<'b>(out: &mut AstPass<'_, 'b, Pg>, value: &'b FieldValue) -> QueryResult<()> {
    match value {
        FieldValue::Text(text) => out.push_bind_param::<Text, _>(text),
        FieldValue::Flag(flag) => out.push_bind_param::<Bool, _>(flag),
        FieldValue::Time(time) => out.push_bind_param::<Timestamptz, _>(time),
    }
}

/// How many users a filter lets through.
pub(super) struct CountUsers<'a>(pub(super) Filter<'a>);

impl QueryFragment<Pg> for CountUsers<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        // Of too many combinations to be kept prepared.
        out.unsafe_to_cache_prepared();
        out.push_sql("SELECT count(*) FROM users WHERE ");
        self.0.walk_ast(out)
    }
}

impl QueryId for CountUsers<'_> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl Query for CountUsers<'_> {
    type SqlType = BigInt;
}
