use super::reader::Reader;

/// What the server is run for. Staging is production without users: the same care, the same defaults but for the docs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Environment {
    Development,
    Staging,
    Production,
}

impl Environment {
    pub(super) fn read(reader: &mut Reader<'_>) -> Self {
        let choices =
            [Self::Development, Self::Staging, Self::Production].map(|environment| (environment.name(), environment));
        reader.choice("ENVIRONMENT", &choices, Self::Development)
    }

    pub(crate) fn is_development(self) -> bool {
        self == Self::Development
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Development => "development",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}
