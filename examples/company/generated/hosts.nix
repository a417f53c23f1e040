# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=52d6a18834501099b9a4d3ef52e8e10b body=dbf3067bda51edfda6bf3f97ed53806a words=d2d831f5685f1015c2971eadf27e1673
{
  app-1 = {
    system = "x86_64-linux";
    module = ./hosts/app-1.nix;
    tags = [ "app" ];
  };
  app-2 = {
    system = "x86_64-linux";
    module = ./hosts/app-2.nix;
    tags = [ "app" ];
  };
  app-3 = {
    system = "x86_64-linux";
    module = ./hosts/app-3.nix;
    tags = [ "app" ];
  };
  app-staging = {
    system = "x86_64-linux";
    module = ./hosts/app-staging.nix;
    tags = [ "app" ];
  };
  bastion = {
    system = "x86_64-linux";
    module = ./hosts/bastion.nix;
    tags = [ "jump" ];
  };
  cache-1 = {
    system = "x86_64-linux";
    module = ./hosts/cache-1.nix;
    tags = [ "sessions" ];
  };
  cache-2 = {
    system = "x86_64-linux";
    module = ./hosts/cache-2.nix;
    tags = [ "sessions" ];
  };
  cache-3 = {
    system = "x86_64-linux";
    module = ./hosts/cache-3.nix;
    tags = [ "sessions" ];
  };
  ci = {
    system = "x86_64-linux";
    module = ./hosts/ci.nix;
    tags = [ ];
  };
  db-1 = {
    system = "x86_64-linux";
    module = ./hosts/db-1.nix;
    tags = [ "database" ];
  };
  db-2 = {
    system = "x86_64-linux";
    module = ./hosts/db-2.nix;
    tags = [ "database" ];
  };
  db-staging = {
    system = "x86_64-linux";
    module = ./hosts/db-staging.nix;
    tags = [ "database" ];
  };
  edge-1 = {
    system = "x86_64-linux";
    module = ./hosts/edge-1.nix;
    tags = [ "web" ];
  };
  edge-2 = {
    system = "aarch64-linux";
    module = ./hosts/edge-2.nix;
    tags = [ "web" ];
  };
  edge-staging = {
    system = "x86_64-linux";
    module = ./hosts/edge-staging.nix;
    tags = [ "web" ];
  };
  files = {
    system = "x86_64-linux";
    module = ./hosts/files.nix;
    tags = [ ];
  };
  lab-1 = {
    system = "x86_64-linux";
    module = ./hosts/lab-1.nix;
    tags = [ ];
  };
  lab-2 = {
    system = "x86_64-linux";
    module = ./hosts/lab-2.nix;
    tags = [ ];
  };
  monitor = {
    system = "x86_64-linux";
    module = ./hosts/monitor.nix;
    tags = [ ];
  };
  print = {
    system = "x86_64-linux";
    module = ./hosts/print.nix;
    tags = [ ];
  };
  wiki = {
    system = "x86_64-linux";
    module = ./hosts/wiki.nix;
    tags = [ ];
  };
}
