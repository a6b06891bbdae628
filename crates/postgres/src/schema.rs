//! The tables as `migrations/` leave them. Made by `cargo xtask schema`.

diesel::table! {
    accounts (id) {
        id -> Text,
        account_id -> Text,
        provider_id -> Text,
        user_id -> Text,
        access_token -> Nullable<Text>,
        refresh_token -> Nullable<Text>,
        id_token -> Nullable<Text>,
        access_token_expires_at -> Nullable<Timestamptz>,
        refresh_token_expires_at -> Nullable<Timestamptz>,
        scope -> Nullable<Text>,
        password -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    activity_counters (user_id, bucket) {
        user_id -> Text,
        bucket -> Timestamptz,
        created -> Int8,
        completed -> Int8,
    }
}

diesel::table! {
    address_blocks (id) {
        id -> Int8,
        network -> Text,
        reason -> Nullable<Text>,
        created_by -> Nullable<Text>,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    audit_head (singleton) {
        singleton -> Bool,
        number -> Int8,
        hash -> Bytea,
    }
}

diesel::table! {
    audit_records (id) {
        id -> Int8,
        at -> Timestamptz,
        actor -> Nullable<Text>,
        action -> Text,
        target_kind -> Nullable<Text>,
        target -> Nullable<Text>,
        before -> Nullable<Text>,
        after -> Nullable<Text>,
        address -> Text,
        user_agent -> Text,
        request_id -> Text,
        number -> Nullable<Int8>,
        hash -> Nullable<Bytea>,
        impersonator -> Nullable<Text>,
    }
}

diesel::table! {
    auth_changes (id) {
        id -> Int8,
        user_id -> Text,
        at -> Timestamptz,
    }
}

diesel::table! {
    category_counters (user_id, category) {
        user_id -> Text,
        category -> Text,
        total -> Int8,
        completed -> Int8,
    }
}

diesel::table! {
    changes (user_id, seq) {
        user_id -> Text,
        seq -> Int8,
        task_id -> Int8,
        kind -> Text,
        at -> Timestamptz,
        payload -> Nullable<Jsonb>,
    }
}

diesel::table! {
    idempotency_keys (user_id, key) {
        user_id -> Text,
        key -> Text,
        request_hash -> Bytea,
        outcome -> Jsonb,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    jobs (id) {
        id -> Int8,
        kind -> Text,
        payload -> Jsonb,
        not_before -> Timestamptz,
        attempts -> Int4,
        last_error -> Nullable<Text>,
        buried_at -> Nullable<Timestamptz>,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    jwks (id) {
        id -> Text,
        public_key -> Text,
        private_key -> Text,
        created_at -> Timestamptz,
        expires_at -> Nullable<Timestamptz>,
        alg -> Nullable<Text>,
        crv -> Nullable<Text>,
    }
}

diesel::table! {
    role_revision (id) {
        id -> Bool,
        revision -> Int8,
    }
}

diesel::table! {
    roles (name) {
        name -> Text,
        description -> Nullable<Text>,
        permissions -> Array<Text>,
        inherits -> Array<Text>,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}

diesel::table! {
    sessions (id) {
        id -> Text,
        expires_at -> Timestamptz,
        token -> Text,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        ip_address -> Nullable<Text>,
        user_agent -> Nullable<Text>,
        user_id -> Text,
        impersonated_by -> Nullable<Text>,
        previous_token -> Nullable<Text>,
        previous_token_until -> Nullable<Timestamptz>,
        authenticated_at -> Nullable<Timestamptz>,
        amr -> Nullable<Text>,
        impersonator_session_id -> Nullable<Text>,
    }
}

diesel::table! {
    task_shares (task_id, user_id) {
        task_id -> Int8,
        user_id -> Text,
        access -> Text,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    tasks (id) {
        id -> Int8,
        user_id -> Text,
        title -> Text,
        title_key -> Text,
        description -> Nullable<Text>,
        category -> Nullable<Text>,
        priority -> Nullable<Int2>,
        due_at -> Nullable<Timestamptz>,
        completed_at -> Nullable<Timestamptz>,
        version -> Int8,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        sharing -> Int8,
    }
}

diesel::table! {
    two_factors (id) {
        id -> Text,
        secret -> Text,
        backup_codes -> Text,
        user_id -> Text,
        verified -> Nullable<Bool>,
        failed_verification_count -> Nullable<Int4>,
        locked_until -> Nullable<Timestamptz>,
        last_step -> Nullable<Int8>,
    }
}

diesel::table! {
    user_counters (user_id) {
        user_id -> Text,
        seq -> Int8,
        total -> Int8,
        completed -> Int8,
        low_total -> Int8,
        low_completed -> Int8,
        medium_total -> Int8,
        medium_completed -> Int8,
        high_total -> Int8,
        high_completed -> Int8,
    }
}

diesel::table! {
    users (id) {
        id -> Text,
        name -> Text,
        email -> Text,
        email_verified -> Bool,
        image -> Nullable<Text>,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
        role -> Nullable<Text>,
        banned -> Nullable<Bool>,
        ban_reason -> Nullable<Text>,
        ban_expires -> Nullable<Timestamptz>,
        two_factor_enabled -> Nullable<Bool>,
        version -> Int8,
    }
}

diesel::table! {
    verifications (id) {
        id -> Text,
        identifier -> Text,
        value -> Text,
        expires_at -> Timestamptz,
        created_at -> Timestamptz,
        updated_at -> Timestamptz,
    }
}
