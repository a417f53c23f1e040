# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=496bb2c61907503bf6ea53e6ad2999b5 body=24fb1329695f21c50895e58e74d61ebf words=30c02ef3f6a07c83d8ac6261807311fc
let
  hosts = {
    eden = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF" ];
  };
in
{
  "secrets/wiki-env.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
}
