use std::collections::BTreeSet;

use anyhow::Result;
use tokio_postgres::{Client, NoTls};

use super::render::{Column, Table};

/// What a database's schema `public` is made of.
pub(super) struct Catalog {
    client: Client,
}

/// diesel's list of migrations is no part of what they make.
const TABLES: &str = "
    SELECT c.oid, c.relname::text AS name,
           coalesce((SELECT array_agg(a.attname::text ORDER BY k.position)
                     FROM pg_index i, unnest(i.indkey) WITH ORDINALITY AS k (attnum, position), pg_attribute a
                     WHERE i.indrelid = c.oid AND i.indisprimary AND a.attrelid = c.oid AND a.attnum = k.attnum), '{}') AS key
    FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND c.relname <> '__diesel_schema_migrations'
    ORDER BY c.relname";

const COLUMNS: &str = "
    SELECT a.attname::text, t.typname::text, NOT a.attnotnull
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = $1 AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum";

/// Everything a migration could forget to take back: the table that it belongs to, if any, and its description in full. What
/// extensions brought is theirs.
const OBJECTS: &str = "
    WITH own AS (
        SELECT c.oid, c.relname, c.relkind, coalesce(t.relname, c.relname)::text AS of_table
        FROM pg_class c LEFT JOIN pg_index i ON i.indexrelid = c.oid LEFT JOIN pg_class t ON t.oid = i.indrelid
        WHERE c.relnamespace = 'public'::regnamespace AND c.relname NOT LIKE '\\_\\_diesel\\_schema\\_migrations%'
    )
    SELECT of_table, format('relation %s (%s)', relname, relkind) FROM own
    UNION ALL
    SELECT of_table, format('column %s.%s %s', relname, a.attname, concat_ws(' ', format_type(a.atttypid, a.atttypmod),
                            CASE WHEN a.attnotnull THEN 'NOT NULL' END, 'DEFAULT ' || pg_get_expr(d.adbin, d.adrelid)))
    FROM own JOIN pg_attribute a ON a.attrelid = own.oid AND a.attnum > 0 AND NOT a.attisdropped
             LEFT JOIN pg_attrdef d ON d.adrelid = own.oid AND d.adnum = a.attnum
    UNION ALL
    SELECT of_table, pg_get_indexdef(oid) FROM own WHERE relkind IN ('i', 'I')
    UNION ALL
    SELECT of_table, format('constraint %s of %s: %s', c.conname, relname, pg_get_constraintdef(c.oid))
    FROM own JOIN pg_constraint c ON c.conrelid = own.oid
    UNION ALL
    SELECT '', pg_get_triggerdef(t.oid) FROM own JOIN pg_trigger t ON t.tgrelid = own.oid WHERE NOT t.tgisinternal
    UNION ALL
    SELECT '', pg_get_functiondef(p.oid) FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prokind IN ('f', 'p')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    UNION ALL
    SELECT '', format('type %s', typname) FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('d', 'e')";

/// A part of a database's schema.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Object {
    /// The table that it is a part of; empty if it is none. Triggers are none: they act on tables of others, too.
    pub(super) table: String,
    pub(super) description: String,
}

impl Catalog {
    pub(super) async fn connect(url: &str) -> Result<Self> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::spawn(connection);
        Ok(Self { client })
    }

    /// The tables by name.
    pub(super) async fn tables(&self) -> Result<Vec<Table>> {
        let mut tables = Vec::new();
        for row in self.client.query(TABLES, &[]).await? {
            let columns = self.client.query(COLUMNS, &[&row.try_get::<_, u32>("oid")?]).await?;
            let columns = columns
                .iter()
                .map(|row| Ok(Column { name: row.try_get(0)?, sql_type: row.try_get(1)?, nullable: row.try_get(2)? }));
            tables.push(Table {
                name: row.try_get("name")?,
                key: row.try_get("key")?,
                columns: columns.collect::<Result<_>>()?,
            });
        }
        Ok(tables)
    }

    /// All relations, columns, indexes, constraints, triggers, functions and types.
    pub(super) async fn objects(&self) -> Result<BTreeSet<Object>> {
        let rows = self.client.query(OBJECTS, &[]).await?;
        rows.iter().map(|row| Ok(Object { table: row.try_get(0)?, description: row.try_get(1)? })).collect()
    }
}

#[cfg(test)]
mod tests {
    use hexado_devdb::testing::TestDatabase;

    use super::*;

    /// A database with the tables of `sql`, and a view of it.
    async fn database(sql: &str) -> (TestDatabase, Catalog) {
        let database = TestDatabase::create("empty", async |_: &str| anyhow::Ok(())).await.unwrap();
        let catalog = Catalog::connect(database.url()).await.unwrap();
        catalog.client.batch_execute(sql).await.unwrap();
        (database, catalog)
    }

    #[tokio::test]
    async fn tables_come_with_their_keys_and_columns_in_order() {
        let (_database, catalog) = database(
            "CREATE TABLE b (x int8, y text NOT NULL, PRIMARY KEY (y, x));
             CREATE TABLE a (id int8 PRIMARY KEY, gone bool, at timestamptz);
             ALTER TABLE a DROP COLUMN gone;
             CREATE TABLE __diesel_schema_migrations (version text PRIMARY KEY);",
        )
        .await;
        let column =
            |name: &str, sql_type: &str, nullable| Column { name: name.into(), sql_type: sql_type.into(), nullable };
        let a = vec![column("id", "int8", false), column("at", "timestamptz", true)];
        let b = vec![column("x", "int8", false), column("y", "text", false)];
        let expected = [
            Table { name: "a".into(), key: vec!["id".into()], columns: a },
            Table { name: "b".into(), key: vec!["y".into(), "x".into()], columns: b },
        ];
        assert_eq!(catalog.tables().await.unwrap(), expected);
    }

    #[tokio::test]
    async fn a_change_of_any_object_shows() {
        let (_database, catalog) = database("CREATE TABLE a (id int8 PRIMARY KEY, n int4)").await;
        let mut before = catalog.objects().await.unwrap();
        for sql in [
            "CREATE INDEX a_n ON a (n) WHERE n > 0",
            "ALTER TABLE a ALTER n SET DEFAULT 7",
            "ALTER TABLE a ADD CONSTRAINT positive CHECK (n > 0)",
            "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
            "CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION f()",
            "CREATE SEQUENCE s",
            "CREATE TYPE e AS ENUM ('x')",
        ] {
            catalog.client.batch_execute(sql).await.unwrap();
            let after = catalog.objects().await.unwrap();
            assert_ne!(before, after, "{sql}");
            before = after;
        }
    }

    #[tokio::test]
    async fn an_index_is_a_part_of_its_table_and_a_trigger_is_not() {
        let (_database, catalog) = database(
            "CREATE TABLE a (id int8 PRIMARY KEY);
             CREATE INDEX b ON a (id);
             CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
             CREATE TRIGGER t BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION f();",
        )
        .await;
        let objects = catalog.objects().await.unwrap();
        let table_of =
            |start: &str| &objects.iter().find(|object| object.description.starts_with(start)).unwrap().table;
        assert_eq!(
            [table_of("CREATE INDEX b"), table_of("constraint a_pkey"), table_of("CREATE TRIGGER t")],
            ["a", "a", ""]
        );
    }
}
