{
  users.users.deploy.enable = false;
}
