# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=a08f46218edc6b9def67ef92d6cb6acf body=7d94c76a4fbb2aafe64ba3c9928b9ab9 words=ee520910890d9f51cd470b5880de44b4
let
  hosts = {
    eden = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a";
    tigris = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKs/bjy+FdFVKVr4Nv4pQtk+2VLmY4XXmRqXGuza8pY9";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a" ];
  };
in
{
  "secrets/acme-dns.age".publicKeys = [
    hosts.eden
    hosts.tigris
  ]
  ++ people.ana;
}
