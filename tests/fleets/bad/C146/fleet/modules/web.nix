{
  imports = [ ./tls.nix ];
}
