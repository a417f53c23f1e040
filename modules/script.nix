# script :: name -> [ word ] -> file that runs them, with all that Cistern's scripts need. A program that the definition
# names is found in the system's profile.
{ lib, pkgs }:
name: words:
pkgs.writeShellScript name ''
  export PATH=${
    lib.makeBinPath [
      pkgs.bash
      pkgs.coreutils
      pkgs.curl
      pkgs.dnsutils
      pkgs.gnugrep
      pkgs.gnused
      pkgs.iproute2
      pkgs.openssl
      pkgs.systemd
      pkgs.util-linux
    ]
  }:/run/current-system/sw/bin:$PATH
  exec ${lib.escapeShellArgs words} "$@"
''
