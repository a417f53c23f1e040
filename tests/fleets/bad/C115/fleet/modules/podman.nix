{
  virtualisation.oci-containers.containers.scanner = {
    image = "registry.example.org/scanner";
    volumes = [
      "/proc/:/host/proc:ro"
      "/srv/scans:/scans"
    ];
  };
}
