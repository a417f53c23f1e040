# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=358c6c5ad2c7f709902beb79a13c0452 body=0f47efa708888fe135ad1646d709bb86 words=9ab420157fabefd5baf50a0a488b247e
{
  production = {
    groups = [ ];
    hostname = "10.0.0.10";
    profiles = {
      system = {
        user = "root";
      };
    };
    profilesOrder = [ "system" ];
    sshOpts = [
      "-o"
      "ServerAliveInterval=5"
      "-o"
      "ServerAliveCountMax=3"
      "-o"
      "ConnectTimeout=10"
    ];
    sshUser = "deploy";
    sudo = "doas -u";
  };
  staging = {
    groups = [ ];
    hostname = "10.0.0.11";
    profiles = {
      system = {
        user = "root";
      };
    };
    profilesOrder = [ "system" ];
    sshOpts = [
      "-o"
      "ServerAliveInterval=5"
      "-o"
      "ServerAliveCountMax=3"
      "-o"
      "ConnectTimeout=10"
    ];
    sshUser = "root";
  };
}
