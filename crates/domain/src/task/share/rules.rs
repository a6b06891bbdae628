//! Who may do what with a shared task, and with whom it may be shared.

use chrono::{DateTime, Utc};

use super::change::Granted;
use super::error::ShareError;
use super::model::{Access, Reach, Share, Sharing};
use crate::id::UserId;
use crate::identity::User;
use crate::task::error::TaskError;
use crate::task::model::Task;

/// Users with whom a task is shared, at most: each of them is told of every change in the statement that makes it.
pub const MAX_SHARES: usize = 50;

/// How far `user` reaches into the task; `None` if they may not see it.
pub fn reach(task: &Task, sharing: &Sharing, user: &UserId) -> Option<Reach> {
    if task.user_id == *user {
        return Some(Reach::Owned);
    }
    sharing.of(user).map(|share| Reach::Shared(share.access))
}

/// Refuses a user who does not reach as far as `needed`. For one who may not see the task, there is none.
pub fn require(task: &Task, sharing: &Sharing, user: &UserId, needed: Reach) -> Result<(), TaskError> {
    let reach = reach(task, sharing, user).ok_or(TaskError::NotFound)?;
    if reach < needed { Err(TaskError::AccessMissing { reach, needed }) } else { Ok(()) }
}

/// Whether `user` may take the share of `sharee` back: the owner may, and whose share it is may give it up.
pub fn may_revoke(task: &Task, sharing: &Sharing, user: &UserId, sharee: &UserId) -> Result<(), ShareError> {
    let share = sharing.of(sharee);
    if share.is_none() || user != sharee {
        require(task, sharing, user, Reach::Owned)?;
    }
    share.map(drop).ok_or(ShareError::NotFound)
}

/// What a grant makes of the shares that there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Grant {
    Changed(Granted),
    /// The user has this access already.
    Unchanged(Granted),
}

/// The share that gives `sharee` this access.
pub fn grant(
    task: &Task,
    sharing: &Sharing,
    sharee: &User,
    access: Access,
    now: DateTime<Utc>,
) -> Result<Grant, ShareError> {
    if task.user_id == sharee.id {
        return Err(ShareError::WithOwner);
    }
    if sharee.is_banned(now) {
        return Err(ShareError::BannedUser);
    }
    match sharing.of(&sharee.id) {
        Some(share) if share.access == access => Ok(Grant::Unchanged(Granted { share: share.clone(), is_new: false })),
        Some(share) => Ok(Grant::Changed(Granted { share: Share { access, ..share.clone() }, is_new: false })),
        None if sharing.shares.len() >= MAX_SHARES => Err(ShareError::TooMany),
        None => {
            let share = Share { user_id: sharee.id.clone(), access, created_at: now };
            Ok(Grant::Changed(Granted { share, is_new: true }))
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::error::{ErrorKind, Fault};
    use crate::testing::fixtures::{noon, sharing, task, user, user_id};

    fn later() -> DateTime<Utc> {
        noon() + TimeDelta::minutes(1)
    }

    fn viewed_and_edited() -> Sharing {
        sharing(&[("bob", Access::View), ("cid", Access::Edit)])
    }

    #[test]
    fn a_task_is_reached_by_its_owner_and_those_it_is_shared_with() {
        let reach = |user: &str| reach(&task(1, "ann"), &viewed_and_edited(), &user_id(user));
        assert_eq!(reach("ann"), Some(Reach::Owned));
        assert_eq!(reach("bob"), Some(Reach::Shared(Access::View)));
        assert_eq!(reach("cid"), Some(Reach::Shared(Access::Edit)));
        assert_eq!(reach("dan"), None);
    }

    #[test]
    fn who_sees_a_task_but_may_not_do_this_is_told_what_is_missing_and_who_does_not_see_it_is_told_nothing() {
        let require = |user: &str, needed| {
            let refusal = require(&task(1, "ann"), &viewed_and_edited(), &user_id(user), needed).err()?;
            Some((refusal.kind(), refusal.code(), refusal.to_string()))
        };
        let (view, edit) = (Reach::Shared(Access::View), Reach::Shared(Access::Edit));
        let missing = |text: &str| Some((ErrorKind::Forbidden, "access_missing", text.to_owned()));
        let hidden = || Some((ErrorKind::NotFound, "task_not_found", "there is no such task".to_owned()));
        for (user, needed, refusal) in [
            ("ann", Reach::Owned, None),
            ("bob", view, None),
            ("bob", edit, missing("the task is shared for `view`; this needs `edit`")),
            ("bob", Reach::Owned, missing("the task is shared for `view`; this needs `owner`")),
            ("cid", edit, None),
            ("cid", Reach::Owned, missing("the task is shared for `edit`; this needs `owner`")),
            ("dan", view, hidden()),
            ("dan", Reach::Owned, hidden()),
        ] {
            assert_eq!(require(user, needed), refusal, "{user} {needed:?}");
        }
    }

    #[test]
    fn a_share_is_taken_back_by_the_owner_or_given_up_by_whose_it_is() {
        let may = |user: &str, sharee: &str| {
            may_revoke(&task(1, "ann"), &viewed_and_edited(), &user_id(user), &user_id(sharee)).map_err(|e| e.code())
        };
        for (user, sharee, expected) in [
            ("ann", "bob", Ok(())),
            ("bob", "bob", Ok(())),
            ("cid", "bob", Err("access_missing")),
            ("bob", "dan", Err("access_missing")),
            ("ann", "dan", Err("share_not_found")),
            ("ann", "ann", Err("share_not_found")),
            ("dan", "dan", Err("task_not_found")),
            ("dan", "bob", Err("task_not_found")),
        ] {
            assert_eq!(may(user, sharee), expected, "{user} takes the share of {sharee}");
        }
    }

    fn granted(sharing: &Sharing, sharee: &User, access: Access) -> Result<Grant, &'static str> {
        grant(&task(1, "ann"), sharing, sharee, access, later()).map_err(|error| error.code())
    }

    #[test]
    fn a_share_that_is_there_changes_its_access_and_keeps_its_age() {
        let share = |access, created_at| Share { user_id: user_id("bob"), access, created_at };
        let shared = viewed_and_edited();
        let edit = Granted { share: share(Access::Edit, noon()), is_new: false };
        assert_eq!(granted(&shared, &user("bob"), Access::Edit), Ok(Grant::Changed(edit)));
        let same = Granted { share: share(Access::View, noon()), is_new: false };
        assert_eq!(granted(&shared, &user("bob"), Access::View), Ok(Grant::Unchanged(same)));
        let new = Granted { share: share(Access::View, later()), is_new: true };
        assert_eq!(granted(&Sharing::default(), &user("bob"), Access::View), Ok(Grant::Changed(new)));
    }

    #[test]
    fn owners_and_banned_users_get_no_share() {
        let banned = |until| User { banned: true, ban_expires: until, ..user("bob") };
        let grant = |sharee: &User| granted(&Sharing::default(), sharee, Access::View).err();
        assert_eq!(grant(&user("ann")), Some("share_with_owner"));
        assert_eq!(grant(&banned(None)), Some("share_with_banned"));
        assert_eq!(grant(&banned(Some(noon()))), None);
    }

    #[test]
    fn the_51st_share_is_refused_and_the_50_stay_changeable() {
        let names: Vec<_> = (0..MAX_SHARES).map(|i| format!("user{i}")).collect();
        let full: Vec<_> = names.iter().map(|name| (name.as_str(), Access::View)).collect();
        assert_eq!(granted(&sharing(&full), &user("bob"), Access::View), Err("too_many_shares"));
        assert!(granted(&sharing(&full), &user("user0"), Access::Edit).is_ok());
        assert!(granted(&sharing(&full[1..]), &user("bob"), Access::View).is_ok());
    }
}
