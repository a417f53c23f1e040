# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=fd7f65d6b5f4e189aca4bf102b279dda body=a5f9e332a94a30eb139b5d0e21a27de1 words=1f36ddcab5c416f7d2fcf73a6084b60b
{
  bios = {
    system = "x86_64-linux";
    module = ./hosts/bios.nix;
    tags = [ ];
  };
  by-disko = {
    system = "x86_64-linux";
    module = ./hosts/by-disko.nix;
    tags = [ ];
  };
  by-file = {
    system = "x86_64-linux";
    module = ./hosts/by-file.nix;
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
  seen-bios = {
    system = "x86_64-linux";
    module = ./hosts/seen-bios.nix;
    tags = [ ];
  };
  seen-efi = {
    system = "x86_64-linux";
    module = ./hosts/seen-efi.nix;
    tags = [ ];
  };
  seen-pi = {
    system = "aarch64-linux";
    module = ./hosts/seen-pi.nix;
    tags = [ ];
  };
  seen-vm = {
    system = "x86_64-linux";
    module = ./hosts/seen-vm.nix;
    tags = [ ];
  };
  vm = {
    system = "x86_64-linux";
    module = ./hosts/vm.nix;
    tags = [ ];
  };
}
