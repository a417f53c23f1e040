{ services.avahi.enable = false; }
