# The cases of modules/firewall.nix and modules/monitoring.nix.
#
# cases :: the words of cases.nix -> { CASE = { value; expect; }; }
{
  eden,
  gives,
  lib,
  refuses,
  whole,
}:
let
  allow = [
    {
      from = [
        "192.168.1.51"
        "fd00::50"
        "192.168.1.50"
        "192.168.1.51"
      ];
      tcp = [
        9100
        9558
        9100
      ];
      udp = [ 9094 ];
    }
  ];

  # opened :: module -> what the firewall of eden is told
  opened =
    module:
    let
      firewall = (eden module).config.networking.firewall;
    in
    {
      iptables = lib.filter (lib.hasInfix "multiport") (lib.splitString "\n" firewall.extraCommands);
      nftables = lib.filter (lib.hasInfix "saddr") (lib.splitString "\n" firewall.extraInputRules);
    };

  # letsIn :: address -> module
  letsIn = address: {
    cistern.firewall.allow = lib.mkForce [
      {
        from = [ address ];
        tcp = [ 9100 ];
      }
    ];
  };

  v4 = [
    "iptables -w -A nixos-fw -s 192.168.1.50,192.168.1.51 -p tcp -m multiport --dports 9100,9558 -j nixos-fw-accept"
    "iptables -w -A nixos-fw -s 192.168.1.50,192.168.1.51 -p udp -m multiport --dports 9094 -j nixos-fw-accept"
  ];

  metrics = more: {
    services.prometheus.exporters.node = {
      enable = true;
    }
    // more;
    cistern.monitoring.systemMetrics.enable = true;
  };
in
{
  firewall-of-iptables =
    gives
      {
        iptables = v4 ++ [
          "ip6tables -w -A nixos-fw -s fd00::50 -p tcp -m multiport --dports 9100,9558 -j nixos-fw-accept"
          "ip6tables -w -A nixos-fw -s fd00::50 -p udp -m multiport --dports 9094 -j nixos-fw-accept"
        ];
        nftables = [ ];
      }
      (opened {
        cistern.firewall.allow = lib.mkForce allow;
      });

  firewall-without-ipv6 =
    gives
      {
        iptables = v4;
        nftables = [ ];
      }
      (opened {
        cistern.firewall.allow = lib.mkForce allow;
        networking.enableIPv6 = false;
      });

  firewall-of-nftables =
    gives
      {
        iptables = [ ];
        nftables = [
          "ip saddr { 192.168.1.50, 192.168.1.51 } tcp dport { 9100, 9558 } accept"
          "ip saddr { 192.168.1.50, 192.168.1.51 } udp dport { 9094 } accept"
          "ip6 saddr { fd00::50 } tcp dport { 9100, 9558 } accept"
          "ip6 saddr { fd00::50 } udp dport { 9094 } accept"
        ];
      }
      (opened {
        cistern.firewall.allow = lib.mkForce allow;
        networking.nftables.enable = true;
      });

  firewall-that-is-off =
    gives
      {
        iptables = [ ];
        nftables = [ ];
      }
      (opened {
        cistern.firewall.allow = lib.mkForce allow;
        networking.firewall.enable = false;
      });

  firewall-of-another-kind =
    refuses [ "cistern.firewall.allow" "firewalld" "192.168.1.50, 192.168.1.51, fd00::50" ]
      (
        whole (eden {
          cistern.firewall.allow = lib.mkForce allow;
          networking.firewall.backend = "firewalld";
        })
      );

  firewall-takes-no-command = refuses [ "IPv4 or IPv6 address" ] (
    whole (eden (letsIn "10.0.0.1; reboot"))
  );
  firewall-takes-no-network = refuses [ "IPv4 or IPv6 address" ] (
    whole (eden (letsIn "10.0.0.0/8"))
  );
  firewall-takes-no-large-number = refuses [ "IPv4 or IPv6 address" ] (
    whole (eden (letsIn "10.0.0.256"))
  );
  firewall-takes-no-half-address = refuses [ "IPv4 or IPv6 address" ] (whole (eden (letsIn "fd00:1")));
  firewall-takes-no-two-gaps = refuses [ "IPv4 or IPv6 address" ] (whole (eden (letsIn "fd00::1::2")));

  firewall-takes-every-address = gives 6 (
    builtins.length
      (opened {
        cistern.firewall.allow = lib.mkForce (
          map
            (address: {
              from = [ address ];
              tcp = [ 1 ];
            })
            [
              "0.0.0.0"
              "255.255.255.255"
              "::"
              "::1"
              "fd00::"
              "1:2:3:4:5:6:7:ABCD"
            ]
        );
      }).iptables
  );

  system-metrics-are-read = gives [ "--collector.textfile.directory=/run/cistern-metrics" ] (
    (eden (metrics { })).config.services.prometheus.exporters.node.extraFlags
  );

  system-metrics-elsewhere =
    gives
      {
        flags = [ "--collector.textfile.directory=/var/lib/node" ];
        made = true;
        written = [ "/var/lib/node" ];
      }
      (
        let
          inherit
            (eden {
              imports = [ (metrics { }) ];
              cistern.monitoring.systemMetrics.directory = "/var/lib/node";
            })
            config
            ;
        in
        {
          flags = config.services.prometheus.exporters.node.extraFlags;
          made = config.systemd.tmpfiles.settings.cistern-metrics ? "/var/lib/node";
          written = config.systemd.services.cistern-system-metrics.serviceConfig.ReadWritePaths;
        }
      );

  system-metrics-with-another-directory =
    refuses [ "--collector.textfile.directory" "cistern.monitoring.systemMetrics.directory" ]
      (
        whole (
          eden (metrics {
            extraFlags = [ "--collector.textfile.directory=/var/lib/node" ];
          })
        )
      );

  system-metrics-are-not-there-by-themselves = gives false (
    (eden { }).config.systemd.services ? cistern-system-metrics
  );
}
