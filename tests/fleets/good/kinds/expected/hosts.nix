# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=4eca7484bf5ab577ef2db0c1ea49f324 body=43aff6d5fcc26294dd945812d7047729 words=f5c4dfca38c4f40f0aa2fa34d7cae899
{
  media = {
    system = "x86_64-linux";
    module = ./hosts/media.nix;
    tags = [ ];
  };
  store-1 = {
    system = "x86_64-linux";
    module = ./hosts/store-1.nix;
    tags = [ "store" ];
  };
  store-2 = {
    system = "x86_64-linux";
    module = ./hosts/store-2.nix;
    tags = [ "store" ];
  };
  web = {
    system = "x86_64-linux";
    module = ./hosts/web.nix;
    tags = [ ];
  };
}
