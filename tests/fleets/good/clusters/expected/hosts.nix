# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=f79f81ccc775d7babbb7217e33d340e8 body=11bdb0b2d8c4f49ac688741439bc1b99 words=caa44a5ad221145009e6aac58fe1db38
{
  one = {
    system = "x86_64-linux";
    module = ./hosts/one.nix;
    tags = [ ];
  };
  three = {
    system = "x86_64-linux";
    module = ./hosts/three.nix;
    tags = [ ];
  };
  two = {
    system = "x86_64-linux";
    module = ./hosts/two.nix;
    tags = [ ];
  };
  web = {
    system = "x86_64-linux";
    module = ./hosts/web.nix;
    tags = [ ];
  };
}
