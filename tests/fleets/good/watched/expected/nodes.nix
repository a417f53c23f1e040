# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=8c7059add0460faebb30632822dada3b body=349ff272badf602fad0209ac62fde959 words=85c27235f7d88d5fd6ff2c4c84494cdb
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
  pishon = {
    groups = [ ];
    hostname = "fd00::52";
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
