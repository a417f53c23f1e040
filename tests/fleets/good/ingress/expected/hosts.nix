# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=0c198dc6bc6c065f4173989c060e443c body=c00172ecfc81c24bc740cd8a7ce9b9ad words=6d96646f33c7083a96a23486c6103711
{
  eden = {
    system = "x86_64-linux";
    module = ./hosts/eden.nix;
    tags = [
      "dns"
      "edge"
    ];
  };
  gihon = {
    system = "x86_64-linux";
    module = ./hosts/gihon.nix;
    tags = [ ];
  };
  havilah = {
    system = "x86_64-linux";
    module = ./hosts/havilah.nix;
    tags = [ "dns" ];
  };
  pishon = {
    system = "x86_64-linux";
    module = ./hosts/pishon.nix;
    tags = [ ];
  };
  tigris = {
    system = "x86_64-linux";
    module = ./hosts/tigris.nix;
    tags = [
      "dns"
      "edge"
    ];
  };
}
