//! Every kind that proxies can ask for logins, with every kind of proxy.

use std::fs;

use crate::checkers::said;
use crate::common::{require, temp_dir};
use crate::fleet::{FLAKE, Fleet, Nix, Program, copy, repository};
use crate::proxies::Proxy;

/// A kind, what each proxy asks it for, and by what nginx has those sent away who have not logged in.
type Login = (&'static str, [(Proxy, &'static str); 3], &'static str);

const LOGINS: [Login; 3] = [
    (
        "authelia",
        [
            (Proxy::Traefik, "9091/api/authz/forward-auth"),
            (Proxy::Caddy, "/api/authz/forward-auth"),
            (Proxy::Nginx, "9091/api/authz/auth-request"),
        ],
        "rewrite ^ /api/authz/forward-auth? break;",
    ),
    (
        "oauth2-proxy",
        [(Proxy::Traefik, "4180/"), (Proxy::Caddy, "uri /"), (Proxy::Nginx, "4180/oauth2/auth")],
        "rewrite ^ /? break;",
    ),
    (
        "tinyauth",
        [
            (Proxy::Traefik, "3000/api/auth/traefik"),
            (Proxy::Caddy, "/api/auth/caddy"),
            (Proxy::Nginx, "3000/api/auth/nginx"),
        ],
        "rewrite ^ /api/auth/traefik? break;",
    ),
];

#[test]
fn every_login_is_asked_by_every_proxy() {
    let Some(lab) = require(&["nix", "caddy", "nginx"]) else { return };
    let Some(nix) = Nix::new(Program::Absent) else { return };
    for (login, proxies, refused) in LOGINS {
        for (proxy, asked) in proxies {
            let (fleet, home) = (Fleet::new(), temp_dir());
            copy(&repository().join(format!("tests/fleets/good/ingress-{login}/fleet")), fleet.root());
            fleet.write("flake.nix", FLAKE);
            let own = fs::read_to_string(fleet.root().join("fleet.yaml")).expect("it was copied");
            let own = own.lines().find(|line| line.starts_with("ingress: ")).expect("its proxies");
            let certificates = if proxy == Proxy::Nginx { ", acme: { email: ana@example.org }" } else { "" };
            let kind = proxy.program();
            let other = format!("ingress: {{ kind: {kind}, hosts: [ararat], auth: login{certificates} }}");
            fleet.edit("fleet.yaml", own, &other);
            fleet.generate();
            let found = nix.eval(fleet.root(), "nixosConfigurations.ararat", proxy.question());
            let file = proxy.write(&found, home.path());
            let mut text = fs::read_to_string(&file).expect("it was written");
            if proxy == Proxy::Traefik {
                text = fs::read_to_string(home.path().join("dynamic.yml")).expect("it was written");
            } else {
                let output = said(lab, kind, &file, home.path());
                assert!(output.status.success(), "{}\n{text}", String::from_utf8_lossy(&output.stderr));
            }
            let ends = text.split(['\n', '"', ';']).any(|word| word.ends_with(asked));
            assert!(ends, "{kind} asks {login} for {asked}: {text}");
            assert_eq!(text.contains(refused), proxy == Proxy::Nginx, "{kind}: {text}");
        }
    }
}
