{
  virtualisation.oci-containers.containers.scanner = {
    image = "registry.example.org/scanner";
    privileged = true;
    extraOptions = [
      "--cap-add=sys_module"
      "--init"
    ];
  };
}
