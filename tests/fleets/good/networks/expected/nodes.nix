# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=84e09f7306533d88b9b5ffcde55a7ede body=69c05c674823f3794f832ef80babdb3c words=3970c9a996c0b1648113fcf9841ebc72
{
  bridge = {
    groups = [ ];
    hostname = "192.168.0.121";
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
  cable = {
    groups = [ ];
    hostname = "10.9.9.8";
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
  first = {
    groups = [ ];
    hostname = "192.168.0.126";
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
  last = {
    groups = [ ];
    hostname = "192.168.0.129";
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
  made-up = {
    groups = [ ];
    hostname = "192.168.0.120";
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
  radio = {
    groups = [ ];
    hostname = "192.168.0.125";
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
  renamed = {
    groups = [ ];
    hostname = "192.168.0.123";
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
  unknown = {
    groups = [ ];
    hostname = "192.168.0.124";
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
  v6 = {
    groups = [ ];
    hostname = "fd00:1::1";
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
  vlan = {
    groups = [ ];
    hostname = "192.168.0.122";
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
