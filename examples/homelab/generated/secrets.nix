# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=a9b29069e30ad3ec5499769df53bb9c7 body=64dbfd51b6a24bb9126148083dbbebbf words=8fa1751313bedebc881042fefd13738a
let
  hosts = {
    eden = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINxnHkxDJjtXwzh/nI2zugOFuGRjnVV9Qcv26LenG6bU";
    gihon = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIH9XOWGpi6Ql20Jw+NnQTdRztHnGZtSqXKL8SjPlJXqV";
    pishon = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBky4+8d0TWZZNZHihVuYVtAzm50iehQHUE7ekG1g7yz";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a" ];
  };
in
{
  "secrets/arr-keys.age".publicKeys = [
    hosts.eden
    hosts.gihon
  ]
  ++ people.ana;
  "secrets/eden/backup-password.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/gihon/backup-password.age".publicKeys = [
    hosts.gihon
  ]
  ++ people.ana;
  "secrets/pishon/backup-password.age".publicKeys = [
    hosts.pishon
  ]
  ++ people.ana;
  "secrets/grafana-admin-password.age".publicKeys = [
    hosts.gihon
  ]
  ++ people.ana;
  "secrets/grafana-secret-key.age".publicKeys = [
    hosts.gihon
  ]
  ++ people.ana;
  "secrets/ntfy-token.age".publicKeys = [
    hosts.gihon
  ]
  ++ people.ana;
  "secrets/transmission-rpc.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/usenet-servers.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
}
