# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=c1f6c2536e3d077f069c67cabbf1bc7b body=c75e670844ef3d2dfe975581916a4cd3 words=df190dfdf3617446e4127f99ad6ddd7d
let
  hosts = {
    eden = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a" ];
  };
in
{
  "secrets/acme-dns.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana;
}
