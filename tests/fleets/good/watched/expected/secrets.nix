# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=3951ddeba280625d6e901b4b4dcf2b05 body=8268d6c232402ee00708ec2c9090f5d9 words=e8a149317cb83324baceb1a0dc8d5ad3
let
  hosts = {
    gihon = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINIbnI1koQe+3rm4RdjsFXNdfSIULTb8XY5+GsiH7zv9";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF" ];
  };
in
{
  "secrets/grafana-admin.age".publicKeys = [
    hosts.gihon
  ]
  ++ people.ana;
  "secrets/grafana-key.age".publicKeys = [
    hosts.gihon
  ]
  ++ people.ana;
}
