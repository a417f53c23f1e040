# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=6ddcde843f9e078f25e95c782c806fb4 body=430afed8ff8cd6954b6d3fb0ce08db48 words=3169f9a2cf936715e1f967a2705334a2
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
    hostname = "gihon.local";
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
