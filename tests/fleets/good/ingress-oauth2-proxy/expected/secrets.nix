# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=d1c8ecaa8503f0a174e98beeeae08b22 body=9451462690bddf5ab78cf9fefbebf9af words=8ac2418271a013bd56d5d48bc59dcc54
let
  hosts = {
    ararat = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a" ];
  };
in
{
  "secrets/login-client.age".publicKeys = [
    hosts.ararat
  ]
  ++ people.ana;
  "secrets/login-cookie-secret.age".publicKeys = [
    hosts.ararat
  ]
  ++ people.ana;
}
