# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=cf08af01a8522ed327c079ffcaa96c53 body=e1d8742b788e2d0d791d806204cd0c77 words=07b20ef8c15804927823330c6ee6c6f1
let
  hosts = {
    port = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    strict = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    walled = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF" ];
  };
in
{
  "secrets/of-module.age".publicKeys = [
    hosts.strict
  ]
  ++ people.ana;
  "secrets/of-operator.age".publicKeys = [
    hosts.port
    hosts.strict
    hosts.walled
  ]
  ++ people.ana;
  "secrets/of-service.age".publicKeys = [
    hosts.strict
  ]
  ++ people.ana;
  "secrets/of-system.age".publicKeys = [
    hosts.port
    hosts.strict
    hosts.walled
  ]
  ++ people.ana;
  "secrets/of-unknown.age".publicKeys = [
    hosts.port
  ]
  ++ people.ana;
  "secrets/shop.age".publicKeys = [
    hosts.strict
  ]
  ++ people.ana;
}
