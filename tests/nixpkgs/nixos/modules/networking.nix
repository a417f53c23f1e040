# networking.*, but for the firewall: names, addresses, routes, resolvers. DHCP is on by default.
{ config, lib, ... }:
let
  inherit (lib) types;
  declare = import ../declare.nix { inherit lib; };
  inherit (declare)
    bool
    flag
    list
    maybe
    opt
    req
    str
    strs
    sub
    ;

  address = bits: {
    address = req types.str;
    prefixLength = req (types.addCheck types.int (length: length >= 0 && length <= bits));
  };

  route =
    bits:
    address bits
    // {
      options = declare.set types.str;
      type = maybe types.str;
      via = maybe types.str;
    };

  family = bits: {
    addresses = list (sub (address bits));
    routes = list (sub (route bits));
  };

  gateway = maybe (
    types.coercedTo types.str (address: { inherit address; }) (sub {
      address = req types.str;
      interface = maybe types.str;
      metric = maybe types.int;
    })
  );
in
{
  options.networking = {
    bonds = declare.groupOf {
      driverOptions = declare.set types.str;
      interfaces = strs;
    };
    bridges = declare.groupOf {
      interfaces = strs;
      rstp = flag;
    };
    defaultGateway = gateway;
    defaultGateway6 = gateway;
    dhcpcd = {
      enable = bool true;
      extraConfig = declare.lines;
      wait = opt (types.enum [
        "any"
        "background"
        "both"
        "if-carrier-up"
        "ipv4"
        "ipv6"
      ]) "any";
    };
    domain = maybe types.str;
    enableIPv6 = bool true;
    extraHosts = declare.lines;
    fqdn = str (
      if config.networking.domain == null then
        throw "option `networking.fqdn' needs `networking.domain'"
      else
        "${config.networking.hostName}.${config.networking.domain}"
    );
    hostId = maybe types.str;
    hostName = str "nixos" // {
      type = types.strMatching "^$|^[[:alnum:]]([[:alnum:]_-]{0,61}[[:alnum:]])?$";
    };
    hosts = declare.set (types.listOf types.str);
    interfaces = declare.set (
      sub (
        { name, ... }:
        {
          ipv4 = family 32;
          ipv6 = family 128;
          macAddress = maybe types.str;
          mtu = maybe types.int;
          name = str name;
          useDHCP = maybe types.bool;
          virtual = flag;
          wakeOnLan.enable = flag;
        }
      )
    );
    nameservers = strs;
    nat = {
      enable = flag;
      externalInterface = maybe types.str;
      internalInterfaces = strs;
    };
    networkmanager = {
      enable = flag;
      unmanaged = strs;
    };
    search = strs;
    timeServers = opt (types.listOf types.str) [ "0.nixos.pool.ntp.org" ];
    useDHCP = bool true;
    useHostResolvConf = flag;
    useNetworkd = flag;
    usePredictableInterfaceNames = maybe types.bool;
    vlans = declare.groupOf {
      id = req types.int;
      interface = req types.str;
    };
    wireguard.interfaces = declare.groupOf {
      ips = strs;
      listenPort = maybe types.int;
      peers = list (sub {
        allowedIPs = req (types.listOf types.str);
        endpoint = maybe types.str;
        persistentKeepalive = maybe types.int;
        publicKey = req types.singleLineStr;
      });
      privateKeyFile = maybe types.str;
    };
    wireless.enable = flag;
  };

  config.assertions = [
    {
      assertion = config.networking.networkmanager.enable -> !config.networking.wireless.enable;
      message = "options `networking.networkmanager.enable' and `networking.wireless.enable' exclude each other";
    }
  ];
}
