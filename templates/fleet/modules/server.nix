# Yours to write: whatever NixOS can do and the definition has no word for. Cistern never touches this file.
{ pkgs, ... }:
{
  environment.systemPackages = [
    pkgs.git
    pkgs.htop
  ];
}
