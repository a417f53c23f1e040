{
  networking.vlans."lan.20" = {
    id = 20;
    interface = "enp3s0";
  };
}
