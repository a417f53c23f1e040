# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=8fb4c35fc29d33ceb0897a9387b480fc body=c51fe2af24742a07f7384b670742777e words=6187199b85deeb010d3d05047f8d412f
let
  hosts = {
    production = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    staging = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC38nvmWqotuAUSbTnQ5sA008HQEljRRClwKyNa1blKV";
  };
  people = {
    ana = [ "age12wm435jcm247sv4f40gqute5n9mqnx8ve2v4j376z7lz579s5thsw6ylm5" ];
    mira = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOfa4GxYBZl5scNSB37GelKisOVdXhwecLmecbiifZIq" ];
  };
in
{
  "secrets/production-only.age".publicKeys = [
    hosts.production
  ]
  ++ people.ana;
  "secrets/staging-only.age".publicKeys = [
    hosts.staging
  ]
  ++ people.ana
  ++ people.mira;
}
