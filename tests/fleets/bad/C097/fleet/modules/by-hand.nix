{
  age.secrets.by-hand.file = ../secrets/by-hand.age;
}
