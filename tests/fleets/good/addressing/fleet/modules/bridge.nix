{
  networking.bridges.br0.interfaces = [ "enp1s0" ];
}
