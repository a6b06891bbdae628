use super::*;

fn file(variables: &[(&str, &str)]) -> LogFile {
    config(variables).logs.file.unwrap()
}

#[test]
fn formats_are_pretty_or_json() {
    assert_eq!(config(&[("LOG_FORMAT", "JSON")]).logs.format, LogFormat::Json);
    assert_eq!(config(&production(&[("LOG_FORMAT", "pretty")])).logs.format, LogFormat::Pretty);
    assert_eq!(fault(&[("LOG_FORMAT", "xml")]), "LOG_FORMAT is `xml`; it must be pretty or json");
}

#[test]
fn debug_logs_more_of_our_own_lines() {
    assert_eq!(config(&[("DEBUG", "on")]).logs.filter, "info,actix_server=warn,hexado=debug");
}

#[test]
fn a_filter_of_ones_own_wins() {
    assert_eq!(config(&[("DEBUG", "on"), ("RUST_LOG", "warn")]).logs.filter, "warn");
}

#[test]
fn a_filter_that_cannot_be_read_is_a_fault() {
    assert!(fault(&[("RUST_LOG", "hexado=loud")]).starts_with("RUST_LOG is `hexado=loud`; it must be a level"));
}

#[test]
fn a_file_is_rotated_daily_and_kept_for_a_week() {
    let expected = LogFile { path: "/srv/hexado/logs/hexado.log".into(), rotation: LogRotation::Daily, keep: 7 };
    assert_eq!(file(&[("LOG_FILE", "logs/hexado.log")]), expected);
}

#[test]
fn rotation_can_be_set() {
    let set = file(&[("LOG_FILE", "/var/log/hexado.log"), ("LOG_ROTATION", "hourly"), ("LOG_KEEP", "48")]);
    assert_eq!(set, LogFile { path: "/var/log/hexado.log".into(), rotation: LogRotation::Hourly, keep: 48 });
    assert_eq!(fault(&[("LOG_ROTATION", "weekly")]), "LOG_ROTATION is `weekly`; it must be daily, hourly or never");
    assert_eq!(fault(&[("LOG_KEEP", "0")]), "LOG_KEEP is `0`; it must be a number from 1 to 10000");
}

#[test]
fn a_folder_is_no_log_file() {
    assert_eq!(fault(&[("LOG_FILE", "/")]), "LOG_FILE is a folder; name a file, such as /var/log/hexado/hexado.log");
}
