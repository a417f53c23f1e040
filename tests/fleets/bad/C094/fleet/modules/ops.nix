{
  users.users.ops = {
    isSystemUser = true;
    group = "ops";
  };
}
