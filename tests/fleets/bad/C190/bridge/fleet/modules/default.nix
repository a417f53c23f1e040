{ imports = [ ./bridge.nix ]; }
