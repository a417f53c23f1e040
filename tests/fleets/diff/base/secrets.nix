import ./generated/secrets.nix
