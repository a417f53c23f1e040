# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=1033e21988dfb4fca929aa252f9e54d5 body=e80ea6af2a13276602ba2432bd36c33b words=346bc9705010971fed23e3d582dc225d
{
  cache-1 = {
    system = "x86_64-linux";
    module = ./hosts/cache-1.nix;
    tags = [ ];
  };
  cache-2 = {
    system = "x86_64-linux";
    module = ./hosts/cache-2.nix;
    tags = [ ];
  };
  cache-3 = {
    system = "x86_64-linux";
    module = ./hosts/cache-3.nix;
    tags = [ ];
  };
  web = {
    system = "x86_64-linux";
    module = ./hosts/web.nix;
    tags = [ ];
  };
}
