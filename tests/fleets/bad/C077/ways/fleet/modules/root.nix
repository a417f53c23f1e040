{
  imports = [ ./strict ];
}
