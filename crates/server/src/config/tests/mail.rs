use super::*;

const SMTP: (&str, &str) = ("SMTP_URL", "smtp://ann:hush@mail.example.com");
const FROM: (&str, &str) = ("MAIL_FROM", "Hexado <no-reply@example.com>");

#[test]
fn mails_are_files_in_development_and_off_in_production_unless_there_is_a_server() {
    let Mail::Files { folder, .. } = config(&[("DATA_DIR", "data")]).mail else { panic!("not to files") };
    assert_eq!(folder, Path::new("/srv/hexado/data/mail"));
    assert!(matches!(config(&production(&[])).mail, Mail::Off));
    assert!(matches!(config(&[SMTP, FROM]).mail, Mail::Smtp { .. }));
    assert!(matches!(config(&production(&[SMTP, FROM])).mail, Mail::Smtp { .. }));
    assert_eq!(warnings(&production(&[SMTP, FROM])), Vec::<String>::new());
}

#[test]
fn a_server_needs_a_sender() {
    let expected = "MAIL_FROM is missing, and SMTP_URL needs it; \
                    set it to an address, or a name and an address such as Hexado <no-reply@example.com>";
    assert_eq!(fault(&[SMTP]), expected);
    let unusable = fault(&[SMTP, ("MAIL_FROM", "no-reply@")]);
    assert!(unusable.starts_with("MAIL_FROM has an unusable value; it must be an address, or "), "{unusable}");
}

#[test]
fn a_server_that_cannot_be_used_is_a_fault_that_does_not_show_the_password() {
    let fault = fault(&production(&[("SMTP_URL", "smtp://ann:hush@mail.example.com?tls=opportunistic"), FROM]));
    assert!(fault.starts_with("SMTP_URL cannot be used: tls=opportunistic may fall back to plain text"), "{fault}");
    assert!(!fault.contains("hush"), "{fault}");
}

#[test]
fn a_password_in_plain_text_is_a_warning() {
    let warnings = warnings(&[("SMTP_URL", "smtp://ann:hush@mail.example.com?tls=none"), FROM]);
    assert_eq!(warnings, ["SMTP_URL sends its password in plain text: prefer tls=required"]);
}
