use std::fmt;

use serde::{Deserialize, Serialize};

use crate::identity::Email;

/// One message to one person, in two forms that say the same.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mail {
    #[serde(with = "address")]
    pub to: Email,
    pub subject: String,
    pub text: String,
    pub html: String,
}

/// Without the bodies: they hold links that open accounts.
impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail").field("to", &self.to).field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// An address as JSON has it.
mod address {
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    use crate::identity::Email;

    pub(super) fn serialize<S: Serializer>(email: &Email, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(email.as_str())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Email, D::Error> {
        let text = String::deserialize(deserializer)?;
        Email::parse(&text).ok_or_else(|| Error::custom("not an e-mail address"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::fixtures::mail;

    #[test]
    fn what_is_shown_of_a_mail_for_people_who_debug_has_no_links() {
        let shown = format!("{:?}", Mail { text: "the token".into(), html: "the token".into(), ..mail("ann") });
        assert!(shown.contains("ann@example.com") && !shown.contains("the token"), "{shown}");
    }
}
