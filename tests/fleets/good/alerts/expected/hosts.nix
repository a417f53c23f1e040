# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=6b1397f9af0ba6f80f32659ed35c0262 body=8ad11bfa81d5d485695654338771e09c words=556b491a0ca6b51768f5758c55eb81df
{
  a = {
    system = "x86_64-linux";
    module = ./hosts/a.nix;
    tags = [ ];
  };
  b = {
    system = "x86_64-linux";
    module = ./hosts/b.nix;
    tags = [ ];
  };
  bench = {
    system = "x86_64-linux";
    module = ./hosts/bench.nix;
    tags = [ ];
  };
  c = {
    system = "x86_64-linux";
    module = ./hosts/c.nix;
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
