# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=273869249db52c526e9e40509287d36a body=eb2a3ccb405cd6ce12e04dbc47d878a4 words=a26a8df81fd51358b452590e9a260eb6
{
  eden = {
    system = "x86_64-linux";
    module = ./hosts/eden.nix;
    tags = [
      "media"
      "storage"
    ];
  };
  gihon = {
    system = "x86_64-linux";
    module = ./hosts/gihon.nix;
    tags = [ "media" ];
  };
  pishon = {
    system = "aarch64-linux";
    module = ./hosts/pishon.nix;
    tags = [ "media" ];
  };
}
