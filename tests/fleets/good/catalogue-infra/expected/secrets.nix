# Written by Cistern from secrets. Changes belong in a module of your own, which has the last word.
# cistern 1 in=d7104ea167f1848e4db565eee06acf24 body=129a4fee5dd297c6ab02eca2ceaac188 words=60ff65116f13729b80abf8f57250c05e
let
  hosts = {
    data = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEVTj+NcnDyhvjiQTHKbH7DE+jWXt5yozZTpN4/87bM1";
    gate = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC38nvmWqotuAUSbTnQ5sA008HQEljRRClwKyNa1blKV";
    home = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGXfqNHkkLhDgvp4CLkcfzUpfFzD7YqEoJhhXnA8SHL6";
    login-1 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINIbnI1koQe+3rm4RdjsFXNdfSIULTb8XY5+GsiH7zv9";
    login-2 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF";
    models = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGPjDzGvX/3cfsR072065rAHFFNhEYxivdPUkAOgpN4a";
  };
  people = {
    ana = [ "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF" ];
  };
in
{
  "secrets/authelia-admin-hash.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/authelia-admin-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/authelia-jwt-secret.age".publicKeys = [
    hosts.login-1
  ]
  ++ people.ana;
  "secrets/authelia-session-secret.age".publicKeys = [
    hosts.login-1
  ]
  ++ people.ana;
  "secrets/authelia-storage-key.age".publicKeys = [
    hosts.login-1
  ]
  ++ people.ana;
  "secrets/authelia-users.age".publicKeys = [
    hosts.login-1
  ]
  ++ people.ana;
  "secrets/authentik-admin-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/authentik-database.age".publicKeys = [
    hosts.login-2
  ]
  ++ people.ana;
  "secrets/authentik-environment.age".publicKeys = [
    hosts.login-2
  ]
  ++ people.ana;
  "secrets/authentik-secret-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/cloudflare.age".publicKeys = [
    hosts.gate
  ]
  ++ people.ana;
  "secrets/docker-registry-accounts.age".publicKeys = [
    hosts.data
  ]
  ++ people.ana;
  "secrets/docker-registry-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/firecrawl-connections.age".publicKeys = [
    hosts.models
  ]
  ++ people.ana;
  "secrets/firecrawl-environment.age".publicKeys = [
    hosts.models
  ]
  ++ people.ana;
  "secrets/firecrawl-queue-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/gatus.age".publicKeys = [
    hosts.home
  ]
  ++ people.ana;
  "secrets/headplane-cookie-secret.age".publicKeys = [
    hosts.gate
  ]
  ++ people.ana;
  "secrets/headscale-oidc.age".publicKeys = [
    hosts.gate
  ]
  ++ people.ana;
  "secrets/kanidm-tls.age".publicKeys = [
    hosts.login-1
  ]
  ++ people.ana;
  "secrets/keycloak-admin-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/keycloak-environment.age".publicKeys = [
    hosts.login-2
  ]
  ++ people.ana;
  "secrets/litellm-environment.age".publicKeys = [
    hosts.models
  ]
  ++ people.ana;
  "secrets/litellm-master-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/mail.age".publicKeys = [
    hosts.login-1
  ]
  ++ people.ana;
  "secrets/mariadb-password-shop.age".publicKeys = [
    hosts.data
  ]
  ++ people.ana;
  "secrets/mcp-proxy-environment.age".publicKeys = [
    hosts.models
  ]
  ++ people.ana;
  "secrets/mcp-proxy-token.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/mcpo-api-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/mcpo-environment.age".publicKeys = [
    hosts.models
  ]
  ++ people.ana;
  "secrets/meilisearch-master-key.age".publicKeys = [
    hosts.data
  ]
  ++ people.ana;
  "secrets/model-keys.age".publicKeys = [
    hosts.models
  ]
  ++ people.ana;
  "secrets/mongodb-root-password.age".publicKeys = [
    hosts.data
  ]
  ++ people.ana;
  "secrets/mosquitto-password-home-assistant.age".publicKeys = [
    hosts.home
  ]
  ++ people.ana;
  "secrets/mosquitto-password-thermometer.age".publicKeys = [
    hosts.home
  ]
  ++ people.ana;
  "secrets/ntfy-sh-admin-hash.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/ntfy-sh-admin-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/ntfy-sh-environment.age".publicKeys = [
    hosts.home
  ]
  ++ people.ana;
  "secrets/oauth2-proxy-client.age".publicKeys = [
    hosts.login-1
  ]
  ++ people.ana;
  "secrets/oauth2-proxy-cookie-secret.age".publicKeys = [
    hosts.login-1
  ]
  ++ people.ana;
  "secrets/open-webui-admin-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/open-webui-environment.age".publicKeys = [
    hosts.models
  ]
  ++ people.ana;
  "secrets/open-webui-secret-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/pocket-id-encryption-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/pocket-id-environment.age".publicKeys = [
    hosts.login-1
  ]
  ++ people.ana;
  "secrets/postgresql-password-authentik.age".publicKeys = [
    hosts.data
  ]
  ++ people.ana;
  "secrets/postgresql-password-keycloak.age".publicKeys = [
    hosts.data
    hosts.login-2
  ]
  ++ people.ana;
  "secrets/postgresql-password-unsend.age".publicKeys = [
    hosts.data
  ]
  ++ people.ana;
  "secrets/postgresql-password-zitadel.age".publicKeys = [
    hosts.data
  ]
  ++ people.ana;
  "secrets/qdrant-api-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/qdrant-environment.age".publicKeys = [
    hosts.data
  ]
  ++ people.ana;
  "secrets/redis.age".publicKeys = [
    hosts.data
  ]
  ++ people.ana;
  "secrets/restic-rest-server-accounts.age".publicKeys = [
    hosts.data
  ]
  ++ people.ana;
  "secrets/restic-rest-server-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/site.age".publicKeys = [
    hosts.gate
  ]
  ++ people.ana;
  "secrets/tailscale.age".publicKeys = [
    hosts.home
  ]
  ++ people.ana;
  "secrets/technitium-dns-server-admin-password.age".publicKeys = [
    hosts.home
  ]
  ++ people.ana;
  "secrets/telemetry-auth-signing-secret.age".publicKeys = [
    hosts.gate
  ]
  ++ people.ana;
  "secrets/tinyauth-admin-hash.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/tinyauth-admin-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/tinyauth-environment.age".publicKeys = [
    hosts.login-1
  ]
  ++ people.ana;
  "secrets/unsend-connections.age".publicKeys = [
    hosts.gate
  ]
  ++ people.ana;
  "secrets/unsend-environment.age".publicKeys = [
    hosts.gate
  ]
  ++ people.ana;
  "secrets/unsend-session-key.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/victoriametrics-password.age".publicKeys = [
    hosts.data
  ]
  ++ people.ana;
  "secrets/warp.age".publicKeys = [
    hosts.models
  ]
  ++ people.ana;
  "secrets/zitadel-admin-password.age".publicKeys = [
  ]
  ++ people.ana;
  "secrets/zitadel-database.age".publicKeys = [
    hosts.login-2
  ]
  ++ people.ana;
  "secrets/zitadel-first-account.age".publicKeys = [
    hosts.login-2
  ]
  ++ people.ana;
  "secrets/zitadel-master-key.age".publicKeys = [
    hosts.login-2
  ]
  ++ people.ana;
}
