# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=a826c9de2cb2c8856d50dfd42f4395c4 body=7814e5d514b004397f59f424b51d7360 words=05b3a1287ca5ad01e4664a8e213c6643
{
  data = {
    system = "x86_64-linux";
    module = ./hosts/data.nix;
    tags = [ ];
  };
  gate = {
    system = "x86_64-linux";
    module = ./hosts/gate.nix;
    tags = [ ];
  };
  home = {
    system = "x86_64-linux";
    module = ./hosts/home.nix;
    tags = [ ];
  };
  login-1 = {
    system = "x86_64-linux";
    module = ./hosts/login-1.nix;
    tags = [ ];
  };
  login-2 = {
    system = "x86_64-linux";
    module = ./hosts/login-2.nix;
    tags = [ ];
  };
  models = {
    system = "x86_64-linux";
    module = ./hosts/models.nix;
    tags = [ ];
  };
}
