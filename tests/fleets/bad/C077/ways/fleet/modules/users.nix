{
  services.openssh.settings.AllowUsers = [ "ana" "root@192.168.1.*" ];
}
