//! What looks like a secret and was accepted.

use super::Home;
use crate::common::everything;

/// Put together here, so that no scanner takes this file for a leak.
fn random() -> String {
    ["wJ4rX9tNbF7k", "LmQ2zVc8ShYg"].concat()
}

fn check(home: &Home) -> String {
    everything(&home.fleet.cistern(&["check"]))
}

#[test]
fn what_was_accepted_is_counted_and_not_told() {
    let home = Home::new();
    let text = format!("seed = \"{}\"\ndb_password = \"hunter2\"\n", random());
    home.fleet.write("cloud/main.tfvars", &text);
    let said = check(&home);
    assert!(said.contains("C148") && said.contains("C141") && !said.contains(&random()), "{said}");

    home.wrong(&["accept", "cloud/main.tfvars"], &["--reason"]);
    home.wrong(&["accept", "cloud/other.tf", "--reason", "x"], &["finds no secret in `cloud/other.tf`"]);
    home.wrong(&["accept", "cloud/main.tfvars:3", "--reason", "x"], &["finds no secret"]);
    home.fine(&["accept", "./cloud/main.tfvars:1", "--reason", "the vendor's example"]);
    let kept = home.fleet.read("secrets/accepted.json");
    assert!(kept.contains("the vendor's example") && !kept.contains(&random()), "{kept}");
    let said = check(&home);
    assert!(!said.contains("C148") && said.contains("C141") && said.contains("1 allowed"), "{said}");
    home.fine(&["accept", "cloud/main.tfvars", "--reason", "of a test"]);
    assert!(!check(&home).contains("C141"));

    // Another value in its place is told, as is the same one elsewhere; what is gone is forgotten when one says so.
    home.fleet.write("cloud/main.tfvars", text.replace("hunter2", "hunter3"));
    home.fleet.write("cloud/copy.tf", &text);
    let said = check(&home);
    assert!(said.contains("cloud/main.tfvars:2") && said.contains("cloud/copy.tf:1"), "{said}");
    assert!(said.contains("C041") && said.contains("1 of what was accepted stands nowhere"), "{said}");
    let said = home.fine(&["accept"]);
    assert!(said.contains("1 forgotten, 1 in all"), "{said}");
    assert!(!check(&home).contains("C041"));

    home.fleet.write("secrets/accepted.json", "<<<<<<< HEAD\n");
    assert!(check(&home).contains("`secrets/accepted.json` cannot be read"));
    home.wrong(&["accept"], &["`secrets/accepted.json` cannot be read"]);
}

#[test]
fn what_git_ignores_is_not_looked_at() {
    let home = Home::new();
    home.fleet.write(".gitignore", ".env\n*.age\n");
    home.fleet.write(".env", "DB_PASSWORD=hunter2\n");
    home.fleet.write("secrets/vpn.age", "x");
    assert!(check(&home).contains("`DB_PASSWORD`"));
    home.fleet.committed();
    let said = check(&home);
    assert!(!said.contains("DB_PASSWORD"), "{said}");
    assert!(said.contains("git ignores `secrets/vpn.age`") && said.contains("git check-ignore -v"), "{said}");
    assert!(said.contains("git add --force secrets/vpn.age"), "{said}");
}

#[test]
fn plain_text_in_the_index_is_told_when_it_is_gone_from_the_directory() {
    let home = Home::new();
    home.fleet.write("secrets/vpn.env", "x");
    home.fleet.committed();
    std::fs::remove_file(home.fleet.root().join("secrets/vpn.env")).expect("it is there");
    let said = check(&home);
    assert!(said.contains("`secrets/vpn.env` has the name of the secret `vpn`"), "{said}");
    assert!(said.contains("git rm --cached secrets/vpn.env"), "{said}");
}
