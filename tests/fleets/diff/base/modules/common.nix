{ users.groups.media = { }; }
