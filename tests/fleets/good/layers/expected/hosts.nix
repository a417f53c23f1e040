# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=370ac0b944bfca87a244ea81639aeb9d body=5c06068c32ede1433bc12e6029d259b2 words=c1e5983d7e5f53f676827a93968d9bb9
{
  bare = {
    system = "x86_64-linux";
    module = ./hosts/bare.nix;
    tags = [ "of-defaults" ];
  };
  grouped = {
    system = "x86_64-linux";
    module = ./hosts/grouped.nix;
    tags = [
      "chosen"
      "of-base"
      "of-defaults"
      "of-last"
      "of-site"
    ];
  };
  itself = {
    system = "x86_64-linux";
    module = ./hosts/itself.nix;
    tags = [
      "chosen"
      "of-base"
      "of-defaults"
      "of-host"
      "of-last"
      "of-site"
    ];
  };
  profiled = {
    system = "x86_64-linux";
    module = ./hosts/profiled.nix;
    tags = [
      "of-base"
      "of-defaults"
      "of-last"
      "of-site"
    ];
  };
  sited = {
    system = "x86_64-linux";
    module = ./hosts/sited.nix;
    tags = [
      "of-defaults"
      "of-site"
    ];
  };
}
