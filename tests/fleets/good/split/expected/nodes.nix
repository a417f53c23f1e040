# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=6a12fd0447ab56d73112c83b658fab1a body=9a61dc51cf34bd8fdd64d5352ab927a5 words=97c7a9bab01598d7c553a97ac0812476
{
  eden = {
    confirmTimeout = 60;
    groups = [ "media" ];
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
