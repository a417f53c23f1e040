# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=320131a99c6929cebab6b8b3d2500781 body=0bb16b17d31a85d0bd4e1451e8461b2d words=ed1094f457ca3d6ed0bf5fd81f33eb18
{
  db = {
    system = "x86_64-linux";
    module = ./hosts/db.nix;
    tags = [ ];
  };
  v6 = {
    system = "x86_64-linux";
    module = ./hosts/v6.nix;
    tags = [ ];
  };
  watch-1 = {
    system = "x86_64-linux";
    module = ./hosts/watch-1.nix;
    tags = [ ];
  };
  watch-2 = {
    system = "x86_64-linux";
    module = ./hosts/watch-2.nix;
    tags = [ ];
  };
}
