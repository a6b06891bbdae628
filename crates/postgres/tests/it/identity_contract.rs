//! The contracts of the stores of identity and roles.

use std::sync::Arc;

use hexado_domain::testing::IdentityStores;
use hexado_domain::testing::role_store_contract::RoleStores;
use hexado_postgres::{
    PgAccountStore, PgAdminStore, PgRoleStore, PgSessionStore, PgSigningKeyStore, PgTwoFactorStore, PgUserStore,
    PgVerificationStore, Postgres,
};

use crate::support::{migrated, options};

pub(crate) fn stores(postgres: &Postgres) -> IdentityStores {
    IdentityStores {
        users: Arc::new(PgUserStore::new(postgres)),
        sessions: Arc::new(PgSessionStore::new(postgres)),
        accounts: Arc::new(PgAccountStore::new(postgres)),
        admins: Arc::new(PgAdminStore::new(postgres)),
        verifications: Arc::new(PgVerificationStore::new(postgres)),
        two_factors: Arc::new(PgTwoFactorStore::new(postgres)),
    }
}

macro_rules! tests {
    ($contract:ident: $subject:expr; $($clause:ident)*) => {
        mod $contract {
            use super::*;

            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $clause() {
                    let database = migrated().await;
                    let subject = $subject(&Postgres::connect(options(database.url())));
                    hexado_domain::testing::$contract::$clause(&subject).await;
                }
            )*
        }
    };
}

macro_rules! sessions {
    ($($clause:ident)*) => { tests! { session_store_contract: stores; $($clause)* } };
}

macro_rules! accounts {
    ($($clause:ident)*) => { tests! { account_store_contract: stores; $($clause)* } };
}

macro_rules! admins {
    ($($clause:ident)*) => { tests! { admin_store_contract: stores; $($clause)* } };
}

macro_rules! verifications {
    ($($clause:ident)*) => { tests! { verification_store_contract: stores; $($clause)* } };
}

macro_rules! second_factors {
    ($($clause:ident)*) => { tests! { two_factor_store_contract: stores; $($clause)* } };
}

fn role_stores(postgres: &Postgres) -> RoleStores {
    RoleStores {
        roles: Arc::new(PgRoleStore::new(postgres)),
        accounts: Arc::new(PgAccountStore::new(postgres)),
        users: Arc::new(PgUserStore::new(postgres)),
    }
}

macro_rules! roles {
    ($($clause:ident)*) => { tests! { role_store_contract: role_stores; $($clause)* } };
}

macro_rules! user_edits {
    ($($clause:ident)*) => { tests! { user_edit_contract: stores; $($clause)* } };
}

macro_rules! user_lists {
    ($($clause:ident)*) => { tests! { user_list_contract: stores; $($clause)* } };
}

macro_rules! keys {
    ($($clause:ident)*) => { tests! { signing_key_store_contract: PgSigningKeyStore::new; $($clause)* } };
}

hexado_domain::session_store_clauses!(sessions);
hexado_domain::account_store_clauses!(accounts);
hexado_domain::admin_store_clauses!(admins);
hexado_domain::verification_store_clauses!(verifications);
hexado_domain::two_factor_store_clauses!(second_factors);
hexado_domain::signing_key_store_clauses!(keys);
hexado_domain::role_store_clauses!(roles);
hexado_domain::user_edit_clauses!(user_edits);
hexado_domain::user_list_clauses!(user_lists);
