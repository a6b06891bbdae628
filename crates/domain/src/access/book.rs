use std::sync::Arc;

use super::catalog::{RoleCatalog, RolePermissions, role_names};
use super::{PermissionSet, RoleStore};
use crate::edition::Editions;
use crate::error::StoreError;

/// What every role permits, at hand in memory. Until it is first refreshed it has the roles that are built in, and while the
/// store does not answer it stays as it is.
pub struct RoleBook {
    store: Arc<dyn RoleStore>,
    permissions: Editions<RolePermissions>,
}

impl RoleBook {
    pub fn new(store: Arc<dyn RoleStore>) -> Self {
        Self { store, permissions: Editions::new(RoleCatalog::default().permissions()) }
    }

    /// What comma-separated role names permit together. Names of no role permit nothing.
    pub fn permissions_of(&self, roles: &str) -> PermissionSet {
        let permissions = self.permissions.newest();
        role_names(roles).map(|name| permissions.content.of(name)).collect()
    }

    /// Reads all roles anew. What was stored before the call counts when it returns.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        self.permissions.refresh(async { Ok(self.store.all().await?.permissions()) }).await
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
}
