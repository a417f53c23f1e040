# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=44ce1ae9bc0d28a88ceb89c8ff3f2e74 body=be1e640f4da36a49aee30e5ec864236a words=76f86bac1e0a7f9cb297286c3d59a680
{
  able = {
    groups = [ ];
    hostname = "192.168.1.52";
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
  inside = {
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
  lax = {
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
  outside = {
    groups = [ ];
    hostname = "203.0.113.50";
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
  watched = {
    groups = [ ];
    hostname = "203.0.113.53";
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
