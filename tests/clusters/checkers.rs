//! What the programs themselves say of their configuration.

use crate::ONE;
use crate::common::{everything, run};
use crate::etcd;
use crate::fleet::text_of;
use crate::patroni;
use crate::stage::{CLIENT, MEMBERS, Stage, answer};

#[test]
fn programs_take_their_configuration() {
    let _one = ONE.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let Some(stage) = Stage::new(&["etcd", "etcdctl", "haproxy", "patroni", "postgres"]) else { return };
    stage.write(CLIENT, "/run/haproxy.cfg", &text_of(&stage.found[CLIENT]["haproxy"]));
    run(stage.lab_command(CLIENT, "haproxy").args(["-c", "-f", "/run/haproxy.cfg"]));

    // Patroni looks whether its own ports are free, and whether etcd answers.
    let _stores = etcd::start_all(&stage);
    for host in MEMBERS {
        let passwords = patroni::prepare(&stage, host);
        let mut check = stage.lab_command(host, "patroni");
        let said = check.args(["--validate-config", "/run/patroni.yml"]).envs(passwords.clone()).output();
        let said = said.expect("patroni starts");
        assert!(said.status.success(), "{host}: {}", everything(&said));
        // It does tell what it cannot use.
        let mut settings = patroni::settings(&stage, host);
        settings["postgresql"]["listen"] = "nowhere".into();
        stage.write(host, "/run/wrong.yml", &settings.to_string());
        let mut check = stage.lab_command(host, "patroni");
        assert_eq!(answer(check.args(["--validate-config", "/run/wrong.yml"]).envs(passwords)), None, "{host}");
    }
}
