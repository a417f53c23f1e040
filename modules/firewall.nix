# Lets some hosts in where the firewall lets nobody else in.
#
# `networking.firewall.allowedTCPPorts' opens a port to everybody. What only the fleet's monitoring hosts ask, or its
# own hosts use, is opened here to those addresses. It works with both firewalls of NixOS: the one made of iptables
# and the one of nftables. Only addresses and numbers of ports reach a shell or a rule, and both have types.
{
  config,
  lib,
  ...
}:
let
  inherit (lib) mkOption types;

  cfg = config.cistern.firewall;
  firewall = config.networking.firewall;

  # Older releases know two firewalls, and no option that names the one that is used.
  backend =
    firewall.backend or (if config.networking.nftables.enable then "nftables" else "iptables");

  isV6 = lib.hasInfix ":";

  # isNumber :: text -> bool, one of the four of an IPv4 address
  isNumber = text: builtins.match "0|[1-9][0-9]{0,2}" text != null && lib.toInt text <= 255;

  isV4Address =
    text:
    let
      parts = lib.splitString "." text;
    in
    builtins.length parts == 4 && lib.all isNumber parts;

  # groupsOf :: text -> [ text ], the groups of one side of the `::' of an IPv6 address
  groupsOf = text: if text == "" then [ ] else lib.splitString ":" text;

  isV6Address =
    text:
    let
      sides = lib.splitString "::" text;
      groups = lib.concatMap groupsOf sides;
      count = builtins.length groups;
    in
    lib.all (group: builtins.match "[0-9a-fA-F]{1,4}" group != null) groups
    && (if builtins.length sides == 2 then count < 8 else builtins.length sides == 1 && count == 8);

  address =
    types.addCheck types.str (value: (if isV6 value then isV6Address else isV4Address) value)
    // {
      name = "address";
      description = "IPv4 or IPv6 address";
    };

  rule = types.submodule {
    options = {
      from = mkOption {
        type = types.nonEmptyListOf address;
        example = [
          "192.168.1.50"
          "fd00::50"
        ];
        description = "The addresses that are let in.";
      };
      tcp = mkOption {
        type = types.listOf types.port;
        default = [ ];
        example = [ 9100 ];
        description = "The TCP ports that they reach.";
      };
      udp = mkOption {
        type = types.listOf types.port;
        default = [ ];
        example = [ 9094 ];
        description = "The UDP ports that they reach.";
      };
      protocols = mkOption {
        type = types.listOf (types.ints.between 0 255);
        default = [ ];
        example = [ 112 ];
        description = "Protocols without ports that are let in from them, by their numbers.";
      };
    };
  };

  # distinct :: [ value ] -> [ value ], sorted. `lib.unique' would take the square of their number.
  distinct =
    values:
    builtins.attrValues (
      builtins.listToAttrs (map (value: lib.nameValuePair (toString value) value) values)
    );

  # familiesOf :: rule -> { v4; v6; }, its addresses
  familiesOf =
    rule:
    let
      addresses = distinct rule.from;
    in
    {
      v4 = lib.filter (one: !isV6 one) addresses;
      v6 = lib.filter isV6 addresses;
    };

  # eachProtocol :: (family -> addresses -> protocol -> [ line ]) -> [ line ]
  eachProtocol =
    line:
    lib.concatMap (
      rule:
      let
        families = familiesOf rule;
      in
      lib.concatMap (
        family:
        lib.concatMap (
          protocol: lib.optionals (families.${family} != [ ]) (line family families.${family} protocol)
        ) (distinct rule.protocols)
      ) (builtins.attrNames families)
    ) cfg.allow;

  # each :: (family -> addresses -> protocol -> ports -> [ line ]) -> [ line ]
  each =
    line:
    lib.concatMap (
      rule:
      let
        families = familiesOf rule;
        protocols = {
          tcp = distinct rule.tcp;
          udp = distinct rule.udp;
        };
      in
      lib.concatMap (
        family:
        lib.concatMap (
          protocol:
          lib.optionals (families.${family} != [ ] && protocols.${protocol} != [ ]) (
            line family families.${family} protocol protocols.${protocol}
          )
        ) (builtins.attrNames protocols)
      ) (builtins.attrNames families)
    ) cfg.allow;

  # chunksOf :: int -> [ value ] -> [ [ value ] ]
  chunksOf =
    size: list:
    builtins.genList (i: lib.take size (lib.drop (i * size) list)) (
      (builtins.length list + size - 1) / size
    );

  commas = separator: values: lib.concatMapStringsSep separator toString values;

  # program :: family -> name of the one that iptables has for it
  program = family: if family == "v4" then "iptables" else "ip6tables";

  known = family: family == "v4" || config.networking.enableIPv6;

  # One call takes as many addresses as we like, and fifteen ports.
  commands = each (
    family: addresses: protocol: ports:
    lib.optionals (known family) (
      lib.concatMap (
        some:
        map (
          few:
          "${program family} -w -A nixos-fw -s ${commas "," some}"
          + " -p ${protocol} -m multiport --dports ${commas "," few} -j nixos-fw-accept"
        ) (chunksOf 15 ports)
      ) (chunksOf 100 addresses)
    )
  );

  protocolCommands = eachProtocol (
    family: addresses: protocol:
    lib.optionals (known family) (
      map (
        some:
        "${program family} -w -A nixos-fw -s ${commas "," some} -p ${toString protocol} -j nixos-fw-accept"
      ) (chunksOf 100 addresses)
    )
  );

  # source :: family -> addresses -> words of nft
  source =
    family: addresses: "${if family == "v4" then "ip" else "ip6"} saddr { ${commas ", " addresses} }";

  rules = each (
    family: addresses: protocol: ports: [
      "${source family addresses} ${protocol} dport { ${commas ", " ports} } accept"
    ]
  );

  protocolRules = eachProtocol (
    family: addresses: protocol: [
      "${source family addresses} meta l4proto ${toString protocol} accept"
    ]
  );
in
{
  options.cistern.firewall.allow = mkOption {
    type = types.listOf rule;
    default = [ ];
    example = [
      {
        from = [
          "192.168.1.50"
          "fd00::50"
        ];
        tcp = [ 9100 ];
      }
    ];
    description = ''
      Ports that the firewall opens to some addresses only. A port that is open to everybody
      (`networking.firewall.allowedTCPPorts`) stays so.
    '';
  };

  config = lib.mkIf (cfg.allow != [ ] && firewall.enable) {
    assertions = [
      {
        assertion = builtins.elem backend [
          "iptables"
          "nftables"
        ];
        message = ''
          cistern.firewall.allow: networking.firewall.backend is "${backend}", and rules are written for iptables and nftables.
          Choose one of those, or empty the list (lib.mkForce [ ]) and let these addresses in yourself: ${
            commas ", " (distinct (lib.concatMap (rule: rule.from) cfg.allow))
          }.'';
      }
    ];

    # The chain is emptied whenever the firewall starts, and these rules with it; there is nothing to do when it stops.
    networking.firewall.extraCommands = lib.mkIf (backend == "iptables") (
      lib.concatLines (commands ++ protocolCommands)
    );
    networking.firewall.extraInputRules = lib.mkIf (backend == "nftables") (
      lib.concatLines (rules ++ protocolRules)
    );
  };
}
