{
  eden = {
    hostname = "eden.lan";
    sshUser = "root";
    sshOpts = [
      "-o"
      "ServerAliveInterval=5"
    ];
    groups = [
      "media"
      "storage"
    ];
    activationTimeout = 240;
    confirmTimeout = 30;
    profilesOrder = [ "system" ];
    profiles = {
      system = {
        user = "root";
      };
    };
  };
  nas = {
    hostname = "192.168.1.52";
    sshUser = "root";
    profilesOrder = [ "system" ];
    profiles = {
      system = {
        user = "root";
      };
    };
  };
  pishon = {
    hostname = "192.168.1.51";
    sshUser = "root";
    remoteBuild = true;
    groups = [ "media" ];
    profilesOrder = [ "system" ];
    profiles = {
      system = {
        user = "root";
      };
    };
  };
}
