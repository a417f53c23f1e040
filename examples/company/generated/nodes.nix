# Written by Cistern from hosts. Changes belong in a module of your own, which has the last word.
# cistern 1 in=d0246f22275a587284ae1dcbe19db0bc body=3caa27ac19a63ce74d0797b34a83616b words=6da3f857b6f18e5c072c6cc1a7684d87
{
  app-1 = {
    confirmTimeout = 60;
    groups = [ "app" ];
    hostname = "10.20.0.11";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  app-2 = {
    confirmTimeout = 60;
    groups = [ "app" ];
    hostname = "10.20.0.12";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  app-3 = {
    confirmTimeout = 60;
    groups = [ "app" ];
    hostname = "10.20.0.13";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  app-staging = {
    activationTimeout = 120;
    confirmTimeout = 30;
    groups = [ "app" ];
    hostname = "10.20.0.14";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  archive = {
    confirmTimeout = 60;
    groups = [ ];
    hostname = "10.20.0.50";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  bastion = {
    confirmTimeout = 60;
    groups = [ "jump" ];
    hostname = "bastion.example.org";
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
    sshUser = "deploy";
  };
  cache-1 = {
    confirmTimeout = 60;
    groups = [ "sessions" ];
    hostname = "10.20.0.31";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  cache-2 = {
    confirmTimeout = 60;
    groups = [ "sessions" ];
    hostname = "10.20.0.32";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  cache-3 = {
    confirmTimeout = 60;
    groups = [ "sessions" ];
    hostname = "10.20.0.33";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  ci = {
    activationTimeout = 900;
    confirmTimeout = 60;
    groups = [ ];
    hostname = "10.30.0.13";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  db-1 = {
    activationTimeout = 600;
    confirmTimeout = 60;
    groups = [ "database" ];
    hostname = "10.20.0.21";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  db-2 = {
    activationTimeout = 600;
    confirmTimeout = 60;
    groups = [ "database" ];
    hostname = "10.20.0.22";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  db-staging = {
    activationTimeout = 120;
    confirmTimeout = 30;
    groups = [ "database" ];
    hostname = "10.20.0.23";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  edge-1 = {
    confirmTimeout = 60;
    groups = [ "web" ];
    hostname = "edge-1.example.org";
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
    sshUser = "deploy";
  };
  edge-2 = {
    confirmTimeout = 60;
    groups = [ "web" ];
    hostname = "edge-2.example.org";
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
    sshUser = "deploy";
  };
  edge-staging = {
    activationTimeout = 120;
    confirmTimeout = 30;
    groups = [ "web" ];
    hostname = "edge-staging.example.org";
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
    sshUser = "deploy";
  };
  files = {
    confirmTimeout = 60;
    groups = [ ];
    hostname = "10.30.0.10";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  lab-1 = {
    groups = [ ];
    hostname = "10.30.0.21";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  lab-2 = {
    activationTimeout = 120;
    groups = [ ];
    hostname = "10.30.0.22";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  monitor = {
    confirmTimeout = 60;
    groups = [ ];
    hostname = "10.20.0.40";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  print = {
    confirmTimeout = 60;
    groups = [ ];
    hostname = "10.30.0.12";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
  wiki = {
    confirmTimeout = 60;
    groups = [ ];
    hostname = "10.30.0.11";
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
      "deploy@bastion.example.org"
    ];
    sshUser = "deploy";
  };
}
