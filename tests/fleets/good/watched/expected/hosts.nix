# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=eff46cec9fa5cc43faa5a55c0eae4624 body=8c8b7ebe513874666bc62c61d234b633 words=af92812bf13f2e6e9fc8d3f0c40a7c34
{
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
  pishon = {
    system = "x86_64-linux";
    module = ./hosts/pishon.nix;
    tags = [ ];
  };
}
