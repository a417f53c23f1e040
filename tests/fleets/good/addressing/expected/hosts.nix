# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=8abb4747861d2f3a2eec52e47a2b7fb0 body=8968e79f93b4e7e3e11e14592b40835e words=ffd23eb0497877806c12ae70f7291cff
{
  by-elimination = {
    system = "x86_64-linux";
    module = ./hosts/by-elimination.nix;
    tags = [ ];
  };
  by-facts = {
    system = "x86_64-linux";
    module = ./hosts/by-facts.nix;
    tags = [ ];
  };
  by-hand = {
    system = "x86_64-linux";
    module = ./hosts/by-hand.nix;
    tags = [ ];
  };
  by-mac = {
    system = "x86_64-linux";
    module = ./hosts/by-mac.nix;
    tags = [ ];
  };
  by-name = {
    system = "x86_64-linux";
    module = ./hosts/by-name.nix;
    tags = [ ];
  };
  dhcp = {
    system = "x86_64-linux";
    module = ./hosts/dhcp.nix;
    tags = [ ];
  };
  dhcp-pinned = {
    system = "x86_64-linux";
    module = ./hosts/dhcp-pinned.nix;
    tags = [ ];
  };
  nowhere = {
    system = "x86_64-linux";
    module = ./hosts/nowhere.nix;
    tags = [ ];
  };
  odd-port = {
    system = "x86_64-linux";
    module = ./hosts/odd-port.nix;
    tags = [ ];
  };
}
