# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=9de28e89da59de2f0cf7e0a095554159 body=0abbefd943c87d171c768cc46fd76b77 words=c25baf418dbad44b014e1e18deb1b46f
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
}
