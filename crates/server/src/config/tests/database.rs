use super::*;

/// What is known of the database and of the direct way to it.
fn given(variables: &[(&str, &str)]) -> (String, String) {
    match config(variables).database.location {
        DatabaseLocation::Given { database, direct, .. } => (format!("{database:?}"), format!("{direct:?}")),
        DatabaseLocation::Private(private) => panic!("{private:?}"),
    }
}

fn private(variables: &[(&str, &str)]) -> PrivateDatabase {
    match config(variables).database.location {
        DatabaseLocation::Private(private) => private,
        DatabaseLocation::Given { .. } => panic!("a database is given"),
    }
}

#[test]
fn there_is_a_direct_url_only_if_it_is_set() {
    let (database, direct) = given(&[DATABASE]);
    assert!(database.contains("db.example") && direct == "None", "{database} {direct}");
    let other = ("DATABASE_DIRECT_URL", "postgres://ann:hush@direct.example/hexado?sslmode=verify-full");
    let (database, direct) = given(&[DATABASE, other]);
    assert!(database.contains("db.example") && direct.contains("direct.example"), "{database} {direct}");
}

#[test]
fn a_direct_url_alone_is_a_fault() {
    assert!(
        fault(&[("DATABASE_DIRECT_URL", DATABASE.1)])
            .starts_with("DATABASE_URL is missing, but DATABASE_DIRECT_URL is set; ")
    );
}

#[test]
fn production_needs_a_database() {
    let fault = fault(&without(production(&[]), "DATABASE_URL"));
    assert!(
        fault.starts_with("DATABASE_URL is missing, and production starts no database of its own; set it to"),
        "{fault}"
    );
}

#[test]
fn a_url_that_cannot_be_read_is_a_fault_that_does_not_show_it() {
    for url in
        ["ann:hush@db", "mysql://ann:hush@db/x", "postgres://ann:hush@db:port/x", "postgres://ann:hush@db/x?sslmode=no"]
    {
        for name in ["DATABASE_URL", "DATABASE_DIRECT_URL"] {
            let error = error(&[DATABASE, (name, url)]);
            assert!(error.contains(name) && !error.contains("hush"), "{error}");
        }
    }
}

#[test]
fn production_refuses_a_connection_that_only_prefers_tls() {
    for url in ["postgres://ann:hush@db/hexado", "postgres://ann:hush@db/hexado?sslmode=prefer"] {
        let variables = without(production(&[]), "DATABASE_URL");
        let fault = fault(&[variables.as_slice(), &[("DATABASE_URL", url)]].concat());
        assert!(fault.starts_with("DATABASE_URL ") && fault.contains("sslmode"), "{fault}");
        assert!(given(&[("DATABASE_URL", url)]).0.contains("db"));
    }
}

#[test]
fn a_private_database_lives_in_the_data_folder() {
    let private = private(&[("DATA_DIR", "data"), ("HEXADO_PG_BIN", "/opt/pg/bin"), ("HEXADO_PG_DOWNLOAD", "off")]);
    assert_eq!(private.data_dir, Path::new("/srv/hexado/data"));
    assert_eq!(private.bin_dir.as_deref(), Some(Path::new("/opt/pg/bin")));
    assert!(!private.download);
}

#[test]
fn a_download_switch_that_is_none_is_a_fault() {
    assert_eq!(fault(&[("HEXADO_PG_DOWNLOAD", "never")]), "HEXADO_PG_DOWNLOAD is `never`; it must be on or off");
}

#[test]
fn migrations_are_automatic_checked_or_off() {
    assert_eq!(config(&[("MIGRATE", "check")]).database.migrate, Migrate::Check);
    assert_eq!(config(&[("MIGRATE", "off")]).database.migrate, Migrate::Off);
    assert_eq!(fault(&[("MIGRATE", "on")]), "MIGRATE is `on`; it must be auto, check or off");
}

#[test]
fn pools_have_a_size() {
    assert_eq!(config(&[("DATABASE_POOL_SIZE", "4")]).database.pool_size, 4);
    let expected = "DATABASE_POOL_SIZE is `0`; it must be a number from 1 to 1000";
    assert_eq!(fault(&[("DATABASE_POOL_SIZE", "0")]), expected);
}

#[test]
fn migrating_needs_the_database_alone() {
    assert!(read(&settings(&[("ENVIRONMENT", "production"), DATABASE]), MigrationConfig::read).is_ok());
    assert!(read(&settings(&[("ENVIRONMENT", "production")]), MigrationConfig::read).is_err());
}
