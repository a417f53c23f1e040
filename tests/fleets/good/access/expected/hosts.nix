# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=4d8453c564c218d208f969d432c00781 body=9a9d172cb1ed0f1dca357a2425bc6a41 words=859c71a4205a819acaeebdc240e1d9b4
{
  production = {
    system = "x86_64-linux";
    module = ./hosts/production.nix;
    tags = [ ];
  };
  staging = {
    system = "x86_64-linux";
    module = ./hosts/staging.nix;
    tags = [ ];
  };
}
