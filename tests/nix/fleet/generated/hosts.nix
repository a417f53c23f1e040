{
  eden = {
    system = "x86_64-linux";
    module = ./hosts/eden.nix;
    tags = [
      "media"
      "storage"
    ];
  };
  pishon = {
    system = "aarch64-linux";
    module = ./hosts/pishon.nix;
    tags = [ "media" ];
  };
}
