# services.labkeeper: the hub as a hardened service, as packaging/systemd/labkeeper.service has it.
self:
{
  config,
  lib,
  pkgs,
  ...
}:

let
  cfg = config.services.labkeeper;
in
{
  options.services.labkeeper = {
    enable = lib.mkEnableOption "labkeeper, the keeper of a homelab";
    package = lib.mkOption {
      type = lib.types.package;
      default = self.packages.${pkgs.stdenv.hostPlatform.system}.default;
      defaultText = lib.literalExpression "the flake's own";
      description = "The package to run.";
    };
    environment = lib.mkOption {
      type = lib.types.attrsOf lib.types.str;
      default = { };
      example = {
        LABKEEPER_BIND = "0.0.0.0:8000";
        LABKEEPER_HOSTS = "lab.example.net";
      };
      description = "Settings, by the variables of docs/configuration.md. No secrets: they would be in the store, where everybody reads them. Name files with them instead (API_TOKEN_FILE).";
    };
    openFirewall = lib.mkOption {
      type = lib.types.bool;
      default = false;
      description = "Whether other machines reach the hub: opens port 8000 in the firewall and listens on 0.0.0.0:8000 in place of loopback, unless environment says another LABKEEPER_BIND; another port there has to be opened by networking.firewall. It speaks plain HTTP behind a login.";
    };
  };

  config = lib.mkIf cfg.enable {
    users.users.labkeeper = {
      isSystemUser = true;
      group = "labkeeper";
      home = "/var/lib/labkeeper";
    };
    users.groups.labkeeper = { };

    environment.systemPackages = [ cfg.package ];
    networking.firewall.allowedTCPPorts = lib.mkIf cfg.openFirewall [ 8000 ];

    systemd.services.labkeeper = {
      description = "labkeeper, the keeper of a homelab";
      wantedBy = [ "multi-user.target" ];
      wants = [ "network-online.target" ];
      after = [ "network-online.target" ];
      path = [ pkgs.git ];
      environment = {
        LABKEEPER_DATA_DIR = "/var/lib/labkeeper";
        LABKEEPER_MODELS = "${cfg.package}/share/labkeeper/models";
        LABKEEPER_REQUIRE_LOGIN = "true";
      }
      // lib.optionalAttrs cfg.openFirewall { LABKEEPER_BIND = "0.0.0.0:8000"; }
      // cfg.environment;
      serviceConfig = {
        Type = "exec";
        ExecStart = "${lib.getExe cfg.package} serve";
        User = "labkeeper";
        Group = "labkeeper";
        StateDirectory = "labkeeper";
        StateDirectoryMode = "0700";
        UMask = "0077";
        Restart = "on-failure";
        RestartSec = 5;
        TimeoutStopSec = 30;
        KillMode = "mixed";
        TasksMax = 1024;
        NoNewPrivileges = true;
        CapabilityBoundingSet = "";
        ProtectSystem = "strict";
        ProtectHome = true;
        ProtectProc = "invisible";
        ProtectHostname = true;
        ProtectClock = true;
        ProtectKernelTunables = true;
        ProtectKernelModules = true;
        ProtectKernelLogs = true;
        ProtectControlGroups = true;
        PrivateTmp = true;
        PrivateDevices = true;
        PrivateUsers = true;
        RestrictAddressFamilies = "AF_UNIX AF_INET AF_INET6 AF_NETLINK";
        RestrictNamespaces = true;
        RestrictRealtime = true;
        RestrictSUIDSGID = true;
        LockPersonality = true;
        MemoryDenyWriteExecute = true;
        RemoveIPC = true;
        KeyringMode = "private";
        LimitCORE = "0";
        SystemCallArchitectures = "native";
        SystemCallFilter = [ "@system-service" "~@privileged @resources" ];
        SystemCallErrorNumber = "EPERM";
      };
    };
  };
}
