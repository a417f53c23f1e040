# Cistern's static NixOS modules: what the options of plain nixpkgs do not give. mkFleet adds them to every
# host that it configures; a host with a nixosConfiguration of its own may import `nixosModules.default'.
{
  imports = [
    ./failover.nix
    ./firewall.nix
    ./health.nix
    ./lease.nix
    ./monitoring.nix
    ./prometheus.nix
    ./secrets.nix
  ];
}
