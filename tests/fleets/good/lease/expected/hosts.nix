# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=4eaabbe7fd4bb1f9563e27e0a3ec6a22 body=eb8e8a20a511d748b9cbd251af0adbb9 words=f95e178ff9a99b78621cc9b97e707474
{
  five = {
    system = "x86_64-linux";
    module = ./hosts/five.nix;
    tags = [ ];
  };
  four = {
    system = "x86_64-linux";
    module = ./hosts/four.nix;
    tags = [ ];
  };
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
}
