# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=f4ba2d00baa32026f8f14e41a0e06bcc body=c531bf135a09b785f0bd72d55c88a66d words=702c08387edc0278dba88ab3908f13a2
{
  eden = {
    system = "x86_64-linux";
    module = ./hosts/eden.nix;
    tags = [ "mesh" ];
  };
  gihon = {
    system = "x86_64-linux";
    module = ./hosts/gihon.nix;
    tags = [ "mesh" ];
  };
  pishon = {
    system = "x86_64-linux";
    module = ./hosts/pishon.nix;
    tags = [ ];
  };
}
