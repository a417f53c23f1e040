{ networking.bridges.br0.interfaces = [ "enp2s0" "enp3s0" ]; }
