{ services.avahi.enable = true; }
