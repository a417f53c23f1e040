# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=0bed20fd8bf1443395fd785af025fcd6 body=b4dfef03eb8ffff57ec99362ab1754fb words=36e67973186b3d67291ebb3ced75349d
let
  hosts = {
    watch-1 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    watch-2 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC38nvmWqotuAUSbTnQ5sA008HQEljRRClwKyNa1blKV";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF" ];
  };
in
{
  "secrets/bridge.age".publicKeys = [
    hosts.watch-1
    hosts.watch-2
  ]
  ++ people.ana;
  "secrets/heartbeat.age".publicKeys = [
    hosts.watch-1
    hosts.watch-2
  ]
  ++ people.ana;
  "secrets/mail.age".publicKeys = [
    hosts.watch-1
    hosts.watch-2
  ]
  ++ people.ana;
  "secrets/ntfy.age".publicKeys = [
    hosts.watch-1
    hosts.watch-2
  ]
  ++ people.ana;
  "secrets/pager.age".publicKeys = [
    hosts.watch-1
    hosts.watch-2
  ]
  ++ people.ana;
  "secrets/slack.age".publicKeys = [
    hosts.watch-1
    hosts.watch-2
  ]
  ++ people.ana;
}
