# { lib, cfg } -> text, the file that nixpkgs makes of `services.keepalived'
{ lib, cfg }:
let
  lines = lib.concatStringsSep "\n";

  script = name: one: ''
    vrrp_script ${name} {
      script "${one.script}"
      interval ${toString one.interval}
      fall ${toString one.fall}
      rise ${toString one.rise}
      timeout ${toString one.timeout}
      weight ${toString one.weight}
      user ${one.user} ${toString one.group}
      ${one.extraConfig}
    }'';

  instance = name: one: ''
    vrrp_instance ${name} {
      interface ${one.interface}
      state ${one.state}
      virtual_router_id ${toString one.virtualRouterId}
      priority ${toString one.priority}
      ${lib.optionalString one.noPreempt "nopreempt"}
      unicast_src_ip ${one.unicastSrcIp}
      unicast_peer {
        ${lines one.unicastPeers}
      }
      virtual_ipaddress {
        ${lines (map (address: address.addr) one.virtualIps)}
      }
      track_script {
        ${lines one.trackScripts}
      }
      ${one.extraConfig}
    }'';
in
''
  global_defs {
    ${lib.optionalString cfg.enableScriptSecurity "enable_script_security"}
    ${cfg.extraGlobalDefs}
  }
  ${lines (lib.mapAttrsToList script cfg.vrrpScripts)}
  ${lines (lib.mapAttrsToList instance cfg.vrrpInstances)}
''
