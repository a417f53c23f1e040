# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=ba26ec3177ef523888b71b089f1c2705 body=8626722814c70fb2458ac56ecfd6e251 words=28edee80530e48c74db5b78969ca6ad4
{
  eden = {
    system = "x86_64-linux";
    module = ./hosts/eden.nix;
    tags = [ ];
  };
  pishon = {
    system = "x86_64-linux";
    module = ./hosts/pishon.nix;
    tags = [ ];
  };
}
