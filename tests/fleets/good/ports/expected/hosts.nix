# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=4d1a9e649717307b7608c7e27ecd0eb4 body=dbbe249ae6ab35f12fac2987751480d8 words=2891c1e3644efc6496a6e46a97fa33e3
{
  able = {
    system = "x86_64-linux";
    module = ./hosts/able.nix;
    tags = [ ];
  };
  inside = {
    system = "x86_64-linux";
    module = ./hosts/inside.nix;
    tags = [ ];
  };
  lax = {
    system = "x86_64-linux";
    module = ./hosts/lax.nix;
    tags = [ ];
  };
  outside = {
    system = "x86_64-linux";
    module = ./hosts/outside.nix;
    tags = [ ];
  };
  watched = {
    system = "x86_64-linux";
    module = ./hosts/watched.nix;
    tags = [ ];
  };
}
