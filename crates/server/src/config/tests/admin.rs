use super::super::AdminConfig;
use super::*;

const EMAIL: (&str, &str) = ("ADMIN_EMAIL", "Ann@Example.com");
const PASSWORD: (&str, &str) = ("ADMIN_PASSWORD", "correct horse");

#[test]
fn the_first_admin_has_address_and_password() {
    assert!(config(&[]).identity.first_admin.is_none());
    let admin = config(&[EMAIL, PASSWORD]).identity.first_admin.unwrap();
    assert_eq!((admin.email.as_str(), admin.password.expose()), ("ann@example.com", "correct horse"));
    assert!(!format!("{admin:?}").contains("correct horse"));
}

#[test]
fn address_and_password_need_each_other() {
    assert!(fault(&[EMAIL]).starts_with("ADMIN_PASSWORD is missing, and ADMIN_EMAIL needs it"));
    assert!(fault(&[PASSWORD]).starts_with("ADMIN_EMAIL is missing, and ADMIN_PASSWORD needs it"));
}

#[test]
fn an_address_or_a_password_that_cannot_be_had_is_a_fault_that_does_not_show_it() {
    for (variables, expected) in [
        ([("ADMIN_EMAIL", "ann"), PASSWORD], "ADMIN_EMAIL is `ann`; it must be an e-mail address"),
        (
            [("ADMIN_EMAIL", "ann@users.invalid"), PASSWORD],
            "ADMIN_EMAIL has an unusable value; it must be an e-mail address",
        ),
        (
            [EMAIL, ("ADMIN_PASSWORD", "hunter2")],
            "ADMIN_PASSWORD has an unusable value; it must be 8 to 128 characters",
        ),
    ] {
        assert_eq!(fault(&variables), expected);
    }
    let both = error(&[("ADMIN_EMAIL", "ann"), ("ADMIN_PASSWORD", "hunter2")]);
    assert!(both.starts_with("the configuration has 2 faults:") && !both.contains("hunter2"), "{both}");
}

#[test]
fn where_nobody_signs_in_there_is_no_first_admin() {
    let variables = [EMAIL, PASSWORD, JWKS];
    assert_eq!(warnings(&variables), ["ADMIN_EMAIL has no effect with IDENTITY=external"]);
    assert!(config(&variables).identity.first_admin.is_none());
}

#[test]
fn an_admin_can_be_made_by_hand_with_the_password_alone() {
    let read = |variables: &[_]| read(&settings(variables), AdminConfig::read).map(|checked| checked.value);
    assert_eq!(read(&[PASSWORD]).unwrap().password.unwrap().expose(), "correct horse");
    assert!(read(&[]).unwrap().password.is_none());
    assert!(read(&[("ADMIN_PASSWORD", "hunter2")]).is_err());
    assert!(!read(&[JWKS]).unwrap().builtin_identity);
}
