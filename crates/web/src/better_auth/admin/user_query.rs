//! Which users the wire asks for.

use hexado_domain::identity::users::{Comparison, Operator, Start, UserCondition, UserField, UserQuery, UserSort};

use crate::better_auth::error::WireError;
use crate::better_auth::input::Input;

/// Users at most that one answer has.
const MOST: usize = 1000;

/// As in the original.
const DEFAULT_LIMIT: usize = 100;

const SEARCHED: [(&str, UserField); 2] = [("email", UserField::Email), ("name", UserField::Name)];

const SEARCHES: [(&str, Operator); 3] =
    [("contains", Operator::Contains), ("starts_with", Operator::StartsWith), ("ends_with", Operator::EndsWith)];

const FIELDS: [(&str, UserField); 12] = [
    ("id", UserField::Id),
    ("name", UserField::Name),
    ("email", UserField::Email),
    ("emailVerified", UserField::EmailVerified),
    ("image", UserField::Image),
    ("role", UserField::Role),
    ("banned", UserField::Banned),
    ("banReason", UserField::BanReason),
    ("banExpires", UserField::BanExpires),
    ("twoFactorEnabled", UserField::TwoFactorEnabled),
    ("createdAt", UserField::CreatedAt),
    ("updatedAt", UserField::UpdatedAt),
];

const OPERATORS: [(&str, Operator); 11] = [
    ("eq", Operator::Equal),
    ("ne", Operator::NotEqual),
    ("lt", Operator::Less),
    ("lte", Operator::LessOrEqual),
    ("gt", Operator::Greater),
    ("gte", Operator::GreaterOrEqual),
    ("in", Operator::In),
    ("not_in", Operator::NotIn),
    ("contains", Operator::Contains),
    ("starts_with", Operator::StartsWith),
    ("ends_with", Operator::EndsWith),
];

const DIRECTIONS: [(&str, bool); 2] = [("asc", false), ("desc", true)];

/// What a query asks for.
pub(super) struct AskedUsers {
    /// `None` when it can be about nobody.
    pub query: Option<UserQuery>,
    /// As they were given.
    pub limit: Option<usize>,
    pub offset: Option<usize>,
}

impl AskedUsers {
    pub(super) fn read(mut input: Input) -> Result<Self, WireError> {
        let conditions = [search(&mut input), filter(&mut input)];
        let (limit, offset) = (number(&mut input, "limit"), number(&mut input, "offset"));
        let sort = sort(&mut input);
        input.finish()?;
        let query = conditions.into_iter().flatten().collect::<Option<_>>().and_then(|conditions| {
            Some(UserQuery {
                conditions,
                sort: sort?,
                start: offset?.map_or(Start::First, Start::Skip),
                limit: limit?.unwrap_or(DEFAULT_LIMIT).min(MOST),
                count: true,
            })
        });
        Ok(Self { query, limit: limit.flatten(), offset: offset.flatten() })
    }
}

/// `None` when nothing is looked for, and within it when that is nowhere.
fn search(input: &mut Input) -> Option<Option<UserCondition>> {
    let value = input.optional_text("searchValue").filter(|value| !value.is_empty());
    let field = input.choice("searchField", &SEARCHED).unwrap_or(UserField::Email);
    let operator = input.choice("searchOperator", &SEARCHES).unwrap_or(Operator::Contains);
    value.map(|value| Comparison::new(field, operator, [value.as_str()]).map(UserCondition::Compares))
}

/// As with [`search`].
fn filter(input: &mut Input) -> Option<Option<UserCondition>> {
    let name = input.optional_text("filterField").filter(|name| !name.is_empty());
    let field = name.map_or(Some(UserField::Email), |name| field(&name));
    let operator = input.choice("filterOperator", &OPERATORS).unwrap_or(Operator::Equal);
    let values = input.optional_texts("filterValue")?;
    let values = values.iter().map(String::as_str);
    Some(field.and_then(|field| Comparison::new(field, operator, values)).map(UserCondition::Compares))
}

/// The oldest first, if nothing is said. `None` when users have no such field.
fn sort(input: &mut Input) -> Option<UserSort> {
    let name = input.optional_text("sortBy").filter(|name| !name.is_empty());
    let descending = input.choice("sortDirection", &DIRECTIONS).unwrap_or(false);
    match name {
        Some(name) => Some(UserSort { field: field(&name)?, descending }),
        None => Some(UserSort { field: UserField::CreatedAt, descending: false }),
    }
}

fn field(name: &str) -> Option<UserField> {
    FIELDS.iter().find(|(known, _)| *known == name).map(|(_, field)| *field)
}

/// A number as JavaScript reads it: what is none, or zero, counts as not given. `None` for one that nothing can be counted
/// by.
fn number(input: &mut Input, name: &str) -> Option<Option<usize>> {
    let given = input
        .optional_plain_text(name)
        .and_then(|text| text.trim().parse::<f64>().ok())
        .filter(|number| *number != 0.0 && !number.is_nan());
    let Some(number) = given else { return Some(None) };
    let counts = number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is a natural number of 32 bits")]
    counts.then_some(Some(number as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(query: &str) -> AskedUsers {
        AskedUsers::read(Input::of_query(query)).unwrap_or_else(|error| panic!("{error}"))
    }

    #[test]
    fn who_asks_for_nothing_gets_the_first_hundred() {
        let AskedUsers { query, limit, offset } = asked("");
        let query = query.unwrap();
        assert_eq!((query.limit, query.start, query.conditions.len()), (100, Start::First, 0));
        assert_eq!((limit, offset), (None, None));
    }

    #[test]
    fn limits_are_read_as_javascript_reads_them() {
        for (text, limit, echoed) in [
            ("7", Some(7), Some(7)),
            (" 7 ", Some(7), Some(7)),
            ("7.0", Some(7), Some(7)),
            ("5000", Some(1000), Some(5000)),
            ("0", Some(100), None),
            ("many", Some(100), None),
            ("NaN", Some(100), None),
            ("-1", None, None),
            ("1.5", None, None),
            ("1e300", None, None),
        ] {
            let asked = asked(&format!("limit={text}"));
            assert_eq!((asked.query.map(|query| query.limit), asked.limit), (limit, echoed), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_compared_is_about_nobody() {
        for query in ["filterField=password&filterValue=x", "filterField=banned&filterValue=maybe", "sortBy=password"] {
            assert!(asked(query).query.is_none(), "{query}");
        }
        // Without a value nothing is filtered.
        assert!(asked("filterField=password").query.is_some());
    }

    #[test]
    fn search_and_filter_must_both_hold_and_a_filter_may_have_several_values() {
        let query = asked("searchValue=%25&filterField=name&filterOperator=in&filterValue=ann&filterValue=bob").query;
        let compares = |field, operator, values: &[&str]| {
            UserCondition::Compares(Comparison::new(field, operator, values.iter().copied()).unwrap())
        };
        let expected = vec![
            compares(UserField::Email, Operator::Contains, &["%"]),
            compares(UserField::Name, Operator::In, &["ann", "bob"]),
        ];
        assert_eq!(query.unwrap().conditions, expected);
    }

    #[test]
    fn choices_that_there_are_not_are_named() {
        let refused = AskedUsers::read(Input::of_query("searchOperator=like&sortDirection=up")).err().unwrap();
        assert_eq!(
            refused.to_string(),
            "400 Bad Request: [query.searchOperator] Invalid option: expected one of \
             \"contains\"|\"starts_with\"|\"ends_with\"; \
             [query.sortDirection] Invalid option: expected one of \"asc\"|\"desc\""
        );
    }
}
