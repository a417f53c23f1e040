# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=3fb5fd1b62b6f9547015f5f3dca4ddb6 body=9db875f83de702f54ddc9dfac35cfed7 words=e018dfa7559a719ec55f9fe28cb0bee6
{
  asked = {
    system = "x86_64-linux";
    module = ./hosts/asked.nix;
    tags = [ ];
  };
  by-module = {
    system = "x86_64-linux";
    module = ./hosts/by-module.nix;
    tags = [ ];
  };
  disks = {
    system = "x86_64-linux";
    module = ./hosts/disks.nix;
    tags = [ ];
  };
  efi = {
    system = "x86_64-linux";
    module = ./hosts/efi.nix;
    tags = [ ];
  };
  pi = {
    system = "aarch64-linux";
    module = ./hosts/pi.nix;
    tags = [ ];
  };
  switched = {
    system = "x86_64-linux";
    module = ./hosts/switched.nix;
    tags = [ ];
  };
}
