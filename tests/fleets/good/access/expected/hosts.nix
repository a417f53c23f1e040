# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=a61609c5f14cffa7146ec17d7c595607 body=9a9d172cb1ed0f1dca357a2425bc6a41 words=859c71a4205a819acaeebdc240e1d9b4
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
