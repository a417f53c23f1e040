# The cases of modules/secrets.nix: what agenix would tell only on the machine.
#
# cases :: the words of cases.nix -> { CASE = { value; expect; }; }
{
  eden,
  gives,
  lib,
  plain,
  refuses,
  whole,
}:
{
  secrets-are-sound = gives true (
    lib.hasSuffix ".drv" (
      whole (eden {
        fileSystems."/persist" = {
          device = "/dev/disk/by-label/persist";
          fsType = "ext4";
          neededForBoot = true;
        };
        age.identityPaths = [ "/persist/etc/ssh/ssh_host_ed25519_key" ];
      })
    )
  );

  secrets-without-a-key = refuses [ "age.identityPaths" "empty" ] (
    whole (eden {
      age.identityPaths = lib.mkForce [ ];
    })
  );

  identity-is-mounted-later =
    refuses [ "/persist/key" "/persist is mounted later" "neededForBoot = true" ]
      (
        whole (eden {
          fileSystems."/persist" = {
            device = "/dev/disk/by-label/persist";
            fsType = "ext4";
          };
          age.identityPaths = [ "/persist/key" ];
        })
      );

  identity-behind-a-bind-mount =
    refuses [ "/etc/ssh/ssh_host_ed25519_key" "/persist is mounted later" ]
      (
        whole (eden {
          fileSystems."/persist" = {
            device = "/dev/disk/by-label/persist";
            fsType = "ext4";
          };
          fileSystems."/etc/ssh" = {
            device = "/persist/ssh";
            fsType = "none";
            options = [ "bind" ];
            neededForBoot = true;
          };
        })
      );

  identity-on-an-empty-root =
    refuses [ "/etc/ssh/ssh_host_ed25519_key" "/ is a tmpfs" "age.identityPaths = [" ]
      (
        whole (eden {
          fileSystems."/" = {
            device = lib.mkForce "none";
            fsType = lib.mkForce "tmpfs";
          };
        })
      );

  identity-of-a-service = refuses [ "/run/keys/host" "a service makes it later" "identitiesInTime" ] (
    whole (eden {
      age.identityPaths = [ "/run/keys/host" ];
    })
  );

  identity-in-time-all-the-same = gives true (
    lib.hasSuffix ".drv" (
      whole (eden {
        age.identityPaths = [ "/run/keys/host" ];
        cistern.secrets.identitiesInTime = [ "/run/keys/host" ];
      })
    )
  );

  identity-is-a-secret = refuses [ "/run/agenix/vpn-egress" "it is a secret itself" ] (
    whole (eden {
      age.identityPaths = [ "/run/agenix/vpn-egress" ];
    })
  );

  identity-in-the-store = refuses [ "the Nix store, which everybody on the machine can read" ] (
    whole (eden {
      age.identityPaths = [ ./fleet/secrets/vpn-egress.age ];
    })
  );

  identity-linked-from-the-store = refuses [ "/etc/ssh/key" "the Nix store" ] (
    whole (eden {
      environment.etc."ssh/key".text = "";
      age.identityPaths = [ "/etc/ssh/key" ];
    })
  );

  secret-is-hidden =
    refuses [ "age.secrets.vpn-egress.path" "would be hidden" "/srv is mounted later" ]
      (
        whole (eden {
          fileSystems."/srv" = {
            device = "/dev/disk/by-label/srv";
            fsType = "ext4";
          };
          age.secrets.vpn-egress.path = "/srv/vpn";
          age.secrets.vpn-egress.symlink = false;
        })
      );

  secret-owner-is-nobodys =
    refuses [ "age.secrets.vpn-egress.owner" "no account `ghost'" "LoadCredential" ]
      (
        whole (eden {
          age.secrets.vpn-egress.owner = "ghost";
        })
      );

  secret-group-is-nobodys = refuses [ "age.secrets.vpn-egress.group" "users.groups.ghosts = { };" ] (
    whole (eden {
      age.secrets.vpn-egress.group = "ghosts";
    })
  );

  secret-owner-by-number = gives true (
    lib.hasSuffix ".drv" (
      whole (eden {
        age.secrets.vpn-egress.owner = "65534";
        age.secrets.vpn-egress.group = "0";
      })
    )
  );

  secret-mode-is-widened =
    refuses [ "age.secrets.vpn-egress.mode" "sets \"0440\"" "no more than \"0400\"" ]
      (
        whole (eden {
          age.secrets.vpn-egress.mode = "0440";
        })
      );

  secret-mode-in-words = refuses [ "age.secrets.vpn-egress.mode" "sets \"a+r\"" ] (
    whole (eden {
      age.secrets.vpn-egress.mode = "a+r";
    })
  );

  secret-mode-of-ones-own = gives [ "0000" "0444" ] (
    let
      host = eden {
        age.secrets.vpn-egress.mode = "0000";
        age.secrets.motd = {
          file = ./fleet/secrets/vpn-egress.age;
          mode = "0444";
        };
      };
    in
    builtins.seq (whole host) [
      host.config.age.secrets.vpn-egress.mode
      host.config.age.secrets.motd.mode
    ]
  );

  secrets-share-a-path =
    refuses [ "age.secrets.other, age.secrets.vpn-egress" "all are decrypted to /etc/vpn" ]
      (
        whole (eden {
          age.secrets.vpn-egress.path = "/etc/vpn";
          age.secrets.other = {
            file = ./fleet/secrets/vpn-egress.age;
            path = "/etc/vpn";
          };
        })
      );

  secrets-share-a-name =
    refuses [ "age.secrets.other, age.secrets.vpn-egress" "called `vpn-egress'" ]
      (
        whole (eden {
          age.secrets.other = {
            file = ./fleet/secrets/vpn-egress.age;
            name = "vpn-egress";
            path = "/etc/vpn";
          };
        })
      );

  secret-where-etc-puts-a-file =
    refuses [ "age.secrets.vpn-egress" "environment.etc puts a file at /etc/vpn" ]
      (
        whole (eden {
          environment.etc.vpn.text = "";
          age.secrets.vpn-egress.path = "/etc/vpn";
        })
      );

  reads-are-not-audited = gives [ ] plain.eden.config.security.audit.rules;

  reads-are-audited =
    gives
      {
        daemon = true;
        enable = true;
        rules = [
          "-a always,exit -F dir=/run/agenix.d -F perm=r -F key=cistern-secrets"
          "-a always,exit -F path=/var/lib/vpn.key -F perm=r -F key=cistern-secrets"
        ];
      }
      (
        let
          inherit
            (eden {
              cistern.secrets.auditReads = true;
              age.secrets.vpn-egress.path = "/var/lib/vpn.key";
              age.secrets.vpn-egress.symlink = false;
            })
            config
            ;
        in
        {
          daemon = config.security.auditd.enable;
          inherit (config.security.audit) enable rules;
        }
      );
}
