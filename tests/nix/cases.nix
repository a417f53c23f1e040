# The cases: what mkFleet gives, what it refuses, and that the evaluator (nixpkgs' or the stand-in's) joins and
# refuses as Cistern's generated files expect.
#
# cases :: { inputs } -> { CASE = { value; expect = { value } or { error = [ string ] }; }; }
{ inputs }:
let
  inherit (inputs.nixpkgs) lib;

  # fleet :: arguments beyond the usual -> what mkFleet returns
  fleet =
    more:
    inputs.cistern.lib.mkFleet (
      {
        inherit inputs;
        root = ./fleet;
      }
      // more
    );

  # eden :: module -> the configuration of eden with that module
  eden = module: (fleet { modules = [ module ]; }).nixosConfigurations.eden;
  whole = configuration: configuration.config.system.build.toplevel.drvPath;
  plain = (fleet { }).nixosConfigurations;

  gives = expected: value: {
    inherit value;
    expect.value = expected;
  };
  refuses = words: value: {
    inherit value;
    expect.error = words;
  };
in
{
  # What comes out.

  hosts = gives [ "eden" "pishon" ] (builtins.attrNames plain);

  whole-system = gives true (lib.hasSuffix ".drv" (whole plain.eden));

  # The same bytes in another place: the drvPath stays.
  same-elsewhere = gives true (
    whole plain.eden == whole
      (fleet {
        root =
          /.
          + builtins.unsafeDiscardStringContext (
            builtins.path {
              path = ./fleet;
              name = "moved";
            }
          );
      }).nixosConfigurations.eden
  );

  static-beats-facter =
    gives
      {
        default = false;
        enp3s0 = false;
        enp4s0 = true;
      }
      {
        default = plain.eden.config.networking.useDHCP;
        enp3s0 = plain.eden.config.networking.interfaces.enp3s0.useDHCP;
        enp4s0 = plain.eden.config.networking.interfaces.enp4s0.useDHCP;
      };

  platforms = gives {
    eden = "x86_64-linux";
    pishon = "aarch64-linux";
  } (builtins.mapAttrs (_: host: host.pkgs.stdenv.hostPlatform.system) plain);

  nodes =
    gives
      {
        eden = "eden.lan x86_64-linux";
        nas = "192.168.1.52 x86_64-linux";
        pishon = "192.168.1.51 aarch64-linux";
      }
      (
        builtins.mapAttrs (_: node: "${node.hostname} ${node.profiles.system.path.system}")
          (fleet { }).deploy.nodes
      );

  node-keeps-its-literals =
    gives
      {
        confirmTimeout = 30;
        user = "root";
      }
      {
        inherit ((fleet { }).deploy.nodes.eden) confirmTimeout;
        inherit ((fleet { }).deploy.nodes.eden.profiles.system) user;
      };

  checks = gives [ "cistern-nodes" ] (
    builtins.attrNames (fleet { cistern = null; }).checks.x86_64-linux
  );

  deploy-checks = gives true ((fleet { deployChecks = true; }).checks.x86_64-linux ? deploy-schema);

  options-list = gives true (
    lib.hasSuffix ".drv" (fleet { }).legacyPackages.x86_64-linux.cistern-options.drvPath
  );

  secret-path = gives "/run/agenix/vpn-egress" plain.eden.config.age.secrets.vpn-egress.path;

  # What the user's own modules and arguments do.

  hand-written-wins =
    gives
      {
        domain = "example.org";
        zone = "Europe/Paris";
      }
      {
        inherit (plain.eden.config.networking) domain;
        zone = plain.eden.config.time.timeZone;
      };

  lists-are-joined = gives [ 22 8096 9999 ] (
    (eden { networking.firewall.allowedTCPPorts = [ 9999 ]; })
    .config.networking.firewall.allowedTCPPorts
  );

  per-host =
    gives
      {
        eden = "one";
        pishon = "two";
      }
      (
        builtins.mapAttrs (_: host: host.config.networking.domain)
          (fleet {
            modules = [ ({ word, lib, ... }: { networking.domain = lib.mkForce word; }) ];
            specialArgs.word = "one";
            hosts.pishon.specialArgs.word = "two";
          }).nixosConfigurations
      );

  per-host-modules =
    gives
      {
        eden = false;
        pishon = true;
      }
      (
        builtins.mapAttrs (_: host: host.config.services.qemuGuest.enable)
          (fleet { hosts.pishon.modules = [ { services.qemuGuest.enable = true; } ]; }).nixosConfigurations
      );

  per-host-nixpkgs = gives "other" (
    (fleet {
      hosts.pishon.nixpkgs = inputs.nixpkgs // {
        lib = lib // {
          nixosSystem = arguments: lib.nixosSystem arguments // { from = "other"; };
        };
      };
    }).nixosConfigurations.pishon.from
  );

  # `inputs' stays an argument of modules, in `imports' too, whatever else is given.
  inputs-in-imports = gives true (
    (fleet {
      specialArgs.more = 1;
      inputs = inputs // {
        hardware.nixosModules.gpu = {
          services.qemuGuest.enable = true;
        };
      };
    }).nixosConfigurations.eden.config.services.qemuGuest.enable
  );

  overlays = gives "from the overlay" (
    (fleet { overlays = [ (_: _: { word = "from the overlay"; }) ]; })
    .nixosConfigurations.eden.pkgs.word
  );

  # What mkFleet refuses.

  root-is-a-string = refuses [ "`root' must be a path" "root = ./.;" ] (
    builtins.attrNames (fleet { root = "${./fleet}"; }).nixosConfigurations
  );

  root-is-a-flake = refuses [ "`root' must be a path" ] (
    builtins.attrNames (fleet { root = inputs.self; }).nixosConfigurations
  );

  nothing-generated = refuses [ "generated/hosts.nix" "cistern generate" "git" ] (
    builtins.attrNames (fleet { root = ./fleet/facts; }).nixosConfigurations
  );

  unknown-host = refuses [ "hosts.edem" "eden, pishon" ] (
    builtins.attrNames (fleet { hosts.edem = { }; }).nixosConfigurations
  );

  unknown-key-of-a-host = refuses [ "hosts.eden" "module" "modules, nixpkgs, specialArgs" ] (
    builtins.attrNames (fleet { hosts.eden.module = { }; }).nixosConfigurations
  );

  bad-node = refuses [
    "nodes.eden.sshOptions: deploy-rs knows no such key"
    "nodes.eden.confirmTimeout: expected a number of seconds, 0 to 65535, found a string"
    "nodes.eden.groups: expected a string or a list of strings, found a list"
    "nodes.eden.profiles.system.magicRollback: expected a boolean, found a string"
    "nodes.eden.profilesOrder: there is no profile `home'"
    "nodes.pi.shon: a name has"
    "nodes.pi.shon: the key `hostname' is missing"
    "nodes.pi.shon.profiles: the key `system' is missing"
  ] (fleet { root = ./bad-node; }).checks.x86_64-linux.cistern-nodes.drvPath;

  # The fleet's node `nas' is the flake's own host, and here the flake has none.
  node-without-a-host = refuses [ "nixosConfigurations.nas" "managed: full" ] (
    (fleet {
      inputs = inputs // {
        self.nixosConfigurations = { };
      };
    }).deploy.nodes.nas.profiles.system.path.drvPath
  );

  node-without-a-host-fails-the-check = refuses [ "nixosConfigurations.nas" ] (
    (fleet {
      inputs = inputs // {
        self.nixosConfigurations = { };
      };
    }).checks.x86_64-linux.cistern-nodes.drvPath
  );

  without-agenix = refuses [ "eden" "inputs.agenix.url" ] (
    whole (fleet { agenix = null; }).nixosConfigurations.eden
  );

  without-agenix-or-secrets = gives true (
    lib.hasSuffix ".drv" (whole (fleet { agenix = null; }).nixosConfigurations.pishon)
  );

  without-deploy-rs = refuses [ "inputs.deploy-rs.url" ] (
    (fleet { deploy-rs = null; }).deploy.nodes.eden.profiles.system.path.drvPath
  );

  # What the modules and the evaluator refuse.

  scrape-job-twice = refuses [ "services.prometheus.scrapeConfigs" "`node'" "job_name" ] (
    whole (eden {
      services.prometheus.scrapeConfigs = [ { job_name = "node"; } ];
    })
  );

  scrape-job-twice-while-off = gives true (
    lib.hasSuffix ".drv" (
      whole (eden {
        services.prometheus.enable = lib.mkForce false;
        services.prometheus.scrapeConfigs = [ { job_name = "node"; } ];
      })
    )
  );

  conflict = refuses [ "networking.hostName" ] (
    whole (eden {
      networking.hostName = lib.mkOverride 900 "other";
    })
  );

  unknown-option = refuses [ "services.jellyfish" ] (
    whole (eden {
      services.jellyfish.enable = true;
    })
  );

  wrong-type = refuses [ "services.openssh.ports" ] (
    whole (eden {
      services.openssh.ports = [ "22" ];
    })
  );

  no-root-file-system = refuses [ "ileSystems" ] (
    whole (eden {
      fileSystems = lib.mkForce { };
    })
  );
}
// import ./secret-cases.nix {
  inherit
    eden
    gives
    lib
    plain
    refuses
    whole
    ;
}
// import ./monitoring-cases.nix {
  inherit
    eden
    gives
    lib
    refuses
    whole
    ;
}
