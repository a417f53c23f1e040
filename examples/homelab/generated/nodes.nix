# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=bffe8bf29be469baf0798014664fb75b body=ad216c8fccb561a18f4683727cb1e78e words=1d36accc7fe5b927f4f7cb67a7d85ddd
{
  eden = {
    groups = [
      "media"
      "storage"
    ];
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
    groups = [ "media" ];
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
    activationTimeout = 600;
    confirmTimeout = 90;
    groups = [ "media" ];
    hostname = "192.168.1.52";
    profiles = {
      system = {
        user = "root";
      };
    };
    profilesOrder = [ "system" ];
    remoteBuild = true;
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
