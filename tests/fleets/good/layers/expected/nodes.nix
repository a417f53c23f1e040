# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=dbe90d00a537444db33780e751a0f8a1 body=b77a0b4841e9ea133bbe448b3b4737a8 words=b2bfdd79878f2ea4fcd3b7a6e0f7ad3d
{
  bare = {
    activationTimeout = 100;
    confirmTimeout = 1;
    groups = [ "of-defaults" ];
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
      "LogLevel=ERROR"
    ];
    sshUser = "root";
  };
  grouped = {
    activationTimeout = 100;
    confirmTimeout = 6;
    groups = [
      "chosen"
      "of-base"
      "of-defaults"
      "of-last"
      "of-site"
    ];
    hostname = "10.0.0.13";
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
      "-J"
      "gate.example.org"
      "-4"
    ];
    sshUser = "root";
  };
  itself = {
    activationTimeout = 100;
    confirmTimeout = 7;
    groups = [
      "chosen"
      "of-base"
      "of-defaults"
      "of-host"
      "of-last"
      "of-site"
    ];
    hostname = "10.0.0.14";
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
      "-J"
      "gate.example.org"
    ];
    sshUser = "root";
  };
  profiled = {
    activationTimeout = 100;
    confirmTimeout = 4;
    groups = [
      "of-base"
      "of-defaults"
      "of-last"
      "of-site"
    ];
    hostname = "10.0.0.12";
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
      "gate.example.org"
      "-4"
    ];
    sshUser = "root";
  };
  sited = {
    activationTimeout = 100;
    confirmTimeout = 2;
    groups = [
      "of-defaults"
      "of-site"
    ];
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
      "-J"
      "gate.example.org"
      "-o"
      "LogLevel=ERROR"
    ];
    sshUser = "root";
  };
}
