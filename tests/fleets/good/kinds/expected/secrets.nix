# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=52ca97038e5382a86dc033b1780584b8 body=08068b919180fa8f634efb915cf46e67 words=e06d0f0cd6e2de2cbf5474d95364abd5
let
  hosts = {
    media = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    store-1 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC38nvmWqotuAUSbTnQ5sA008HQEljRRClwKyNa1blKV";
    store-2 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGXfqNHkkLhDgvp4CLkcfzUpfFzD7YqEoJhhXnA8SHL6";
    web = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINIbnI1koQe+3rm4RdjsFXNdfSIULTb8XY5+GsiH7zv9";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF" ];
  };
in
{
  "secrets/arr-keys.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
  "secrets/grafana-admin.age".publicKeys = [
    hosts.web
  ]
  ++ people.ana;
  "secrets/grafana-key.age".publicKeys = [
    hosts.web
  ]
  ++ people.ana;
  "secrets/sessions.age".publicKeys = [
    hosts.store-1
    hosts.store-2
  ]
  ++ people.ana;
  "secrets/shop-db.age".publicKeys = [
    hosts.store-1
  ]
  ++ people.ana;
  "secrets/transmission.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
  "secrets/usenet.age".publicKeys = [
    hosts.media
  ]
  ++ people.ana;
}
