use std::sync::Arc;

use super::{
    Permission, Removed, Role, RoleBook, RoleCatalog, RoleChange, RoleDefinition, RoleEntry, RoleError, RoleName,
    RolePatch, RoleStore, role_rules,
};
use crate::actor::Actor;
use crate::audit::{Action, AuditEvent, FieldChange, Target};
use crate::clock::Clock;
use crate::error::StoreError;
use crate::identity::Visitor;
use crate::version::Expected;

/// How often a change that another one overtook is made anew before the caller is asked to come back later.
const TRIES: usize = 32;

/// The use cases of roles.
pub struct RoleService {
    store: Arc<dyn RoleStore>,
    book: Arc<RoleBook>,
    clock: Arc<dyn Clock>,
}

impl RoleService {
    pub fn new(store: Arc<dyn RoleStore>, book: Arc<RoleBook>, clock: Arc<dyn Clock>) -> Self {
        Self { store, book, clock }
    }

    /// Every role, those that are built in first, the others by name.
    pub async fn list(&self, actor: &Actor) -> Result<Vec<RoleEntry>, RoleError> {
        actor.require(Permission::RoleList)?;
        Ok(self.store.all().await?.entries())
    }

    pub async fn find(&self, actor: &Actor, name: &RoleName) -> Result<RoleEntry, RoleError> {
        actor.require(Permission::RoleList)?;
        present(&self.store.all().await?, name)
    }

    pub async fn create(
        &self,
        actor: &Actor,
        visitor: &Visitor,
        definition: RoleDefinition,
    ) -> Result<RoleEntry, RoleError> {
        actor.require(Permission::RoleWrite)?;
        for _ in 0..TRIES {
            let (catalog, definition) = (self.store.all().await?, definition.clone());
            let change = role_rules::create(&catalog, definition, actor.permissions, self.clock.now())?;
            let changes = differences(None, Some(&change.role));
            let event = self.event(Action::RoleCreated, actor, visitor, change.role.name()).with(changes);
            if self.put(&change, &event).await? {
                self.changed(&event).await;
                return Ok(change.into());
            }
        }
        Err(overtaken().into())
    }

    /// Applies `patch`. Without an expectation, a change that another one overtook is made anew from the newer version.
    pub async fn replace(
        &self,
        actor: &Actor,
        visitor: &Visitor,
        name: &RoleName,
        patch: RolePatch,
        expected: &Expected,
    ) -> Result<RoleEntry, RoleError> {
        actor.require(Permission::RoleWrite)?;
        for _ in 0..TRIES {
            let (catalog, patch) = (self.store.all().await?, patch.clone());
            let change = role_rules::replace(&catalog, name, patch, expected, actor.permissions, self.clock.now())?;
            let Some(change) = change else { return present(&catalog, name) };
            let changes = differences(catalog.find(name), Some(&change.role));
            let event = self.event(Action::RoleChanged, actor, visitor, name).with(changes);
            if self.put(&change, &event).await? {
                self.changed(&event).await;
                return Ok(change.into());
            }
        }
        Err(overtaken().into())
    }

    pub async fn remove(
        &self,
        actor: &Actor,
        visitor: &Visitor,
        name: &RoleName,
        expected: &Expected,
    ) -> Result<(), RoleError> {
        actor.require(Permission::RoleWrite)?;
        for _ in 0..TRIES {
            let catalog = self.store.all().await?;
            let removal = role_rules::remove(&catalog, name, expected, actor.permissions)?;
            let changes = differences(catalog.find(name), None);
            let event = self.event(Action::RoleRemoved, actor, visitor, name).with(changes);
            match self.store.remove(&removal, &event).await {
                Ok(Removed::Done) => {
                    self.changed(&event).await;
                    return Ok(());
                }
                Ok(Removed::HeldBy(users)) => return Err(RoleError::Held(users)),
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(overtaken().into())
    }

    fn event(&self, action: Action, actor: &Actor, visitor: &Visitor, name: &RoleName) -> AuditEvent {
        AuditEvent::by(action, &actor.user_id, Target::Role(name.to_string()), visitor, self.clock.now())
    }

    /// Whether the change was stored; if not, another one overtook it.
    async fn put(&self, change: &RoleChange, event: &AuditEvent) -> Result<bool, StoreError> {
        match self.store.put(change, event).await {
            Ok(()) => Ok(true),
            Err(StoreError::Stale) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The change is stored: it counts here from now on, or at the latest when roles are next read.
    async fn changed(&self, event: &AuditEvent) {
        event.log();
        if let Err(error) = self.book.refresh().await {
            tracing::warn!(%error, "roles could not be read after a change");
        }
    }
}

/// What the audit log tells of a role that was one thing and is another.
fn differences(before: Option<&Role>, after: Option<&Role>) -> Vec<FieldChange> {
    let texts = |role: &Role| {
        let RoleDefinition { description, permissions, inherits, .. } = &role.definition;
        let permissions: Vec<_> = permissions.iter().map(|pattern| pattern.as_str()).collect();
        let inherits: Vec<_> = inherits.iter().map(RoleName::as_str).collect();
        let description = description.as_ref().map_or_else(String::new, |text| text.as_str().to_owned());
        [description, permissions.join(", "), inherits.join(", ")]
    };
    let (before, after) = (before.map(texts), after.map(texts));
    let sides = |at: usize| [&before, &after].map(|side| side.as_ref().map(|texts| texts[at].clone()));
    let fields = ["description", "permissions", "inherits"].into_iter().enumerate();
    fields
        .map(|(at, field)| {
            let [before, after] = sides(at);
            FieldChange { field, before, after }
        })
        .filter(|change| change.before != change.after)
        .collect()
}

fn present(catalog: &RoleCatalog, name: &RoleName) -> Result<RoleEntry, RoleError> {
    catalog.entries().into_iter().find(|entry| entry.definition.name == *name).ok_or(RoleError::NotFound)
}

fn overtaken() -> StoreError {
    StoreError::unavailable("other changes of roles overtook this one every time")
}

#[cfg(test)]
mod tests;
