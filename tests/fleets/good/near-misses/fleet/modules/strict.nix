{ lib, ... }:
{
  imports = [ ./accounts.nix ];

  services.openssh.settings = {
    PermitRootLogin = lib.mkForce "no";
    AllowUsers = [
      "deploy@10.0.0.*"
      "robert"
    ];
    DenyUsers = [ "root" ];
    UsePAM = false;
  };
  # No password fits, and the account is not locked.
  users.users.deploy.hashedPassword = "*";

  virtualisation.oci-containers.containers.scanner = {
    image = "registry.example.org/scanner";
    devices = [ "/dev/dri:/dev/dri" ];
    networks = [ "backend" ];
    privileged = false;
    volumes = [
      "/etc/localtime:/etc/localtime:ro"
      "/srv/etc:/etc"
    ];
  };
}
