# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=907632a1ad8021bcfb9e98db2290bf15 body=2b1547cf5e0b300cd27491db47b3d759 words=5c4d930074f9955cbb5ca60fe3e50c1b
{
  port = {
    activationTimeout = 600;
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
      "-p"
      "2222"
    ];
    sshUser = "root";
  };
  strict = {
    activationTimeout = 60;
    confirmTimeout = 90;
    groups = [
      "all"
      "media"
    ];
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
      "-o"
      "Compression=yes"
      "-4"
    ];
    sshUser = "deploy";
    sudo = "doas -u";
  };
  walled = {
    groups = [ ];
    hostname = "example.org";
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
      "-J"
      "deploy@example.org:2200"
      "-p"
      "2201"
    ];
    sshUser = "root";
  };
}
