# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=109093410c08830ea1fafb4319c99df7 body=ae1c67ba5a149b21430077106a66163b words=88c7126b6f5009ff476a9a5ffc5f00d7
let
  hosts = {
    eden = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    gihon = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC38nvmWqotuAUSbTnQ5sA008HQEljRRClwKyNa1blKV";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF" ];
    bo = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIChu3qAccXpL58FSEXpuMToxDQ/sT8phPmi1K68tHbO3" ];
  };
in
{
  "secrets/grafana-admin-password.age".publicKeys = [
    hosts.gihon
  ]
  ++ people.ana
  ++ people.bo;
  "secrets/grafana-secret-key.age".publicKeys = [
    hosts.gihon
  ]
  ++ people.ana
  ++ people.bo;
  "secrets/hash.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/hash-too.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/identity.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/key.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/letters.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/login.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/made.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/postgresql-password-shop.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/sonarr-api-key.age".publicKeys = [
    hosts.gihon
  ]
  ++ people.ana
  ++ people.bo;
  "secrets/sonarr-environment.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/till.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/token.age".publicKeys = [
    hosts.eden
    hosts.gihon
  ]
  ++ people.ana
  ++ people.bo;
  "secrets/token.previous.age".publicKeys = [
    hosts.eden
    hosts.gihon
  ]
  ++ people.ana
  ++ people.bo;
  "secrets/eden/tunnel.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/gihon/tunnel.age".publicKeys = [
    hosts.gihon
  ]
  ++ people.ana
  ++ people.bo;
  "secrets/eden/tunnel-file.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/gihon/tunnel-file.age".publicKeys = [
    hosts.gihon
  ]
  ++ people.ana
  ++ people.bo;
}
