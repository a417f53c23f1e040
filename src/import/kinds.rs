//! The kinds that other programs' services become: by the name of an image or of a service.

/// What is known of a kind that images become.
#[derive(Debug)]
pub(super) struct Known {
    /// The kind.
    pub kind: &'static str,
    /// Last parts of image names, without registry and tag.
    pub images: &'static [&'static str],
    /// Its ports: the number that images listen on, the protocol, the kind's name for it.
    pub ports: &'static [(u16, &'static str, &'static str)],
    /// Where images keep what must survive.
    pub state: &'static [&'static str],
    /// Whether the kind's state can be put elsewhere.
    pub movable: bool,
    /// Whether the kind lets other hosts in by itself.
    pub open: bool,
    /// Whether its ports cannot be others.
    pub fixed: bool,
}

/// Every kind that images become.
pub(super) const KNOWN: &[Known] = &[
    Known {
        kind: "bazarr",
        images: &["bazarr"],
        ports: &[(6767, "tcp", "web")],
        state: &["/config"],
        movable: true,
        open: true,
        fixed: false,
    },
    Known {
        kind: "grafana",
        images: &["grafana", "grafana-oss", "grafana-enterprise"],
        ports: &[(3000, "tcp", "web")],
        state: &["/var/lib/grafana"],
        movable: true,
        open: true,
        fixed: false,
    },
    Known {
        kind: "jellyfin",
        images: &["jellyfin"],
        ports: &[(8096, "tcp", "web"), (7359, "udp", "discovery")],
        state: &["/config"],
        movable: true,
        open: true,
        fixed: true,
    },
    Known {
        kind: "nginx",
        images: &["nginx"],
        ports: &[(80, "tcp", "http"), (443, "tcp", "https")],
        state: &[],
        movable: false,
        open: true,
        fixed: false,
    },
    Known {
        kind: "postgresql",
        images: &["postgres", "postgresql"],
        ports: &[(5432, "tcp", "postgresql")],
        state: &["/var/lib/postgresql/data", "/var/lib/postgresql", "/bitnami/postgresql"],
        movable: false,
        open: false,
        fixed: false,
    },
    Known {
        kind: "prowlarr",
        images: &["prowlarr"],
        ports: &[(9696, "tcp", "web")],
        state: &["/config"],
        movable: true,
        open: true,
        fixed: false,
    },
    Known {
        kind: "radarr",
        images: &["radarr"],
        ports: &[(7878, "tcp", "web")],
        state: &["/config"],
        movable: true,
        open: true,
        fixed: false,
    },
    Known {
        kind: "redis",
        images: &["redis"],
        ports: &[(6379, "tcp", "redis")],
        state: &["/data", "/bitnami/redis/data"],
        movable: false,
        open: false,
        fixed: false,
    },
    Known {
        kind: "sabnzbd",
        images: &["sabnzbd"],
        ports: &[(8080, "tcp", "web")],
        state: &["/config"],
        movable: false,
        open: true,
        fixed: false,
    },
    Known {
        kind: "sonarr",
        images: &["sonarr"],
        ports: &[(8989, "tcp", "web")],
        state: &["/config"],
        movable: true,
        open: true,
        fixed: false,
    },
    Known {
        kind: "transmission",
        images: &["transmission"],
        ports: &[(9091, "tcp", "web"), (51413, "tcp", "peer")],
        state: &["/config"],
        movable: true,
        open: true,
        fixed: false,
    },
];

/// The image that a name stands for, in its parts.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Image<'a> {
    /// Registry and name.
    pub name: &'a str,
    /// The tag.
    pub tag: Option<&'a str>,
    /// The digest, with its `sha256:`.
    pub digest: Option<&'a str>,
}

impl<'a> Image<'a> {
    /// Takes an image's name apart.
    pub(super) fn read(text: &'a str) -> Self {
        let (rest, digest) = text.split_once('@').map_or((text, None), |(rest, digest)| (rest, Some(digest)));
        let last = rest.rfind('/').map_or(0, |at| at + 1);
        match rest[last..].split_once(':') {
            Some((name, tag)) => Self { name: &rest[..last + name.len()], tag: Some(tag), digest },
            None => Self { name: rest, tag: None, digest },
        }
    }

    /// The name with its registry, which Docker leaves out.
    pub(super) fn full(&self) -> String {
        let registry = self.name.split('/').next().filter(|first| first.contains(['.', ':']) || *first == "localhost");
        match (registry, self.name.contains('/')) {
            (Some(_), true) => self.name.to_owned(),
            (_, true) => format!("docker.io/{}", self.name),
            (_, false) => format!("docker.io/library/{}", self.name),
        }
    }

    /// The kind that it becomes. An image of somebody unknown is not taken for what it is called after.
    pub(super) fn known(&self) -> Option<&'static Known> {
        const MAKERS: &[&str] = &[
            "library",
            "linuxserver",
            "hotio",
            "bitnami",
            "jellyfin",
            "grafana",
            "nginx",
            "nginxinc",
            "home-operations",
            "onedr0p",
            "binhex",
        ];
        let full = self.full();
        let parts: Vec<&str> = full.split('/').collect();
        let (last, maker) = (parts.last()?, parts.get(parts.len().checked_sub(2)?)?);
        MAKERS.contains(maker).then(|| KNOWN.iter().find(|known| known.images.contains(last)))?
    }
}

/// The kind that a service is of by its name.
pub(super) fn named(name: &str) -> Option<&'static Known> {
    let name = name.to_ascii_lowercase();
    KNOWN.iter().find(|known| known.kind == name || known.images.contains(&name.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::decode::Scalar;
    use crate::source::Sources;
    use crate::value::{KindName, PortName};

    #[test]
    fn images_are_taken_apart() {
        let image = Image::read("registry.example.org:5000/team/wiki:2.5@sha256:12");
        let expected =
            Image { name: "registry.example.org:5000/team/wiki", tag: Some("2.5"), digest: Some("sha256:12") };
        assert_eq!(image, expected);
        assert_eq!(Image::read("redis").full(), "docker.io/library/redis");
        assert_eq!(Image::read("a/b:1").full(), "docker.io/a/b");
        assert_eq!(Image::read("localhost/b").full(), "localhost/b");
        assert_eq!(Image::read("lscr.io/linuxserver/sonarr:latest").known().map(|known| known.kind), Some("sonarr"));
        assert_eq!(Image::read("postgres:16-alpine").known().map(|known| known.kind), Some("postgresql"));
        assert!(Image::read("somebody/redis").known().is_none());
        assert!(Image::read("").known().is_none());
    }

    #[test]
    fn the_table_says_what_the_kinds_say() {
        let mut sources = Sources::default();
        crate::kind::add_built_in(&mut sources);
        let mut faults = crate::diag::Faults::default();
        let kinds = crate::kind::Kinds::read(&sources, &mut faults);
        for known in KNOWN {
            let kind = kinds.get(&KindName::read(known.kind).unwrap()).unwrap_or_else(|| panic!("{}", known.kind));
            let ports = &kind.front.ports.as_ref().unwrap().entries;
            // Some ports open only with a setting, which a compose file does not give.
            let open = |port: &crate::kind::PortDef| port.open.as_ref().is_some_and(|open| open.value);
            let opens = known.ports.iter().any(|(_, _, name)| open(&ports[&PortName::read(name).unwrap()].value));
            assert_eq!(opens, known.open, "{}", known.kind);
            for (_, protocol, name) in known.ports {
                let port = &ports[&PortName::read(name).unwrap()].value;
                let transport = port.protocol.as_ref().map_or("tcp".to_owned(), |protocol| protocol.value.to_string());
                assert!(transport == *protocol || transport == "both", "{} {name}", known.kind);
            }
            assert_eq!(ports.values().any(|port| port.value.fixed.is_some()), known.fixed, "{}", known.kind);
            let state = kind.front.state.as_ref();
            let movable = state.is_some_and(|state| !state.fixed.as_ref().is_some_and(|fixed| fixed.value));
            assert_eq!(movable, known.movable, "{}", known.kind);
        }
    }
}
