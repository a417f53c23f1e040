# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=04a8791ec3dcd4cdc8dee6fa8cfac48a body=758bf06660b2079d7a7bb24e18eb72e0 words=1425a369ab85a34d8c074df61f11bc3e
let
  hosts = {
    eden = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKjBr4Fv6LJGsq9MI3qj37RUefrliT644/TwfI0bmnXC";
    gihon = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKYBqFvHkRkTVwfpiiEqeUARpkZpwHUzyEBVQ13BDAJg";
  };
  people = {
    ana = [ "age1a9ucssy2j7wu8ddg0etjs98xt67443nnpczy673x8gkf6qlghuls8624w9" ];
  };
  escrow = {
    safe = "age1az896vqkkh87tyyze3e0y79hspf2p9qqjgrqjeujusvy8n8yga0sq7vtyv";
  };
in
{
  "secrets/first.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana
  ++ builtins.attrValues escrow;
  "secrets/of-hosts.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana
  ++ builtins.attrValues escrow;
  "secrets/eden/own.age".publicKeys = [
    hosts.eden
  ]
  ++ people.ana
  ++ builtins.attrValues escrow;
  "secrets/gihon/own.age".publicKeys = [
    hosts.gihon
  ]
  ++ people.ana
  ++ builtins.attrValues escrow;
  "secrets/shared.age".publicKeys = [
    hosts.eden
    hosts.gihon
  ]
  ++ people.ana
  ++ builtins.attrValues escrow;
}
