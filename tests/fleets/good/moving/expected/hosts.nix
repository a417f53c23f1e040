# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=12a8de166dfd77cf23ff924892d653f2 body=ce02ae01e1486e36deaf7a9797d3ee7b words=0a448c0a7cb6709f8604eb974d9c46c9
{
  ant = {
    system = "x86_64-linux";
    module = ./hosts/ant.nix;
    tags = [ ];
  };
  bee = {
    system = "x86_64-linux";
    module = ./hosts/bee.nix;
    tags = [ ];
  };
  cow = {
    system = "x86_64-linux";
    module = ./hosts/cow.nix;
    tags = [ ];
  };
  dog = {
    system = "x86_64-linux";
    module = ./hosts/dog.nix;
    tags = [ ];
  };
  emu = {
    system = "x86_64-linux";
    module = ./hosts/emu.nix;
    tags = [ ];
  };
}
