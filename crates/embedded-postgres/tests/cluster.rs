//! Real clusters: started, stopped, killed, and asked for what they hold.

use std::fs::{self, Permissions};
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use embedded_postgres::{Cluster, Error, Settings, find_bin_dir, find_running};
use tempfile::TempDir;

/// Root's clusters run as another user, who must be able to enter.
fn folder() -> TempDir {
    tempfile::Builder::new().permissions(Permissions::from_mode(0o711)).tempdir().unwrap()
}

fn settings(data_dir: &Path) -> Settings {
    Settings { extra: vec![("fsync".into(), "off".into())], ..Settings::new(data_dir) }
}

fn try_sql(url: &str, statement: &str) -> Result<String, String> {
    let mut psql = Command::new(find_bin_dir().unwrap().join("psql"));
    let out = psql.args(["-XAtq", "-d", url, "-c", statement]).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().trim().to_string();
    if out.status.success() { Ok(text(out.stdout)) } else { Err(text(out.stderr)) }
}

fn sql(url: &str, statement: &str) -> String {
    try_sql(url, statement).unwrap()
}

#[expect(
    clippy::disallowed_methods,
    reason = "there is nothing to wait for but the passing of time, bounded"
)]
fn wait_until(what: &str, mut done: impl FnMut() -> bool) {
    let since = Instant::now();
    while !done() {
        assert!(since.elapsed() < Duration::from_secs(30), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn postmaster_pid(data_dir: &Path) -> String {
    fs::read_to_string(data_dir.join("postgres/postmaster.pid"))
        .unwrap()
        .lines()
        .next()
        .unwrap()
        .to_string()
}

fn kill(signal: &str, pid: &str) {
    assert!(Command::new("kill").args([signal, pid]).status().unwrap().success());
}

/// The runner in a process of its own, as an ordinary user (`nobody` when we are root).
struct Runner {
    process: Child,
    url: String,
}

impl Runner {
    fn start(top: &Path, data_dir: &Path) -> Result<Runner, String> {
        // A copy, because an ordinary user may not be able to enter the folder it was built in.
        let program = top.join("run");
        if !program.exists() {
            fs::copy(env!("CARGO_BIN_EXE_run-embedded-postgres"), &program).unwrap();
        }
        let mut command = Command::new(program);
        command
            .arg(data_dir)
            .arg("fsync=off")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if fs::metadata(top).unwrap().uid() == 0 {
            std::os::unix::fs::chown(top, Some(65534), Some(65534)).unwrap();
        }
        let owner = fs::metadata(top).unwrap().uid();
        if owner == 65534 {
            command.uid(65534).gid(65534);
        }
        let mut process = command.spawn().unwrap();
        let mut url = String::new();
        BufReader::new(process.stdout.take().unwrap()).read_line(&mut url).unwrap();
        if url.is_empty() {
            let mut said = String::new();
            process.stderr.take().unwrap().read_to_string(&mut said).unwrap();
            process.wait().unwrap();
            return Err(said);
        }
        Ok(Runner { process, url: url.trim().to_string() })
    }
}

#[test]
fn data_survives_a_restart_and_nothing_is_left_running() {
    let top = folder();
    let data_dir = top.path().join("data");
    let cluster = Cluster::start(&settings(&data_dir)).unwrap();
    sql(
        &cluster.url("postgres", "postgres"),
        "CREATE TABLE kept AS SELECT 'Zoë' AS name; CREATE ROLE \"a b\" LOGIN",
    );
    assert_eq!(find_running(&data_dir).unwrap().as_ref(), Some(cluster.address()));
    cluster.stop();
    assert_eq!(find_running(&data_dir).unwrap(), None);
    assert!(!data_dir.join("postgres/postmaster.pid").exists());

    let cluster = Cluster::start(&settings(&data_dir)).unwrap();
    assert_eq!(sql(&cluster.url("postgres", "postgres"), "SELECT upper(name) FROM kept"), "ZOË");
    assert_eq!(sql(&cluster.url("a b", "postgres"), "SELECT current_user"), "a b");
}

#[test]
fn it_is_private_and_durable_unless_told_otherwise() {
    let top = folder();
    let durable = Settings::new(top.path().join("data"));
    let cluster = Cluster::start(&durable).unwrap();
    let url = cluster.address().superuser_url();
    assert_eq!(sql(&url, "SHOW fsync"), "on");
    assert_eq!(sql(&url, "SHOW listen_addresses"), "");
    assert_eq!(sql(&url, "SHOW data_checksums"), "on");
    assert_eq!(sql(&url, "SHOW client_connection_check_interval"), "250ms");
    for private in ["postgres", "postgres.sock"] {
        let about = fs::metadata(durable.data_dir.join(private)).unwrap();
        assert_eq!(about.permissions().mode() & 0o777, 0o700, "{private}");
    }
    // The words of a failed statement may be somebody's personal data.
    assert!(try_sql(&url, "SELECT 'secret words'::int").is_err());
    let log = fs::read_to_string(durable.data_dir.join("postgres.log")).unwrap();
    assert!(log.contains("ERROR") && !log.contains("SELECT"), "{log}");
}

#[test]
fn secrets_of_our_environment_do_not_reach_postgresql() {
    let top = folder();
    let runner = Runner::start(top.path(), &top.path().join("data")).unwrap();
    let pid = postmaster_pid(&top.path().join("data"));
    if let Ok(environment) = fs::read(format!("/proc/{pid}/environ")) {
        let names: Vec<String> = environment
            .split(|byte| *byte == 0)
            .map(|setting| String::from_utf8_lossy(setting).split('=').next().unwrap().to_string())
            // PostgreSQL sets some of its own.
            .filter(|name| !name.is_empty() && !name.starts_with("PG"))
            .collect();
        assert!(
            names.iter().all(|name| ["LC_ALL", "PATH", "LD_LIBRARY_PATH"].contains(&name.as_str())),
            "{names:?}"
        );
    }
    drop(runner.process.stdin);
}

#[test]
fn a_second_instance_is_refused() {
    let top = folder();
    let data_dir = top.path().join("data");
    let cluster = Cluster::start(&settings(&data_dir)).unwrap();
    let error = Cluster::start(&settings(&data_dir)).unwrap_err();
    assert!(
        matches!(error, Error::InUse { pid: Some(pid), .. } if pid == std::process::id()),
        "{error}"
    );
    let expected =
        format!("another running process ({}) already uses the data folder `", std::process::id());
    assert!(error.to_string().starts_with(&expected), "{error}");
    assert_eq!(sql(&cluster.url("postgres", "postgres"), "SELECT 1"), "1");
}

#[test]
fn an_ordinary_user_runs_it_too_and_a_killed_owner_leaves_nothing_broken() {
    let top = folder();
    let data_dir = top.path().join("data");
    let mut runner = Runner::start(top.path(), &data_dir).unwrap();
    sql(&runner.url, "CREATE TABLE kept AS SELECT 7 AS n");
    let refused = Runner::start(top.path(), &data_dir).err().unwrap();
    assert!(refused.contains("already uses the data folder"), "{refused}");

    runner.process.kill().unwrap();
    runner.process.wait().unwrap();
    let mut again = Runner::start(top.path(), &data_dir).unwrap();
    assert_eq!(sql(&again.url, "SELECT n FROM kept"), "7");
    again.process.kill().unwrap();
    again.process.wait().unwrap();
    // On Linux PostgreSQL stops with its owner; elsewhere the next start stops it.
    if cfg!(target_os = "linux") {
        wait_until("PostgreSQL has stopped", || !data_dir.join("postgres/postmaster.pid").exists());
    }
}

#[test]
fn owner_and_postgresql_killed_at_once() {
    let top = folder();
    let data_dir = top.path().join("data");
    let mut runner = Runner::start(top.path(), &data_dir).unwrap();
    sql(&runner.url, "CREATE TABLE kept AS SELECT 7 AS n");
    kill("-KILL", &postmaster_pid(&data_dir));
    runner.process.kill().unwrap();
    runner.process.wait().unwrap();
    let mut again = Runner::start(top.path(), &data_dir).unwrap();
    assert_eq!(sql(&again.url, "SELECT n FROM kept"), "7");
    drop(again.process.stdin.take());
    assert!(again.process.wait().unwrap().success());
}

#[test]
fn a_killed_postgresql_comes_back_at_the_same_address() {
    let top = folder();
    let data_dir = top.path().join("data");
    let cluster = Cluster::start(&settings(&data_dir)).unwrap();
    let url = cluster.address().superuser_url();
    sql(&url, "CREATE TABLE kept AS SELECT 7 AS n");
    let killed = postmaster_pid(&data_dir);
    kill("-KILL", &killed);
    wait_until("it answers again", || try_sql(&url, "SELECT n FROM kept").is_ok_and(|n| n == "7"));
    assert_ne!(postmaster_pid(&data_dir), killed);
}

#[test]
fn a_stale_process_number_that_is_somebody_elses_now_does_not_matter() {
    let top = folder();
    let data_dir = top.path().join("data");
    Cluster::start(&settings(&data_dir)).unwrap().stop();
    // Of the user who runs PostgreSQL, or it would not mind.
    let mut stranger = Command::new("cat").stdin(Stdio::piped()).spawn().unwrap();
    let pid_file = data_dir.join("postgres/postmaster.pid");
    let text = format!(
        "{}\n{}\n1\n5432\n/nowhere\n\n  1 1\nready   \n",
        stranger.id(),
        data_dir.display()
    );
    fs::write(&pid_file, text).unwrap();
    let owner = fs::metadata(data_dir.join("postgres")).unwrap();
    let socket_lock = data_dir.join("postgres.sock/.s.PGSQL.5432.lock");
    fs::copy(&pid_file, &socket_lock).unwrap();
    for file in [&pid_file, &socket_lock] {
        std::os::unix::fs::chown(file, Some(owner.uid()), Some(owner.gid())).unwrap();
    }

    assert_eq!(find_running(&data_dir).unwrap(), None);
    let cluster = Cluster::start(&settings(&data_dir)).unwrap();
    assert_eq!(sql(&cluster.url("postgres", "postgres"), "SELECT 1"), "1");
    assert!(stranger.try_wait().unwrap().is_none(), "an innocent process was killed");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[test]
fn an_interrupted_initdb_is_begun_anew() {
    let top = folder();
    let data_dir = top.path().join("data");
    fs::create_dir_all(data_dir.join("postgres.new/base")).unwrap();
    fs::set_permissions(&data_dir, Permissions::from_mode(0o711)).unwrap();
    fs::write(data_dir.join("postgres.new/PG_VERSION"), "15\n").unwrap();
    let cluster = Cluster::start(&settings(&data_dir)).unwrap();
    assert_eq!(sql(&cluster.url("postgres", "postgres"), "SELECT 1"), "1");
    assert!(!data_dir.join("postgres.new").exists());
}

#[test]
fn a_long_path_gets_its_socket_elsewhere() {
    let top = folder();
    let data_dir = top.path().join("x".repeat(60)).join("y".repeat(60));
    let cluster = Cluster::start(&settings(&data_dir)).unwrap();
    let url = cluster.url("postgres", "postgres");
    assert_eq!(sql(&url, "SELECT 1"), "1");
    let socket_dir = PathBuf::from(sql(&url, "SHOW unix_socket_directories"));
    assert_eq!(socket_dir.parent(), Some(&*std::env::temp_dir()));
    assert_eq!(fs::metadata(&socket_dir).unwrap().permissions().mode() & 0o777, 0o700);
    cluster.stop();
    fs::remove_dir(socket_dir).unwrap();
}

#[test]
fn a_cluster_of_another_version_is_left_alone() {
    let top = folder();
    let data_dir = top.path().join("data");
    Cluster::start(&settings(&data_dir)).unwrap().stop();
    fs::write(data_dir.join("postgres/PG_VERSION"), "9\n").unwrap();
    let error = Cluster::start(&settings(&data_dir)).unwrap_err();
    assert!(matches!(error, Error::OtherVersion { made_by: 9, .. }), "{error}");
}

#[test]
fn what_postgresql_says_is_in_the_error() {
    let top = folder();
    let mut wrong = settings(&top.path().join("data"));
    wrong.extra.push(("max_connections".into(), "many".into()));
    let error = Cluster::start(&wrong).unwrap_err().to_string();
    assert!(error.contains("invalid value for parameter \"max_connections\""), "{error}");
}
