# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=649b3ed989d1688caf005123bf17d212 body=46f8124a5c7df16151f1129fed6a952e words=656fcfc37802bad47ae6df85398ffdd6
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
