//! Migrations are embedded by a macro that cannot tell cargo about new files.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
