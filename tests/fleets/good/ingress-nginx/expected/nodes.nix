# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=2df9de75a5ce889dcf5bb91514ca1dc9 body=52618eb6fe8fec0750e902bf7da2db37 words=892d257b3e4ca5b9e7cda28a24fb224c
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
  pishon = {
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
