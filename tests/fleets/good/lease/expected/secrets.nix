# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=33ce48205a429a9c5a178731470feedc body=b37d890ef15c6d5027223885d5007177 words=f4aa420c770aca1aa2e37bbc85aa7acb
let
  hosts = {
    five = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIChu3qAccXpL58FSEXpuMToxDQ/sT8phPmi1K68tHbO3";
    four = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINIbnI1koQe+3rm4RdjsFXNdfSIULTb8XY5+GsiH7zv9";
    one = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    three = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGXfqNHkkLhDgvp4CLkcfzUpfFzD7YqEoJhhXnA8SHL6";
    two = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC38nvmWqotuAUSbTnQ5sA008HQEljRRClwKyNa1blKV";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF" ];
  };
in
{
  "secrets/dns-token.age".publicKeys = [
    hosts.four
    hosts.two
  ]
  ++ people.ana;
  "secrets/etcd-authority.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/etcd-ca.age".publicKeys = [
    hosts.five
    hosts.four
    hosts.one
    hosts.three
    hosts.two
  ]
  ++ people.ana;
  "secrets/five/etcd-certificate.age".publicKeys = [
    hosts.five
  ]
  ++ people.ana;
  "secrets/four/etcd-certificate.age".publicKeys = [
    hosts.four
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
  "secrets/token.age".publicKeys = [
  ]
  ++ people.ana;
}
