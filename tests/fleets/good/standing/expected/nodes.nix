# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=86275f4d5f82273f3b751ad7fe89185b body=24b6f11534b4084970abb993a05e1cf3 words=5742a42893571e8c98da6e0c8ededc87
{
  ant = {
    groups = [ ];
    hostname = "10.77.0.11";
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
  bee = {
    groups = [ ];
    hostname = "10.77.0.12";
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
  cow = {
    groups = [ ];
    hostname = "10.77.0.13";
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
