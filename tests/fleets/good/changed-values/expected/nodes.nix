# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=0a0b1afe0cb79c6d512d6894a0c145d1 body=9893da977dd27c151ac7a8d00384b84b words=68d04202a515ee8a9c8eb4f74ab51ab4
{
  eden = {
    groups = [ ];
    hostname = "192.168.1.50";
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
    hostname = "192.168.1.51";
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
