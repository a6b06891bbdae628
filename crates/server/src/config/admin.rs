use hexado_domain::identity::{Email, NewAdmin, Password};

use super::database::Database;
use super::environment::Environment;
use super::logs::Logs;
use super::reader::Reader;
use super::{data_dir, identity};

/// What an admin is called who was given no name.
pub(crate) const DEFAULT_NAME: &str = "Admin";

/// The admin to make at start, where there is none.
pub(super) fn first_admin(reader: &mut Reader<'_>, builtin_identity: bool) -> Option<NewAdmin> {
    let named = ["ADMIN_EMAIL", "ADMIN_PASSWORD"].map(|name| reader.text(name).is_some());
    let own = |text: &str| Email::parse(text).filter(|email| !email.is_placeholder());
    let email = reader.parsed("ADMIN_EMAIL", "an e-mail address", own);
    let password = admin_password(reader);
    match named {
        [true, false] => reader.fault("ADMIN_PASSWORD", "is missing, and ADMIN_EMAIL needs it", SET_A_PASSWORD),
        [false, true] => {
            reader.fault("ADMIN_EMAIL", "is missing, and ADMIN_PASSWORD needs it", "set it to an e-mail address");
        }
        [true, true] if !builtin_identity => reader.warn("ADMIN_EMAIL has no effect with IDENTITY=external"),
        _ => {}
    }
    let (email, password) = email.zip(password).filter(|_| builtin_identity)?;
    Some(NewAdmin { name: DEFAULT_NAME.to_owned(), email, password })
}

const SET_A_PASSWORD: &str = "set it to 8 to 128 characters";

fn admin_password(reader: &mut Reader<'_>) -> Option<Password> {
    reader.parsed("ADMIN_PASSWORD", "8 to 128 characters", |text| Password::parse_new(text).ok())
}

/// What is needed to make an admin by hand.
#[derive(Debug)]
pub(crate) struct AdminConfig {
    pub(crate) database: Database,
    pub(crate) logs: Logs,
    /// Whether people sign in here.
    pub(crate) builtin_identity: bool,
    /// `None` where it is given otherwise, or made.
    pub(crate) password: Option<Password>,
}

impl AdminConfig {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Self {
        let environment = Environment::read(reader);
        let debug = reader.switch("DEBUG", false);
        let data_dir = data_dir(reader);
        Self {
            database: Database::read(reader, environment, &data_dir),
            logs: Logs::read(reader, environment, debug),
            builtin_identity: identity::is_builtin(reader),
            password: admin_password(reader),
        }
    }
}
