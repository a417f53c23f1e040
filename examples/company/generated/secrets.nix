# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=7b308e426ed65696e27a72a737e23427 body=7f1146772f498dd2702ba572fec5fac7 words=35ede45cb8603b93562d27fedebc58c3
let
  hosts = {
    app-1 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIObmMlVN9x4lU9My5/hdDmoEoLym9Bosy+TXob0GFUSh";
    app-2 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDLch4oks8B88uO/qfJblAbv8/D7qT3u5cL9WDj/Qe+l";
    app-3 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHb0stK+aER6CNH1rIeb/MRo622k3nB2YBA9meC7zRr+";
    app-staging = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIADHnE4xTeU9/GFefb3UfZxjGWwbtnV2D6xJcsLKAtFH";
    archive = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP2P+RZ+1ExWkD+QhPT9bvhm1X2igrDDxUafayywtBK+";
    cache-1 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDQblnOad7y9VMvUSsMKXZC7Ng9x+PtLoPyrMMkklCzS";
    cache-2 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIbEJjqKRN/knwpK48DhUyVv7MjWKgErmLxN0A4cG8N+";
    cache-3 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICJTia+1x0cPMC9ZlugScMcd9a3ToHYc6L2g5aITqlLv";
    db-1 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAvKn7nwNGUmgXO2GVDmQiRQo5PYo+Ar0XU/MoGKzvLe";
    db-2 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIP8saQ5vNsMps9F4sulTQngBlUlFkIidn2fK1HzYXyWU";
    db-staging = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJwydfVHzyLPZ4BC1iZiHzsBzLifGWo/T1i7GZZKMnsp";
    files = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPQ1ucWOrYSo8Slzloka6HJ9IZ/n6C1lXn7PBToB+U+N";
    monitor = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPDAGmABwMxULs4/cNav9LbtipTZZHl30+7JCfLEbPEe";
    wiki = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPkyn647aPes3T5x76/nkqKrvRpDrPupYMsuk9Ey+ptu";
  };
  people = {
    jonas = [ "age12lafstkhtrkgfr2d72ww8we9tr8kp22ry5kyqy0enpu6aasnxs6qhzspvs" ];
    mira = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINymx6DxkuFXeql1scrPcyCkZw9e3gUcD22sWbm+ABjS" ];
  };
in
{
  "secrets/grafana-admin.age".publicKeys = [
    hosts.monitor
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/grafana-key.age".publicKeys = [
    hosts.monitor
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/mail-alerts.age".publicKeys = [
    hosts.monitor
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/pagerduty-shop.age".publicKeys = [
    hosts.monitor
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/restic-accounts.age".publicKeys = [
    hosts.files
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/db-1/restic-password.age".publicKeys = [
    hosts.db-1
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/db-2/restic-password.age".publicKeys = [
    hosts.db-2
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/db-staging/restic-password.age".publicKeys = [
    hosts.db-staging
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/db-1/restic-repository.age".publicKeys = [
    hosts.db-1
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/db-2/restic-repository.age".publicKeys = [
    hosts.db-2
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/db-staging/restic-repository.age".publicKeys = [
    hosts.db-staging
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/sessions-password.age".publicKeys = [
    hosts.app-1
    hosts.app-2
    hosts.app-3
    hosts.cache-1
    hosts.cache-2
    hosts.cache-3
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/shop-db-password.age".publicKeys = [
    hosts.db-1
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/shop-db-staging-password.age".publicKeys = [
    hosts.db-staging
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/shop-env.age".publicKeys = [
    hosts.app-1
    hosts.app-2
    hosts.app-3
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/shop-staging-env.age".publicKeys = [
    hosts.app-staging
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/tape-key.age".publicKeys = [
    hosts.archive
  ]
  ++ people.jonas
  ++ people.mira;
  "secrets/wiki-env.age".publicKeys = [
    hosts.wiki
  ]
  ++ people.jonas
  ++ people.mira;
}
