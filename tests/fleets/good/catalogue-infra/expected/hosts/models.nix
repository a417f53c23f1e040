# Written by Cistern from hosts.models. Changes belong in a module of your own, which has the last word.
# cistern 1 in=6b89c0ffa69dafe7d556d4591f775955 body=78b0e638d64f84da5fbbfbdd1627d508 words=cfa31631a6b849df7fcef52db91330cf
{ lib, ... }:
{
  imports = [
    # hardware: vm, named by the definition
    {
      boot = {
        loader.grub = {
          enable = lib.mkOverride 900 true;
          device = lib.mkOverride 900 "/dev/vda";
        };
        initrd = {
          availableKernelModules = [
            "9p"
            "9pnet_virtio"
            "virtio_blk"
            "virtio_mmio"
            "virtio_net"
            "virtio_pci"
            "virtio_scsi"
          ];
          kernelModules = [
            "virtio_balloon"
            "virtio_console"
            "virtio_gpu"
            "virtio_rng"
          ];
        };
      };

      services.qemuGuest.enable = lib.mkOverride 900 true;
    }

    # services.cadvisor
    {
      services.cadvisor = {
        enable = lib.mkOverride 900 true;
        listenAddress = lib.mkOverride 900 "0.0.0.0";
        port = lib.mkOverride 900 8085;
        extraOptions = [
          "--housekeeping_interval=30s"
        ];
      };

      # nixpkgs would bring Docker along; control groups have figures without it.
      virtualisation.docker.enable = lib.mkOverride 900 false;
    }

    # services.cloudflare-warp
    {
      services.cloudflare-warp = {
        enable = lib.mkOverride 900 true;
        rootDir = lib.mkOverride 900 "/var/lib/cloudflare-warp";
        # It calls others and is called by nobody.
        openFirewall = lib.mkOverride 900 false;
      };

      systemd.tmpfiles.settings.cistern."/var/lib/cloudflare-warp/mdm.xml"."L+".argument =
        lib.mkOverride 900 "/run/agenix/warp";
    }

    # services.firecrawl
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.firecrawl = {
          image = lib.mkOverride 900 "ghcr.io/firecrawl/firecrawl@sha256:5be1ecc7935f1dd85635d4feedaf660594030253cc97c9e9ca3819ffeac36b65";
          cmd = [
            "node"
            "dist/src/harness.js"
            "--start-docker"
          ];
          ports = [
            "127.0.0.1:3002:3002"
          ];
          environment = {
            HOST = lib.mkOverride 900 "0.0.0.0";
            PORT = lib.mkOverride 900 "3002";
            # Accounts of its own would take Supabase.
            USE_DB_AUTHENTICATION = lib.mkOverride 900 "false";
            PLAYWRIGHT_MICROSERVICE_URL = lib.mkOverride 900 "http://10.0.0.15:3003/scrape";
          };
          environmentFiles = [
            "/run/agenix/firecrawl-environment"
            "/run/agenix/firecrawl-connections"
          ];
        };
      };
    }

    # services.gptr
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.gptr = {
          image = lib.mkOverride 900 "docker.io/gptresearcher/gpt-researcher@sha256:5be1ecc7935f1dd85635d4feedaf660594030253cc97c9e9ca3819ffeac36b65";
          ports = [
            "127.0.0.1:8011:8011"
          ];
          environment = {
            HOST = lib.mkOverride 900 "0.0.0.0";
            PORT = lib.mkOverride 900 "8011";
            RETRIEVER = lib.mkOverride 900 "tavily";
            OPENAI_BASE_URL = lib.mkOverride 900 "http://10.0.0.15:4000/v1";
            SMART_LLM = lib.mkOverride 900 "openai:large";
          };
          environmentFiles = [ "/run/agenix/model-keys" ];
          volumes = [ "/var/lib/gptr:/usr/src/app/outputs" ];
        };
      };

      # podman mounts what exists and creates nothing; 1000 is who runs in the image.
      systemd.tmpfiles.settings.cistern."/var/lib/gptr".d = {
        mode = lib.mkOverride 900 "0750";
        user = lib.mkOverride 900 "1000";
        group = lib.mkOverride 900 "1000";
      };

      # A disk that is missing stops the container rather than showing it an empty directory.
      systemd.services.podman-gptr.unitConfig.RequiresMountsFor = [ "/var/lib/gptr" ];
    }

    # services.litellm
    {
      services.litellm = {
        enable = lib.mkOverride 900 true;
        host = lib.mkOverride 900 "0.0.0.0";
        port = lib.mkOverride 900 4000;
        environmentFile = lib.mkOverride 900 "/run/agenix/litellm-environment";
        settings.model_list = [
          {
            model_name = "small";
            litellm_params = {
              model = "ollama_chat/llama3.2";
              api_base = "http://127.0.0.1:11434";
            };
          }
          {
            model_name = "large";
            litellm_params = {
              model = "openai/gpt-4o";
              api_key = "os.environ/OPENAI_API_KEY";
            };
          }
        ];
      };

      systemd.services.litellm.serviceConfig.EnvironmentFile = [ "/run/agenix/model-keys" ];
    }

    # services.mcp-proxy
    (
      { pkgs, ... }:
      {
        virtualisation.oci-containers = {
          backend = lib.mkOverride 900 "podman";
          containers.mcp-proxy = {
            image = lib.mkOverride 900 "ghcr.io/tbxark/mcp-proxy@sha256:12a435ec8454c6d1c90a1d92812b09af11bee711fbe524d56a8f26ea7c5ccee8";
            cmd = [
              "--config"
              "/etc/mcp-proxy.json"
              "--expand-env"
            ];
            ports = [
              "9095:9095"
            ];
            environmentFiles = [ "/run/agenix/mcp-proxy-environment" ];
            volumes = [
              (
                pkgs.writeText "mcp-proxy.json" (
                  builtins.toJSON {
                    mcpProxy = {
                      name = "mcp-proxy";
                      version = "1.0.0";
                      type = "streamable-http";
                      baseURL = "https://mcp.example.org";
                      addr = ":9095";
                      # It puts the variable in when it starts, so the token is not in the store.
                      options.authTokens = [ "\${MCP_PROXY_TOKEN}" ];
                    };
                    mcpServers = {
                      remote = {
                        transportType = "streamable-http";
                        url = "http://10.0.0.15:8100/mcp";
                      };
                    };
                  }
                )
                + ":/etc/mcp-proxy.json:ro"
              )
            ];
            # podman keeps a container in a control group of its own, beside that of the unit, so it is told as well.
            extraOptions = [
              "--memory=1g"
              "--cpus=1"
            ];
          };
        };
      }
    )

    # services.mcpo
    (
      { pkgs, ... }:
      {
        virtualisation.oci-containers = {
          backend = lib.mkOverride 900 "podman";
          containers.mcpo = {
            image = lib.mkOverride 900 "ghcr.io/open-webui/mcpo@sha256:12a435ec8454c6d1c90a1d92812b09af11bee711fbe524d56a8f26ea7c5ccee8";
            # It takes its key on the command line only, which a shell in the container puts together.
            entrypoint = lib.mkOverride 900 "/bin/sh";
            cmd = [
              "-c"
              "exec mcpo --host 0.0.0.0 --port \"$PORT\" --api-key \"$MCPO_API_KEY\" --config /etc/mcpo.json"
            ];
            ports = [
              "10.0.0.15:8010:8010"
            ];
            environment.PORT = lib.mkOverride 900 "8010";
            environmentFiles = [ "/run/agenix/mcpo-environment" ];
            volumes = [
              (
                pkgs.writeText "mcpo.json" (
                  builtins.toJSON {
                    mcpServers = {
                      time = {
                        args = [ "mcp-server-time" ];
                        command = "uvx";
                      };
                    };
                  }
                )
                + ":/etc/mcpo.json:ro"
              )
            ];
          };
        };
      }
    )

    # services.ollama
    (
      { pkgs, ... }:
      {
        services.ollama = {
          enable = lib.mkOverride 900 true;
          package = lib.mkOverride 900 pkgs.ollama-vulkan;
          host = lib.mkOverride 900 "127.0.0.1";
          port = lib.mkOverride 900 11434;
          loadModels = [ "llama3.2" ];
        };
      }
    )

    # services.open-webui
    {
      services.open-webui = {
        enable = lib.mkOverride 900 true;
        host = lib.mkOverride 900 "0.0.0.0";
        port = lib.mkOverride 900 8080;
        environmentFile = lib.mkOverride 900 "/run/agenix/open-webui-environment";
        environment = {
          SCARF_NO_ANALYTICS = lib.mkOverride 900 "True";
          DO_NOT_TRACK = lib.mkOverride 900 "True";
          ANONYMIZED_TELEMETRY = lib.mkOverride 900 "False";
          # An account from the first start on, so that no visitor becomes the admin.
          WEBUI_ADMIN_EMAIL = lib.mkOverride 900 "ana@example.org";
          WEBUI_URL = lib.mkOverride 900 "https://chat.example.org";
          ENABLE_OLLAMA_API = lib.mkOverride 900 "True";
          OLLAMA_BASE_URL = lib.mkOverride 900 "http://127.0.0.1:11434";
        };
      };
    }

    # services.playwright-service
    {
      virtualisation.oci-containers = {
        backend = lib.mkOverride 900 "podman";
        containers.playwright-service = {
          image = lib.mkOverride 900 "ghcr.io/firecrawl/playwright-service@sha256:5be1ecc7935f1dd85635d4feedaf660594030253cc97c9e9ca3819ffeac36b65";
          ports = [
            "10.0.0.15:3003:3003"
          ];
          environment = {
            PORT = lib.mkOverride 900 "3003";
            BLOCK_MEDIA = lib.mkOverride 900 "true";
            PROXY_SERVER = lib.mkOverride 900 "http://10.0.0.11:3128";
          };
        };
      };
    }

  ];

  networking = {
    hostName = lib.mkOverride 900 "models";
    domain = lib.mkOverride 900 "example.org";
    useDHCP = lib.mkOverride 900 true;
    firewall.allowedTCPPorts = [
      3003
      4000
      8010
      8080
      9095
    ];
  };

  nixpkgs.hostPlatform = lib.mkOverride 900 "x86_64-linux";
  nixpkgs.config.allowUnfreePackages = [
    "cloudflare-warp"
    "mongodb-ce"
    "open-webui"
  ];
  system.stateVersion = lib.mkOverride 900 "26.05";

  fileSystems = {
    "/" = {
      device = lib.mkOverride 900 "/dev/disk/by-label/nixos";
      fsType = lib.mkOverride 900 "ext4";
    };
  };

  services.openssh = {
    enable = lib.mkOverride 900 true;
    settings = {
      KbdInteractiveAuthentication = lib.mkOverride 900 false;
      PasswordAuthentication = lib.mkOverride 900 false;
      PermitRootLogin = lib.mkOverride 900 "prohibit-password";
    };
  };

  users.users = {
    root.openssh.authorizedKeys.keys = [
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIO6BAfoEdwfhai5YYaMf4beg3A1fHbO3G90qjPQ982wF"
    ];
  };

  # What services may use: above it, the kernel ends or slows them and leaves the rest of the host alone.
  systemd.services = {
    podman-mcp-proxy.serviceConfig = {
      CPUQuota = lib.mkOverride 900 "100%";
      MemoryMax = lib.mkOverride 900 "1G";
    };
  };

  age.secrets = {
    firecrawl-connections = {
      file = lib.mkOverride 900 ../../secrets/firecrawl-connections.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    firecrawl-environment = {
      file = lib.mkOverride 900 ../../secrets/firecrawl-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    litellm-environment = {
      file = lib.mkOverride 900 ../../secrets/litellm-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    mcp-proxy-environment = {
      file = lib.mkOverride 900 ../../secrets/mcp-proxy-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    mcpo-environment = {
      file = lib.mkOverride 900 ../../secrets/mcpo-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    model-keys = {
      file = lib.mkOverride 900 ../../secrets/model-keys.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    open-webui-environment = {
      file = lib.mkOverride 900 ../../secrets/open-webui-environment.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
    warp = {
      file = lib.mkOverride 900 ../../secrets/warp.age;
      owner = lib.mkOverride 900 "root";
      mode = lib.mkOverride 900 "0400";
    };
  };
}
