# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=a2634f3fd18e9b37266c3143f731c209 body=445d53a5eb078d4c4e9d8b3fb560572e words=feb4f6e83461c65b8c993256488c7f49
let
  hosts = {
    one = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    three = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGXfqNHkkLhDgvp4CLkcfzUpfFzD7YqEoJhhXnA8SHL6";
    two = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC38nvmWqotuAUSbTnQ5sA008HQEljRRClwKyNa1blKV";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF" ];
  };
in
{
  "secrets/db-api.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/db-replication.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/db-rewind.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/db-superuser.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/documents-key.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/documents-password.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/etcd-authority.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/etcd-ca.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/one/etcd-certificate.age".publicKeys = [
    hosts.one
  ]
  ++ people.ana;
  "secrets/three/etcd-certificate.age".publicKeys = [
    hosts.three
  ]
  ++ people.ana;
  "secrets/two/etcd-certificate.age".publicKeys = [
    hosts.two
  ]
  ++ people.ana;
  "secrets/events-authority.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/events-broker-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/events-ca.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/one/events-certificate.age".publicKeys = [
    hosts.one
  ]
  ++ people.ana;
  "secrets/three/events-certificate.age".publicKeys = [
    hosts.three
  ]
  ++ people.ana;
  "secrets/two/events-certificate.age".publicKeys = [
    hosts.two
  ]
  ++ people.ana;
  "secrets/events-logins.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/events-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/names-authority.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/names-ca.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/one/names-certificate.age".publicKeys = [
    hosts.one
  ]
  ++ people.ana;
  "secrets/three/names-certificate.age".publicKeys = [
    hosts.three
  ]
  ++ people.ana;
  "secrets/two/names-certificate.age".publicKeys = [
    hosts.two
  ]
  ++ people.ana;
  "secrets/names-gossip.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/names-gossip-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/names-token.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/objects-admin-token.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/objects-rpc-secret.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/queue-cookie.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/queue-definitions.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/queue-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/search-authority.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/search-ca.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/one/search-certificate.age".publicKeys = [
    hosts.one
  ]
  ++ people.ana;
  "secrets/three/search-certificate.age".publicKeys = [
    hosts.three
  ]
  ++ people.ana;
  "secrets/two/search-certificate.age".publicKeys = [
    hosts.two
  ]
  ++ people.ana;
  "secrets/search-hash.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/search-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/search-users.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/sessions-password.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/sessions-sentinel-password.age".publicKeys = [
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
}
