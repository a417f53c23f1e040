{ boot.loader = { grub.enable = false; timeout = 3; }; }
