# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=9ff87de5fbea3a1a6d83ef4b0abc96d8 body=dd5bdba1f35e9da337ae7e076dcc2b18 words=67350d544a9f3e8ff552caf636cbb531
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
    hostname = "fd00::51";
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
