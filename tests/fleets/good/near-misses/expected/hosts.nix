# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=7d6cc6c3c37207bed5fc467e61cb890e body=695ac87626a6a893da965fa46e56f572 words=797c40bf68826ef5fc4524274a209112
{
  port = {
    system = "x86_64-linux";
    module = ./hosts/port.nix;
    tags = [ ];
  };
  strict = {
    system = "x86_64-linux";
    module = ./hosts/strict.nix;
    tags = [
      "all"
      "media"
    ];
  };
  walled = {
    system = "x86_64-linux";
    module = ./hosts/walled.nix;
    tags = [ ];
  };
}
