//! Whom a development server knows from the start, and what they have to do.

use chrono::{DateTime, TimeDelta, Utc};
use hexado_domain::access::BuiltIn;
use hexado_domain::error::FieldFault;
use hexado_domain::identity::rules::DEFAULT_ROLE;
use hexado_domain::task::{Category, Description, DueAt, Priority, TaskDraft, Title};

/// A user for trying things out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DemoUser {
    pub(crate) id: &'static str,
    pub(crate) email: &'static str,
    pub(crate) name: &'static str,
    /// Known to everybody, which is why demo users are made in development only.
    pub(crate) password: &'static str,
    pub(crate) role: &'static str,
    /// Their number at GitHub, if they have linked an account there.
    pub(crate) github: Option<&'static str>,
    /// What they are there for.
    pub(crate) purpose: &'static str,
}

pub(crate) const DEMO_USER: DemoUser = DemoUser {
    id: "demo-user",
    email: "demo@example.com",
    name: "Demo User",
    password: "demo-password",
    role: DEFAULT_ROLE,
    github: Some("1000001"),
    purpose: "has a linked account",
};

pub(crate) const DEMO_FRIEND: DemoUser = DemoUser {
    id: "demo-friend",
    email: "demo-friend@example.com",
    name: "Demo Friend",
    password: "demo-friend-password",
    role: DEFAULT_ROLE,
    github: None,
    purpose: "does not see the others' tasks",
};

pub(crate) const DEMO_ADMIN: DemoUser = DemoUser {
    id: "demo-admin",
    email: "demo-admin@example.com",
    name: "Demo Admin",
    password: "demo-admin-password",
    role: BuiltIn::Admin.as_str(),
    github: None,
    purpose: "is an admin",
};

pub(crate) const DEMO_USERS: [DemoUser; 3] = [DEMO_USER, DEMO_FRIEND, DEMO_ADMIN];

/// Title, description, category, priority, days from now until it is due, completed.
type Row = (&'static str, Option<&'static str>, Option<&'static str>, Option<Priority>, Option<i64>, bool);

#[rustfmt::skip]
const OF_DEMO_USER: [Row; 12] = [
    ("Send the invoice for October", Some("Number 2026-118.\nAsk whether they want it as PDF or e-invoice."), Some("work"), Some(Priority::High), Some(-2), false),
    ("Renew the passport", Some("Needs a new photo."), Some("home"), Some(Priority::High), Some(30), false),
    ("Buy milk", None, Some("shopping"), Some(Priority::Low), Some(1), false),
    ("Call the dentist", None, Some("health"), Some(Priority::Medium), Some(0), false),
    ("Review the pull request about keyset cursors", Some("Look at:\n\t- ties\n\t- nulls last"), Some("work"), Some(Priority::Medium), Some(1), false),
    ("Water the plants 🪴", None, Some("home"), None, None, false),
    ("Läuft schon: Geschenk für Zoë aussuchen", Some("Bücher? Etwas für den Garten?"), Some("shopping"), None, Some(12), false),
    ("Read a book", None, None, None, None, false),
    ("Prepare slides for Thursday", Some("Ten minutes, three slides, one joke."), Some("work"), Some(Priority::High), Some(4), false),
    ("Pay the rent", None, Some("home"), Some(Priority::High), Some(-5), true),
    ("Book the train to Vienna", None, Some("travel"), Some(Priority::Medium), None, true),
    ("Learn what ETag means", Some("A version of a resource; If-Match makes lost updates impossible."), Some("work"), Some(Priority::Low), None, true),
];

const OF_DEMO_FRIEND: [Row; 2] = [
    ("Surprise party for the demo user", Some("They must not see this."), None, Some(Priority::High), Some(7), false),
    ("Return the borrowed book", None, Some("home"), None, None, false),
];

const OF_DEMO_ADMIN: [Row; 1] =
    [("Look at other users' tasks", Some("GET /api/v1/users/demo-user/tasks"), None, None, None, false)];

/// All demo users with the tasks that they begin with.
pub(crate) fn users(now: DateTime<Utc>) -> Result<[(DemoUser, Vec<TaskDraft>); 3], FieldFault> {
    let drafts = |rows: &[Row]| rows.iter().map(|row| draft(row, now)).collect::<Result<_, _>>();
    Ok([
        (DEMO_USER, drafts(&OF_DEMO_USER)?),
        (DEMO_FRIEND, drafts(&OF_DEMO_FRIEND)?),
        (DEMO_ADMIN, drafts(&OF_DEMO_ADMIN)?),
    ])
}

fn draft(row: &Row, now: DateTime<Utc>) -> Result<TaskDraft, FieldFault> {
    let (title, description, category, priority, due_in, completed) = *row;
    Ok(TaskDraft {
        title: Title::parse(title)?,
        description: description.map(Description::parse).transpose()?,
        category: category.map(Category::parse).transpose()?,
        priority,
        due_at: due_in.map(|days| DueAt::parse(&(now + TimeDelta::days(days)).to_rfc3339())).transpose()?,
        completed,
    })
}

#[cfg(test)]
mod tests {
    use hexado_domain::identity::{Email, Password};

    use super::*;

    #[test]
    fn demo_tasks_keep_the_rules_and_are_varied() {
        let users = users(DateTime::UNIX_EPOCH).unwrap();
        let (user, tasks) = &users[0];
        assert_eq!((user.id, tasks.len()), ("demo-user", 12));
        assert!(tasks.iter().any(|task| task.completed) && tasks.iter().any(|task| !task.completed));
        assert!(tasks.iter().any(|task| task.due_at.is_some_and(|due| due.get() < DateTime::UNIX_EPOCH)));
        assert!(tasks.iter().any(|task| task.description.is_none() && task.category.is_none()));
    }

    #[test]
    fn demo_users_have_addresses_and_passwords_that_can_be_set() {
        for user in DEMO_USERS {
            assert_eq!(Email::parse(user.email).unwrap().as_str(), user.email);
            assert!(Password::parse_new(user.password).is_ok(), "{}", user.email);
        }
    }
}
