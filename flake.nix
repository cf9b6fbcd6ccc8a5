{
  description = "labkeeper: one binary that keeps a homelab";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-26.05";

  outputs =
    { self, nixpkgs }:
    let
      inherit (nixpkgs) lib;
      release = import ./packaging/nix/release.nix;
      systems = [
        "x86_64-linux"
        "aarch64-linux"
      ];
      each = make: lib.genAttrs systems (system: make nixpkgs.legacyPackages.${system});
    in
    {
      # The static program of the release: the same bytes as everywhere else.
      packages = lib.optionalAttrs (release != null) (
        each (pkgs: {
          default = pkgs.callPackage ./packaging/nix/package.nix { inherit release; };
        })
      );

      nixosModules.default = import ./packaging/nix/module.nix self;

      # What building takes, the web app too, and the tests of single crates. `cargo xtask test` wants a Debian: it installs what it
      # starts by apt, and sets up a Python of its own.
      devShells = each (pkgs: {
        default = pkgs.mkShell {
          packages = [
            pkgs.cargo
            pkgs.clippy
            pkgs.rustc
            pkgs.rustfmt
            pkgs.cargo-nextest
            pkgs.nodejs_22
            pkgs.python3
            pkgs.git
            pkgs.chromium
          ];
        };
      });
    };
}
