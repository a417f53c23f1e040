{ services.shop.nothing = 1; }
