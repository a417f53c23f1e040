//! Backups of Patroni's cluster: the leader makes one, and what was written since comes back with it.

use std::time::Duration;

use crate::common::run;
use crate::fleet::text_of;
use crate::patroni::psql;
use crate::stage::{MEMBERS, Stage, answer, until};

/// Where it comes back to.
const RESTORED: &str = "/var/lib/restored";

/// Lays out what pgBackRest reads on a host, as nixpkgs' module writes it. Its account may write to the repository.
pub(crate) fn prepare(stage: &Stage, host: &str) {
    let found = &stage.found[host]["patroni"];
    let mut text = String::from("[global]\nlog-level-console=info\nlog-level-file=off\n");
    for (section, prefix, settings) in [("", "repo1", &found["repository"]), ("[db]\n", "pg1", &found["instance"])] {
        text.push_str(section);
        for (key, value) in settings.as_object().expect("a set") {
            let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            text.push_str(&format!("{prefix}-{key}={value}\n"));
        }
    }
    stage.write(host, "/run/pgbackrest.conf", &text);
}

/// Where it finds that, and a directory for its locks that no other host has.
pub(crate) fn variables() -> [(String, String); 2] {
    [("PGBACKREST_CONFIG", "/run/pgbackrest.conf"), ("PGBACKREST_LOCK_PATH", "/run/postgresql/locks")]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
}

/// The leader backs up and nobody else does. A row that was written afterwards is in what is restored.
pub(crate) fn come_back(stage: &Stage, leader: &str) {
    for host in MEMBERS.into_iter().filter(|host| *host != leader).chain([leader]) {
        let said = run(&mut backup(stage, host));
        let made = said.contains("backup command end: completed successfully");
        assert_eq!(made, host == leader, "{host}: {said}");
    }
    // One after the other: the lines of one call are one transaction, which ends in the next segment.
    let write = |sql: &str| answer(&mut psql(stage, 5000, sql)).expect("the leader answers");
    write("CREATE TABLE later (number int); INSERT INTO later VALUES (7)");
    let segment = write("SELECT pg_walfile_name(pg_switch_wal())");
    let archived = format!("SELECT last_archived_wal >= '{segment}' FROM pg_stat_archiver");
    until("the row is archived", Duration::from_secs(20), || {
        answer(&mut psql(stage, 5000, &archived)).as_deref() == Some("t")
    });

    stage.directory(leader, RESTORED);
    let of_nobody = |lines: &str| stage.command_of_nobody(leader, lines, &variables());
    let restore = format!("pgbackrest --stanza=db --pg1-path={RESTORED} --archive-mode=off restore");
    run(&mut of_nobody(&restore));
    let options = "-p 5999 -c listen_addresses= -c unix_socket_directories=/run/postgresql";
    let lines = format!("exec postgres -D {RESTORED} {options}");
    let _restored = stage.start_as_nobody(leader, "restored", &lines, &variables());
    let question = "psql -h /run/postgresql -p 5999 -U postgres -d postgres -qAtc";
    let took = until("the row is restored", Duration::from_secs(30), || {
        answer(&mut of_nobody(&format!("{question} 'SELECT number FROM later'"))).as_deref() == Some("7")
    });
    eprintln!("patroni: restored from a backup and what was archived, {:.1} s after its start", took.as_secs_f32());
}

/// What the unit for backups runs on a host.
fn backup(stage: &Stage, host: &str) -> std::process::Command {
    let unit = &stage.found[host]["patroni"]["backup"];
    let mut variables = variables().to_vec();
    let own = unit["environment"].as_object().expect("a set");
    variables.extend(own.iter().map(|(name, value)| (name.clone(), text_of(value))));
    stage.command_of_nobody(host, &text_of(&unit["script"]), &variables)
}
