# labkeeper from the archive of its release.
{
  lib,
  stdenvNoCC,
  fetchurl,
  installShellFiles,
  release,
}:

stdenvNoCC.mkDerivation {
  pname = "labkeeper";
  inherit (release) version;

  src = fetchurl release.archives.${stdenvNoCC.hostPlatform.system};

  nativeBuildInputs = [ installShellFiles ];

  # It has no libraries to be found and no names of a machine to be taken out.
  dontFixup = true;

  installPhase = ''
    runHook preInstall
    install -D usr/bin/labkeeper $out/bin/labkeeper
    cp -r usr/share $out/share
    runHook postInstall
  '';

  meta = {
    description = "One binary that keeps a homelab: inventory, Proxmox VE, MCP server";
    homepage = release.home;
    license = with lib.licenses; [
      mit
      asl20
    ];
    mainProgram = "labkeeper";
    platforms = builtins.attrNames release.archives;
    sourceProvenance = [ lib.sourceTypes.binaryNativeCode ];
  };
}
