use std::sync::Arc;

use super::{
    Permission, Removed, RoleBook, RoleCatalog, RoleChange, RoleDefinition, RoleEntry, RoleError, RoleName, RolePatch,
    RoleStore, role_rules,
};
use crate::actor::Actor;
use crate::clock::Clock;
use crate::error::StoreError;
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

    pub async fn create(&self, actor: &Actor, definition: RoleDefinition) -> Result<RoleEntry, RoleError> {
        actor.require(Permission::RoleWrite)?;
        for _ in 0..TRIES {
            let (catalog, definition) = (self.store.all().await?, definition.clone());
            let change = role_rules::create(&catalog, definition, actor.permissions, self.clock.now())?;
            if self.put(&change).await? {
                self.changed(actor, &change.role.definition.name, "role created").await;
                return Ok(change.into());
            }
        }
        Err(overtaken().into())
    }

    /// Applies `patch`. Without an expectation, a change that another one overtook is made anew from the newer version.
    pub async fn replace(
        &self,
        actor: &Actor,
        name: &RoleName,
        patch: RolePatch,
        expected: &Expected,
    ) -> Result<RoleEntry, RoleError> {
        actor.require(Permission::RoleWrite)?;
        for _ in 0..TRIES {
            let (catalog, patch) = (self.store.all().await?, patch.clone());
            let change = role_rules::replace(&catalog, name, patch, expected, actor.permissions, self.clock.now())?;
            let Some(change) = change else { return present(&catalog, name) };
            if self.put(&change).await? {
                self.changed(actor, name, "role changed").await;
                return Ok(change.into());
            }
        }
        Err(overtaken().into())
    }

    pub async fn remove(&self, actor: &Actor, name: &RoleName, expected: &Expected) -> Result<(), RoleError> {
        actor.require(Permission::RoleWrite)?;
        for _ in 0..TRIES {
            let removal = role_rules::remove(&self.store.all().await?, name, expected, actor.permissions)?;
            match self.store.remove(&removal).await {
                Ok(Removed::Done) => {
                    self.changed(actor, name, "role removed").await;
                    return Ok(());
                }
                Ok(Removed::HeldBy(users)) => return Err(RoleError::Held(users)),
                Err(StoreError::Stale) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(overtaken().into())
    }

    /// Whether the change was stored; if not, another one overtook it.
    async fn put(&self, change: &RoleChange) -> Result<bool, StoreError> {
        match self.store.put(change).await {
            Ok(()) => Ok(true),
            Err(StoreError::Stale) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// The change is stored: it counts here from now on, or at the latest when roles are next read.
    async fn changed(&self, actor: &Actor, name: &RoleName, what: &'static str) {
        tracing::info!(actor = %actor.user_id, role = %name, "{what}");
        if let Err(error) = self.book.refresh().await {
            tracing::warn!(%error, "roles could not be read after a change");
        }
    }
}

fn present(catalog: &RoleCatalog, name: &RoleName) -> Result<RoleEntry, RoleError> {
    catalog.entries().into_iter().find(|entry| entry.definition.name == *name).ok_or(RoleError::NotFound)
}

fn overtaken() -> StoreError {
    StoreError::unavailable("other changes of roles overtook this one every time")
}

#[cfg(test)]
mod tests;
