# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=fbcade4c2b6d32a207e7d56749291df2 body=fe5c98d65249d6d0a1ef097e7b7ff66f words=e54f7c96abbd1b0771521780c24c66b7
let
  hosts = {
    eden = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF" ];
  };
in
{
  "secrets/shop.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
}
