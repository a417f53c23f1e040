# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=9b79ec408419d0ff249bbb05882ca664 body=fc442eab2d276ffd2e40f45f7029a467 words=b00d6f6812e660274f505ad8220857ac
{
  eden = {
    system = "x86_64-linux";
    module = ./hosts/eden.nix;
    tags = [ "media" ];
  };
  gihon = {
    system = "x86_64-linux";
    module = ./hosts/gihon.nix;
    tags = [ ];
  };
}
