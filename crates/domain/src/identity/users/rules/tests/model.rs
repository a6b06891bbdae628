//! What any number of operations by anybody can lead to, over users and roles that are plain values.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use super::*;
use crate::access::{Role, role_rules};
use crate::actor::Actor;
use crate::testing::fixtures::user_id;
use crate::version::Expected;

type Name = &'static str;

const USERS: [Name; 4] = ["ann", "bob", "cid", "dan"];
const ROLES: [Name; 5] = ["r0", "r1", "r2", "user", "admin"];

/// The users that there are, and the roles that somebody made.
#[derive(Clone, Debug)]
struct World {
    users: BTreeMap<Name, User>,
    catalog: RoleCatalog,
}

#[derive(Clone, Debug)]
enum Operation {
    SetRole(Name, Vec<Name>),
    Ban(Name),
    Unban(Name),
    Remove(Name),
    DeleteOneself,
    /// From here on who set it can act as the user.
    SetPassword(Name),
    /// Like a password: who has the address can have one mailed.
    SetEmail(Name),
    PutRole(Role),
    RemoveRole(Name),
}

impl World {
    fn permits(&self, user: &User) -> PermissionSet {
        permissions_of(user.role.as_deref().unwrap_or_default(), &self.catalog)
    }

    /// What somebody may do at present; nothing when they are kept out or gone.
    fn held(&self, name: Name) -> PermissionSet {
        let present = self.users.get(name).filter(|user| !user.is_banned(noon()));
        present.map(|user| self.permits(user)).unwrap_or_default()
    }

    fn admins(&self) -> usize {
        self.users.values().filter(|user| is_admin(user, noon())).count()
    }

    fn is_held(&self, role: Name) -> bool {
        self.users.values().any(|user| role_names(user.role.as_deref().unwrap_or_default()).any(|name| name == role))
    }

    /// The world after it, if `by` may do it. Stores refuse the loss of the last admin, and the removal of roles that are held.
    fn after(&self, by: Name, operation: &Operation) -> Option<Self> {
        let oneself = self.users.get(by).filter(|user| !user.is_banned(noon()))?;
        let actor = Actor::new(user_id(by), self.held(by));
        let act = Act { actor: &actor, visitor: &Visitor::default(), at: noon() };
        let may = |permission| actor.require(permission).ok();
        let target = |name: Name| self.users.get(name).map(|user| (user, self.permits(user)));
        match operation {
            Operation::SetRole(name, roles) => {
                may(Permission::UserSetRole)?;
                let roles: Vec<_> = roles.iter().map(|name| RoleName::from_stored(*name)).collect();
                self.edited(name, set_role(&act, target(name)?.0, &roles, &self.catalog).ok()??)
            }
            Operation::Ban(name) => {
                may(Permission::UserBan)?;
                let (user, permissions) = target(name)?;
                self.edited(name, ban(&act, user, permissions, Ban::default()).ok()?)
            }
            Operation::Unban(name) => {
                may(Permission::UserBan)?;
                let (user, permissions) = target(name)?;
                self.edited(name, unban(&act, user, permissions).ok()??)
            }
            Operation::Remove(name) => {
                may(Permission::UserDelete)?;
                let (user, permissions) = target(name)?;
                self.without(name, &remove(&act, user, permissions).ok()?)
            }
            Operation::DeleteOneself => {
                let event = act.event(Action::UserDeleted, &actor.user_id);
                self.without(by, &UserDeletion::of(oneself, None, event))
            }
            Operation::SetPassword(name) => {
                may(Permission::UserSetPassword)?;
                act.check_reach(target(name)?.1).ok().map(|()| self.clone())
            }
            Operation::SetEmail(name) => {
                may(Permission::UserUpdate).and(may(Permission::UserSetEmail))?;
                let (user, permissions) = target(name)?;
                let email = Email::parse(&format!("{by}.as.{name}@example.com"));
                let patch = UserPatch { email, ..UserPatch::default() };
                self.edited(name, update(&act, user, permissions, patch).ok()??)
            }
            Operation::PutRole(role) => {
                may(Permission::RoleWrite)?;
                let definition = role.definition.clone();
                let made = role_rules::create(&self.catalog, definition, actor.permissions, noon()).ok()?;
                let mut after = self.clone();
                after.catalog.roles.push(made.role);
                Some(after)
            }
            Operation::RemoveRole(name) if self.is_held(name) => None,
            Operation::RemoveRole(name) => {
                may(Permission::RoleWrite)?;
                let name = RoleName::from_stored(*name);
                role_rules::remove(&self.catalog, &name, &Expected::Any, actor.permissions).ok()?;
                let mut after = self.clone();
                after.catalog.roles.retain(|role| *role.name() != name);
                Some(after)
            }
        }
    }

    fn edited(&self, name: Name, edit: UserEdit) -> Option<Self> {
        let mut after = self.clone();
        after.users.insert(name, edit.user);
        (!edit.loses_admin || after.admins() > 0).then_some(after)
    }

    fn without(&self, name: Name, deletion: &UserDeletion) -> Option<Self> {
        let mut after = self.clone();
        after.users.remove(name);
        (!deletion.loses_admin || after.admins() > 0).then_some(after)
    }
}

impl Operation {
    /// Whom who has done it can act as since.
    fn takes_over(&self) -> Option<Name> {
        match self {
            Self::SetPassword(name) | Self::SetEmail(name) => Some(name),
            _ => None,
        }
    }
}

fn some_role() -> impl Strategy<Value = Role> {
    let permissions = ["*", "role:*", "user:*", "user:ban", "user:set-role", "user:set-password", "audit:read"];
    (select(&ROLES[..3]), subsequence(permissions.to_vec(), 0..4), subsequence(&ROLES[..], 0..2))
        .prop_map(|(name, permissions, inherits)| role(name, &permissions, &inherits))
}

/// A few roles, each of which inherits from earlier ones only.
fn some_catalog() -> impl Strategy<Value = RoleCatalog> {
    prop::collection::vec(some_role(), 0..3).prop_map(|mut roles| {
        roles.sort_by(|one, other| one.name().cmp(other.name()));
        roles.dedup_by(|one, other| one.name() == other.name());
        for role in &mut roles {
            let name = role.name().clone();
            role.definition.inherits.retain(|parent| *parent < name || BuiltIn::find(parent.as_str()).is_some());
        }
        RoleCatalog { revision: 1, roles }
    })
}

/// Four users with any roles, some of them banned, but ann, who is an admin.
fn some_world() -> impl Strategy<Value = World> {
    let one = || (subsequence(&ROLES[..], 0..3), prop::bool::weighted(0.2));
    (prop::collection::vec(one(), 3), some_catalog()).prop_map(|(users, catalog)| {
        let first = ("ann", with_roles("ann", "admin"));
        let others = USERS[1..].iter().zip(users);
        let others =
            others.map(|(name, (roles, banned))| (*name, User { banned, ..with_roles(name, &roles.join(",")) }));
        World { users: [first].into_iter().chain(others).collect(), catalog }
    })
}

fn operation() -> impl Strategy<Value = Operation> {
    let somebody = || select(&USERS[..]);
    prop_oneof![
        4 => (somebody(), subsequence(&ROLES[..], 1..3)).prop_map(|(name, roles)| Operation::SetRole(name, roles)),
        2 => somebody().prop_map(Operation::Ban),
        2 => somebody().prop_map(Operation::Unban),
        1 => somebody().prop_map(Operation::Remove),
        1 => Just(Operation::DeleteOneself),
        1 => somebody().prop_map(Operation::SetPassword),
        1 => somebody().prop_map(Operation::SetEmail),
        2 => some_role().prop_map(Operation::PutRole),
        1 => select(&ROLES[..]).prop_map(Operation::RemoveRole),
    ]
}

proptest! {
    #[test]
    fn whatever_is_allowed_leaves_an_admin(
        start in some_world(),
        operations in prop::collection::vec((select(&USERS[..]), operation()), 0..40),
    ) {
        let mut world = start;
        for (by, operation) in operations {
            let Some(after) = world.after(by, &operation) else { continue };
            prop_assert!(after.admins() > 0, "{operation:?} by {by} in {world:?}");
            world = after;
        }
    }

    #[test]
    fn nothing_that_is_allowed_raises_those_who_do_it_alone_or_together(
        start in some_world(),
        conspirators in subsequence(&USERS[..], 1..4),
        operations in prop::collection::vec((0usize..4, operation()), 0..40),
    ) {
        // Together with those whom they can act as by now.
        let mut company = conspirators;
        let together = |world: &World, company: &[Name]| -> PermissionSet {
            company.iter().map(|name| world.held(name)).collect()
        };
        let mut world = start;
        for (by, operation) in operations {
            let by = company[by % company.len()];
            let Some(after) = world.after(by, &operation) else { continue };
            let before = together(&world, &company);
            company.extend(operation.takes_over());
            prop_assert!(after.held(by).is_within(world.held(by)), "{operation:?} by {by} in {world:?}");
            prop_assert!(together(&after, &company).is_within(before), "{operation:?} by {by} in {world:?}");
            world = after;
        }
    }
}
