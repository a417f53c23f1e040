# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=42cc6885363e0dbc1bd0a4597112da09 body=ce1953fea8f435270fd4f084e13e85a8 words=848b6db5ccb7840b842bc309616ab377
let
  hosts = {
    cache-1 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    cache-2 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC38nvmWqotuAUSbTnQ5sA008HQEljRRClwKyNa1blKV";
    cache-3 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGXfqNHkkLhDgvp4CLkcfzUpfFzD7YqEoJhhXnA8SHL6";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF" ];
  };
in
{
  "secrets/sessions.age".publicKeys = [
    hosts.cache-1
    hosts.cache-2
    hosts.cache-3
  ]
  ++ people.ana;
}
