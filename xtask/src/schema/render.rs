use anyhow::{Result, bail};

/// A table as diesel needs to know it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: String,
    /// The columns of the primary key, in its order.
    pub(super) key: Vec<String>,
    /// In the table's order.
    pub(super) columns: Vec<Column>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: String,
    /// As in `pg_type`, such as `int8`.
    pub(super) sql_type: String,
    pub(super) nullable: bool,
}

/// Column names that diesel's macros cannot use as they are.
const KEYWORDS: [&str; 10] = ["as", "enum", "final", "for", "in", "match", "mod", "ref", "type", "use"];

/// The whole of `schema.rs`.
///
/// # Errors
///
/// If a table has no primary key, or a column has a type that has no mapping here.
pub(super) fn render(tables: &[Table]) -> Result<String> {
    let mut text = String::from("//! The tables as `migrations/` leave them. Made by `cargo xtask schema`.\n");
    for table in tables {
        text += &render_table(table)?;
    }
    Ok(text)
}

fn render_table(table: &Table) -> Result<String> {
    if table.key.is_empty() {
        bail!("the table {} has no primary key: diesel needs one", table.name);
    }
    let mut text = format!("\ndiesel::table! {{\n    {} ({}) {{\n", table.name, table.key.join(", "));
    for column in &table.columns {
        text += &render_column(column).map_err(|error| error.context(format!("table {}", table.name)))?;
    }
    Ok(text + "    }\n}\n")
}

fn render_column(Column { name, sql_type, nullable }: &Column) -> Result<String> {
    let rust_type = match sql_type.as_str() {
        "bool" => "Bool",
        "bytea" => "Bytea",
        "date" => "Date",
        "float8" => "Double",
        "int2" => "Int2",
        "int4" => "Int4",
        "int8" => "Int8",
        "jsonb" => "Jsonb",
        "text" => "Text",
        // Of texts that are all there.
        "_text" => "Array<Text>",
        "timestamptz" => "Timestamptz",
        "uuid" => "Uuid",
        // Written and searched in SQL, never read.
        "tsvector" => return Ok(String::new()),
        other => {
            bail!("column {name}: no mapping of {other} to a type of diesel's; add one in xtask/src/schema/render.rs")
        }
    };
    let rust_type = if *nullable { format!("Nullable<{rust_type}>") } else { rust_type.to_owned() };
    if KEYWORDS.contains(&name.as_str()) {
        return Ok(format!("        #[sql_name = \"{name}\"]\n        {name}_ -> {rust_type},\n"));
    }
    Ok(format!("        {name} -> {rust_type},\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, sql_type: &str, nullable: bool) -> Column {
        Column { name: name.into(), sql_type: sql_type.into(), nullable }
    }

    fn table(name: &str, key: &[&str], columns: Vec<Column>) -> Table {
        Table { name: name.into(), key: key.iter().map(ToString::to_string).collect(), columns }
    }

    #[test]
    fn a_table_becomes_diesels_macro() {
        let columns =
            vec![column("id", "int8", false), column("due_at", "timestamptz", true), column("type", "text", false)];
        let expected = "\
//! The tables as `migrations/` leave them. Made by `cargo xtask schema`.

diesel::table! {
    tasks (user_id, id) {
        id -> Int8,
        due_at -> Nullable<Timestamptz>,
        #[sql_name = \"type\"]
        type_ -> Text,
    }
}
";
        assert_eq!(render(&[table("tasks", &["user_id", "id"], columns)]).unwrap(), expected);
    }

    #[test]
    fn an_unknown_type_is_an_error_that_names_the_column() {
        let error = render(&[table("a", &["id"], vec![column("at", "money", false)])]).unwrap_err();
        assert!(format!("{error:#}").contains("table a: column at: no mapping of money"), "{error:#}");
    }

    #[test]
    fn a_table_without_a_primary_key_is_an_error() {
        assert!(render(&[table("a", &[], vec![column("id", "text", false)])]).is_err());
    }
}
