# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=e9f8c348a9930645b67879e5e4c8c1eb body=d9c820603f0bac81347c44486ddfa050 words=be3ef498011d9d21a5f151577d19df8f
let
  hosts = {
    ararat = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a" ];
  };
in
{
  "secrets/login-admin-hash.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/login-admin-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/login-jwt-secret.age".publicKeys = [
    hosts.ararat
  ]
  ++ people.ana;
  "secrets/login-session-secret.age".publicKeys = [
    hosts.ararat
  ]
  ++ people.ana;
  "secrets/login-storage-key.age".publicKeys = [
    hosts.ararat
  ]
  ++ people.ana;
  "secrets/login-users.age".publicKeys = [
    hosts.ararat
  ]
  ++ people.ana;
}
