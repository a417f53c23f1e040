# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=9430d22a918b13888c6e7fba77001f2d body=57184df4bf5b9823fdc8522f95f614d9 words=baf466058164876c0a6bffbfc76e5f5d
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
  "secrets/transmission-rpc.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
  "secrets/usenet-servers.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
}
