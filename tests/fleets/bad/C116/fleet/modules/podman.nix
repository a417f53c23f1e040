{
  virtualisation.oci-containers.containers.scanner = {
    image = "registry.example.org/scanner";
    extraOptions = [ "--network=host" ];
  };
}
