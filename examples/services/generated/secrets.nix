# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=a46dbd7909d2c93677ba9c4cfe2a0c23 body=a5ad92fa6c538b5e08aa5eefce6a6c24 words=ab364ca6fbdb47d9211c5d6f74179bc5
let
  hosts = {
    app-1 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGG+qsTg9hbokYUtp28UM7S1qZ0gwEwU/AANJxoFLgKf";
    app-2 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIF3uUJtA81gYQdgnhe0tK0HXD//Yu4YaB5ZpT0iS6m5o";
    app-3 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFoE14S+vCe/vgd2AyS+Y+VW4tJHwocAG1QzZY3pHebh";
    edge-1 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJrQd6w96IdskhXv8UDBfYGMU+tZAxOiGfOYbukYrQhx";
    edge-2 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO4fT36WiXsVLRSLmiFs8KynxWCwveFyDoqpXb9A9Kj/";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIgAwYgVPIj15/eHkGD9hiqrHyOyTB29KcYygZ1A8/iR" ];
  };
in
{
  "secrets/acme-dns.age".publicKeys = [
    hosts.edge-1
    hosts.edge-2
  ]
  ++ people.ana;
  "secrets/db-api.age".publicKeys = [
    hosts.app-1
    hosts.app-2
    hosts.app-3
  ]
  ++ people.ana;
  "secrets/db-replication.age".publicKeys = [
    hosts.app-1
    hosts.app-2
    hosts.app-3
  ]
  ++ people.ana;
  "secrets/db-rewind.age".publicKeys = [
    hosts.app-1
    hosts.app-2
    hosts.app-3
  ]
  ++ people.ana;
  "secrets/db-superuser.age".publicKeys = [
    hosts.app-1
    hosts.app-2
    hosts.app-3
  ]
  ++ people.ana;
  "secrets/etcd-authority.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/etcd-ca.age".publicKeys = [
    hosts.app-1
    hosts.app-2
    hosts.app-3
  ]
  ++ people.ana;
  "secrets/app-1/etcd-certificate.age".publicKeys = [
    hosts.app-1
  ]
  ++ people.ana;
  "secrets/app-2/etcd-certificate.age".publicKeys = [
    hosts.app-2
  ]
  ++ people.ana;
  "secrets/app-3/etcd-certificate.age".publicKeys = [
    hosts.app-3
  ]
  ++ people.ana;
}
