# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=1fd30e45161534f1a1a7be216b8af343 body=1c0fdd9c7d6fcc7fd8390c305fa88ab5 words=2449a1aeea6396b6e2cb15c15b06f56b
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
}
