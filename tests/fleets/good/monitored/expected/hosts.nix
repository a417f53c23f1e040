# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=a1ec12a10bf6f4d8e5eeff375bfef87a body=e675dede52797a0ded382173091f3aa9 words=160d955154c92f0b645fdda1dbe6cc6a
{
  attic = {
    system = "x86_64-linux";
    module = ./hosts/attic.nix;
    tags = [ ];
  };
  disks = {
    system = "x86_64-linux";
    module = ./hosts/disks.nix;
    tags = [ ];
  };
  eden = {
    system = "x86_64-linux";
    module = ./hosts/eden.nix;
    tags = [ ];
  };
  gihon = {
    system = "x86_64-linux";
    module = ./hosts/gihon.nix;
    tags = [ ];
  };
  shop = {
    system = "x86_64-linux";
    module = ./hosts/shop.nix;
    tags = [ ];
  };
  spare = {
    system = "x86_64-linux";
    module = ./hosts/spare.nix;
    tags = [ ];
  };
}
