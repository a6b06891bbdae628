use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use super::catalog::{RoleCatalog, RolePermissions, role_names};
use super::{PermissionSet, RoleStore};
use crate::error::StoreError;

/// What every role permits, at hand in memory. Until it is first refreshed it has the roles that are built in, and while the
/// store does not answer it stays as it is.
pub struct RoleBook {
    store: Arc<dyn RoleStore>,
    edition: RwLock<Edition>,
    /// Refreshments that have begun.
    begun: AtomicU64,
}

struct Edition {
    /// Which refreshment it is of.
    number: u64,
    permissions: RolePermissions,
}

impl RoleBook {
    pub fn new(store: Arc<dyn RoleStore>) -> Self {
        let edition = Edition { number: 0, permissions: RoleCatalog::default().permissions() };
        Self { store, edition: RwLock::new(edition), begun: AtomicU64::new(0) }
    }

    /// What comma-separated role names permit together. Names of no role permit nothing.
    pub fn permissions_of(&self, roles: &str) -> PermissionSet {
        let edition = self.edition.read().unwrap_or_else(PoisonError::into_inner);
        role_names(roles).map(|name| edition.permissions.of(name)).collect()
    }

    /// Reads all roles anew. What was stored before the call counts when it returns, whatever else is refreshed meanwhile.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let number = self.begun.fetch_add(1, Ordering::Relaxed) + 1;
        let permissions = self.store.all().await?.permissions();
        let mut edition = self.edition.write().unwrap_or_else(PoisonError::into_inner);
        // Of several at once the one that began last has read the newest.
        if edition.number < number {
            *edition = Edition { number, permissions };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{BuiltIn, MockRoleStore, Permission};
    use super::*;
    use crate::testing::fixtures::role;

    fn catalog(permission: &str) -> RoleCatalog {
        RoleCatalog { revision: 1, roles: vec![role("viewer", &[permission], &[])] }
    }

    #[test]
    fn roles_are_comma_separated_names_that_add_up_and_unknown_ones_permit_nothing() {
        let book = RoleBook::new(Arc::new(MockRoleStore::new()));
        for nothing in ["", "user", ",", "administrator", "Admin", "viewer", "*", "user:list"] {
            assert_eq!(book.permissions_of(nothing), PermissionSet::NONE, "{nothing:?}");
        }
        for admin in ["admin", "user, admin", "nobody,admin,"] {
            assert_eq!(book.permissions_of(admin), BuiltIn::Admin.permissions(), "{admin:?}");
        }
    }

    #[tokio::test]
    async fn a_refreshed_book_has_what_is_stored_and_one_that_cannot_be_refreshed_what_it_had() {
        let mut store = MockRoleStore::new();
        store.expect_all().once().returning(|| Ok(catalog("task:read-any")));
        store.expect_all().returning(|| Err(StoreError::unavailable("down")));
        let book = RoleBook::new(Arc::new(store));
        book.refresh().await.unwrap();
        assert!(book.refresh().await.is_err());
        assert_eq!(book.permissions_of("viewer"), Permission::TaskReadAny.into());
        assert_eq!(book.permissions_of("admin"), BuiltIn::Admin.permissions());
    }

    /// A store whose first answer is told to come only after its second one.
    struct SlowFirst(tokio::sync::Notify, AtomicU64);

    #[async_trait::async_trait]
    impl RoleStore for SlowFirst {
        async fn all(&self) -> Result<RoleCatalog, StoreError> {
            if self.1.fetch_add(1, Ordering::Relaxed) == 0 {
                self.0.notified().await;
                return Ok(catalog("task:read-any"));
            }
            self.0.notify_one();
            Ok(catalog("task:write-any"))
        }

        async fn put(&self, _: &super::super::RoleChange, _: &crate::audit::AuditEvent) -> Result<(), StoreError> {
            unreachable!("nothing is written")
        }

        async fn remove(
            &self,
            _: &super::super::RoleRemoval,
            _: &crate::audit::AuditEvent,
        ) -> Result<super::super::Removed, StoreError> {
            unreachable!("nothing is written")
        }
    }

    #[tokio::test]
    async fn an_answer_that_comes_late_does_not_replace_a_newer_one() {
        let book = RoleBook::new(Arc::new(SlowFirst(tokio::sync::Notify::new(), AtomicU64::new(0))));
        let (first, second) = tokio::join!(book.refresh(), book.refresh());
        assert!(first.is_ok() && second.is_ok());
        assert_eq!(book.permissions_of("viewer"), Permission::TaskWriteAny.into());
    }
}
