# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=6f23b475886e07893f57697fac4fa78c body=2d7d6d2ee4d11dc8f53b43ed0e0bd676 words=8a5e577dc9143d5c980f37f170bd377e
{
  eden = {
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
    sshUser = "root";
  };
  gihon = {
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
