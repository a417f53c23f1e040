{
  inputs.cistern.url = "path:../cistern";
  inputs.nixpkgs.url = "path:../nixpkgs";
  outputs = inputs: inputs.cistern.lib.mkFleet { inherit inputs; root = ./.; };
}
