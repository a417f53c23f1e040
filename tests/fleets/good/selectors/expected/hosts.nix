# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=da4b970ee3d0ae20ef371eb3af6e83b2 body=cf81ab8ceecdae4f0281b97da512c20d words=7d1fcb0f582891a3b8d543626625fc12
{
  db-1 = {
    system = "x86_64-linux";
    module = ./hosts/db-1.nix;
    tags = [ "db" ];
  };
  web-1 = {
    system = "x86_64-linux";
    module = ./hosts/web-1.nix;
    tags = [ "web" ];
  };
  web-10 = {
    system = "x86_64-linux";
    module = ./hosts/web-10.nix;
    tags = [
      "spare"
      "web"
    ];
  };
  web-2 = {
    system = "x86_64-linux";
    module = ./hosts/web-2.nix;
    tags = [ "web" ];
  };
}
