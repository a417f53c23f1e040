# What tests/nix/plan.rs compares with the plan, of every host of a fleet.
#
# selected :: nixosConfigurations -> { HOST = { … }; }
builtins.mapAttrs (
  _: host:
  let
    inherit (host) config;
    inherit (builtins) mapAttrs;
    addresses = family: map (at: "${at.address}/${toString at.prefixLength}") family.addresses;
  in
  {
    toplevel = config.system.build.toplevel.drvPath;
    platform = host.pkgs.stdenv.hostPlatform.system;
    inherit (config.system) stateVersion;
    inherit (config.time) timeZone;
    locale = config.i18n.defaultLocale;

    inherit (config.networking)
      defaultGateway
      defaultGateway6
      domain
      hostName
      nameservers
      useDHCP
      ;
    # Whether a hardware report asks for DHCP.
    reportedDHCP = config.hardware.facter.detected.dhcp.enable or false;
    tcp = config.networking.firewall.allowedTCPPorts;
    udp = config.networking.firewall.allowedUDPPorts;
    interfaces = mapAttrs (_: interface: {
      inherit (interface) useDHCP;
      addresses = addresses interface.ipv4 ++ addresses interface.ipv6;
    }) config.networking.interfaces;
    links = mapAttrs (_: link: {
      mac = link.matchConfig.PermanentMACAddress or null;
      name = link.linkConfig.Name or null;
    }) config.systemd.network.links;

    fileSystems = mapAttrs (_: mount: {
      inherit (mount) device fsType options;
    }) config.fileSystems;

    accounts = mapAttrs (_: account: {
      inherit (account) isNormalUser;
      inherit (account.openssh.authorizedKeys) keys;
    }) config.users.users;
    passwordAuth = config.services.openssh.settings.PasswordAuthentication;
    sshPorts = config.services.openssh.ports;
    knownHosts = mapAttrs (_: known: {
      inherit (known) hostNames publicKey;
    }) config.programs.ssh.knownHosts;
    trustedUsers = config.nix.settings.trusted-users or [ ];
    sudo = map (rule: {
      inherit (rule) commands users;
    }) config.security.sudo.extraRules;

    secrets = mapAttrs (_: secret: {
      file = toString secret.file;
      inherit (secret)
        group
        mode
        owner
        path
        ;
    }) config.age.secrets;

    prometheus = {
      inherit (config.services.prometheus)
        enable
        port
        retentionTime
        scrapeConfigs
        ;
      interval = config.services.prometheus.globalConfig.scrape_interval;
    };
  }
)
