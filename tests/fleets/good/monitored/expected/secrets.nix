# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=268038efa5cb8e43d1fc8cf3bb5efab6 body=db39c2f80998c444c324305ff206457a words=11dceaed1879597585aae9113644768f
let
  hosts = {
    disks = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a";
    eden = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF";
    gihon = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF" ];
  };
in
{
  "secrets/node.age".publicKeys = [
    hosts.eden
    hosts.gihon
  ]
  ++ people.ana;
  "secrets/node-ca.age".publicKeys = [
    hosts.eden
    hosts.gihon
  ]
  ++ people.ana;
  "secrets/restic.age".publicKeys = [
    hosts.disks
  ]
  ++ people.ana;
}
