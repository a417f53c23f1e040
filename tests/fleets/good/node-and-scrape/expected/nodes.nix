# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=2acee1829c053c7f577385b7ec5c6acb body=ecfbd025cb2af614d370e41dac9ced66 words=5a647f5969be8913eaca08b3b8503b12
{
  archive = {
    groups = [ ];
    hostname = "192.168.1.60";
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
