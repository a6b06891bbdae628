use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

use hexado_devdb::testing::left_out;
use hexado_devdb::{Cluster, Error, Options, default_data_dir};

use crate::support::{Holder, ask, folder, is_root};

#[tokio::test]
async fn as_root_the_server_runs_as_another_user_who_owns_the_data() {
    if !is_root() {
        return left_out("running as root", "root");
    }
    let folder = folder();
    let cluster = Cluster::start(&Options::new(folder.path().join("data"))).unwrap();
    let data = ask(cluster.url(), "SELECT current_setting('data_directory')").await;
    assert_ne!(std::fs::metadata(&data).unwrap().uid(), 0);
    let pid = ask(cluster.url(), "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)").await;
    let user = Command::new("ps").args(["-o", "uid=", "-p", &pid]).output().unwrap();
    let user: u32 = String::from_utf8(user.stdout).unwrap().trim().parse().unwrap();
    assert_eq!(user, std::fs::metadata(&data).unwrap().uid());
}

#[test]
fn as_root_a_data_folder_below_a_closed_one_is_an_error_that_names_it() {
    if !is_root() {
        return left_out("a folder that the server's user cannot pass", "root");
    }
    let folder = folder();
    let closed = folder.path().join("home");
    std::fs::create_dir(&closed).unwrap();
    std::fs::set_permissions(&closed, PermissionsExt::from_mode(0o700)).unwrap();

    let error = Cluster::start(&Options::new(closed.join("project/data"))).unwrap_err();
    assert!(matches!(&error, Error::NotPassable { closed: named, .. } if *named == closed), "{error}");
    assert!(error.to_string().contains("chmod o+x"), "{error}");
}

#[tokio::test]
async fn an_ordinary_user_needs_nothing_of_root() {
    let folder = folder();
    let helper = Holder::command(folder.path());
    let mut holder = if is_root() {
        let Some(ordinary) = as_nobody(&helper) else {
            return left_out("running as an ordinary user", "setpriv, or a build folder that user can pass");
        };
        std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o777)).unwrap();
        Holder::spawn(ordinary)
    } else {
        Holder::spawn(helper)
    };
    let url = holder.url();
    assert_eq!(ask(&url, "SELECT 1").await, "1");
    let data = ask(&url, "SELECT current_setting('data_directory')").await;
    assert_ne!(std::fs::metadata(data).unwrap().uid(), 0);
    assert_eq!(holder.let_go(), "Stopped");
}

#[test]
fn data_goes_into_the_working_folder_but_for_root() {
    let folder = folder();
    let data_dir = default_data_dir(folder.path());
    if is_root() {
        assert_eq!(data_dir.parent().unwrap().to_str(), Some("/var/lib/hexado"));
        assert_eq!(data_dir, default_data_dir(folder.path()));
        assert_ne!(data_dir, default_data_dir(folder.path().parent().unwrap()));
    } else {
        assert_eq!(data_dir, folder.path().join(".hexado"));
    }
}

/// `command`, run by the user `nobody`; `None` where that cannot be.
fn as_nobody(command: &Command) -> Option<Command> {
    let drop_to_nobody = || {
        let mut setpriv = Command::new("setpriv");
        setpriv.args([
            "--reuid=nobody",
            "--regid=65534",
            "--clear-groups",
            "--inh-caps=-all",
            "env",
            "HOME=/nonexistent",
        ]);
        setpriv
    };
    let reachable = drop_to_nobody().args(["test", "-x"]).arg(command.get_program()).status();
    let mut ordinary = drop_to_nobody();
    ordinary.arg(command.get_program()).args(command.get_args());
    reachable.is_ok_and(|status| status.success()).then_some(ordinary)
}
