# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=bb2274c972c2529f7e717904f93ef379 body=2e97f3c16b38958eaf27a1305bbf2da1 words=12f7bc22be7427d59dc165c8808304ac
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
  "secrets/login-environment.age".publicKeys = [
    hosts.ararat
  ]
  ++ people.ana;
}
