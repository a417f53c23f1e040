# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=bc8c089dc7e7b3c845b5c12b65a81c14 body=33049f0b80faf564197ba8541c3520fe words=18ccea4228b732cfa09689536232f618
let
  hosts = {
    eden = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    gihon = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC38nvmWqotuAUSbTnQ5sA008HQEljRRClwKyNa1blKV";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF" ];
  };
in
{
  "secrets/by-hosts.age".publicKeys = [
    hosts.eden
    hosts.gihon
  ]
  ++ people.ana;
  "secrets/by-path.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/by-service.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/by-services.age".publicKeys = [
    hosts.eden
    hosts.gihon
  ]
  ++ people.ana;
  "secrets/by-setting.age".publicKeys = [
    hosts.gihon
  ]
  ++ people.ana;
  "secrets/eden/wg-key.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/gihon/wg-key.age".publicKeys = [
    hosts.gihon
  ]
  ++ people.ana;
}
