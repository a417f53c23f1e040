{
  networking.bridges.br0.interfaces = [ "enp3s0" ];
}
