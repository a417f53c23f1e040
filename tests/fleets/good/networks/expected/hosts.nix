# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=42241e42750c844684ecc01144e6d0a3 body=2fade7acad24ebcb2dd68a8638f4a40a words=d7796833f3b1ab42a2d6d95d800b0bb7
{
  bridge = {
    system = "x86_64-linux";
    module = ./hosts/bridge.nix;
    tags = [ ];
  };
  cable = {
    system = "x86_64-linux";
    module = ./hosts/cable.nix;
    tags = [ ];
  };
  first = {
    system = "x86_64-linux";
    module = ./hosts/first.nix;
    tags = [ ];
  };
  last = {
    system = "x86_64-linux";
    module = ./hosts/last.nix;
    tags = [ ];
  };
  made-up = {
    system = "x86_64-linux";
    module = ./hosts/made-up.nix;
    tags = [ ];
  };
  radio = {
    system = "x86_64-linux";
    module = ./hosts/radio.nix;
    tags = [ ];
  };
  renamed = {
    system = "x86_64-linux";
    module = ./hosts/renamed.nix;
    tags = [ ];
  };
  unknown = {
    system = "x86_64-linux";
    module = ./hosts/unknown.nix;
    tags = [ ];
  };
  v6 = {
    system = "x86_64-linux";
    module = ./hosts/v6.nix;
    tags = [ ];
  };
  vlan = {
    system = "x86_64-linux";
    module = ./hosts/vlan.nix;
    tags = [ ];
  };
}
