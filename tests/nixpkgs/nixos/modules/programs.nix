# programs.*: the ssh client and a few shells and tools.
{ lib, pkgs, ... }:
let
  inherit (lib) types;
  declare = import ../declare.nix { inherit lib; };
  inherit (declare)
    flag
    list
    maybe
    strs
    ;
in
{
  options.programs = {
    bash.enable = declare.bool true;
    fish.enable = flag;
    fuse.userAllowOther = flag;
    git = {
      enable = flag;
      package = declare.package pkgs "git";
    };
    gnupg.agent.enable = flag;
    htop.enable = flag;
    mosh.enable = flag;
    nix-ld.enable = flag;
    ssh = {
      extraConfig = declare.lines;
      hostKeyAlgorithms = strs;
      knownHosts = declare.set (
        declare.sub (
          { name, config }:
          {
            certAuthority = flag;
            extraHostNames = strs;
            hostNames = declare.opt (types.listOf types.str) ([ name ] ++ config.extraHostNames);
            publicKey = maybe types.str;
            publicKeyFile = maybe types.path;
          }
        )
      );
      knownHostsFiles = list types.path;
      startAgent = flag;
    };
    tmux.enable = flag;
    vim.enable = flag;
    zsh.enable = flag;
  };
}
