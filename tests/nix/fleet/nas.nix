# A host that Cistern does not configure: `managed: node'.
{ inputs }:
inputs.nixpkgs.lib.nixosSystem {
  modules = [
    {
      boot.loader.systemd-boot.enable = true;
      fileSystems."/".device = "/dev/disk/by-label/nixos";
      networking.hostName = "nas";
      nixpkgs.hostPlatform = "x86_64-linux";
      system.stateVersion = "25.11";
    }
  ];
}
