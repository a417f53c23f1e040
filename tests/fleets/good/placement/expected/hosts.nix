# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=741bf62362dd3dbbe8f4d11fab2bae1a body=ad43fbabdd2a96f057707f03bd4dadbb words=fffa4c3b0cd612015a8a1d00df5bd81a
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
  tigris = {
    system = "x86_64-linux";
    module = ./hosts/tigris.nix;
    tags = [ ];
  };
}
