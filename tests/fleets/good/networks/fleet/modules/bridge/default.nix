{
  imports = [ ./interfaces.nix ];
}
