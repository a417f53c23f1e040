# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=1a2fabf284b8f9e7d4882fda8373e5fd body=47c582bf2b4b1b46b3ee212acedef442 words=e0c11bd5ddf93c78fecf2b9ca70b23e5
{
  app-1 = {
    system = "x86_64-linux";
    module = ./hosts/app-1.nix;
    tags = [ "app" ];
  };
  app-2 = {
    system = "x86_64-linux";
    module = ./hosts/app-2.nix;
    tags = [ "app" ];
  };
  app-3 = {
    system = "x86_64-linux";
    module = ./hosts/app-3.nix;
    tags = [ "app" ];
  };
  edge-1 = {
    system = "x86_64-linux";
    module = ./hosts/edge-1.nix;
    tags = [ "edge" ];
  };
  edge-2 = {
    system = "x86_64-linux";
    module = ./hosts/edge-2.nix;
    tags = [ "edge" ];
  };
}
