use hexado_domain::error::FieldFault;
use hexado_domain::identity::Email;

/// The field of a body that has an address.
pub(crate) fn parse_email(text: &str) -> Result<Email, FieldFault> {
    let expected = "an e-mail address of at most 200 characters";
    email_address(text.trim()).ok_or(FieldFault::NotOneOf { expected })
}

/// An address as Better Auth's validator accepts it, which is narrower than RFC 5321: one `@`, a plain local part without
/// dots at its ends or in a row, a domain of at least two names whose last has letters only.
pub(crate) fn email_address(text: &str) -> Option<Email> {
    let (local, domain) = text.split_once('@')?;
    let names: Vec<&str> = domain.split('.').collect();
    let (last, others) = names.split_last()?;
    let well_formed = is_local(local) && !others.is_empty() && others.iter().all(|name| is_name(name)) && is_last(last);
    if well_formed { Email::parse(text) } else { None }
}

fn is_local(local: &str) -> bool {
    let plain = local.bytes().all(|b| b.is_ascii_alphanumeric() || b"_'+-.".contains(&b));
    let ends_well = !local.ends_with(['.', '\'']);
    plain && ends_well && !local.is_empty() && !local.starts_with('.') && !local.contains("..")
}

fn is_name(name: &str) -> bool {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
    plain && !name.is_empty() && !name.starts_with('-')
}

fn is_last(name: &str) -> bool {
    name.len() >= 2 && name.bytes().all(|b| b.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_that_the_original_accepts() {
        for accepted in ["ann@example.com", "A.n+n_o'x-1@a-b.example.co", "0@1.io"] {
            assert!(email_address(accepted).is_some(), "{accepted}");
        }
        for refused in [
            "",
            "ann",
            "@a.io",
            "ann@",
            "ann@localhost",
            ".a@b.io",
            "a.@b.io",
            "a..b@c.io",
            "a@-b.io",
            "a@b.i",
            "a@b.c0m",
            "a b@c.io",
            " a@b.io",
            "a@b@c.io",
            "ä@b.io",
            "a@b..io",
            "a'@b.io",
        ] {
            assert!(email_address(refused).is_none(), "{refused:?}");
        }
        assert!(email_address(&format!("{}@example.com", "a".repeat(200))).is_none());
    }
}
