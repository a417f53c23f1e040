{
  eden = {
    hostname = "eden.lan";
    sshUser = "root";
    sshOptions = [ "-p" ];
    confirmTimeout = "30";
    groups = [ 1 ];
    profilesOrder = [
      "home"
      "system"
    ];
    profiles = {
      system = {
        magicRollback = "yes";
      };
    };
  };
  "pi.shon" = {
    profiles = { };
  };
}
