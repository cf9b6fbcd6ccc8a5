# typed: strict
# frozen_string_literal: true

# For a tap: Formula/labkeeper.rb. A release brings this file with its own address and sum.
class Labkeeper < Formula
  desc "One binary that keeps a homelab: inventory, Proxmox VE, MCP server"
  homepage "https://github.com/OWNER/labkeeper"
  url "https://github.com/OWNER/labkeeper/releases/download/v0.1.0/labkeeper-0.1.0-source.tar.gz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license any_of: ["MIT", "Apache-2.0"]

  depends_on "rust" => :build

  def install
    # The release's sources have the web app built already.
    odie "web/dist is missing: these are not the sources of a release" unless (buildpath/"web/dist/index.html").exist?
    ENV["LABKEEPER_UI_REQUIRED"] = "1"
    system "cargo", "install", *std_cargo_args(path: "crates/labkeeper")
    generate_completions_from_executable(bin/"labkeeper", "completions", shells: [:bash, :fish, :zsh])
    (man1/"labkeeper.1").write Utils.safe_popen_read(bin/"labkeeper", "man")
  end

  service do
    run [opt_bin/"labkeeper", "serve"]
    environment_variables LABKEEPER_DATA_DIR: var/"lib/labkeeper", LABKEEPER_REQUIRE_LOGIN: "true"
    keep_alive true
    log_path var/"log/labkeeper.log"
    error_log_path var/"log/labkeeper.log"
  end

  test do
    ENV["LABKEEPER_DATA_DIR"] = testpath/"hub"
    system bin/"labkeeper", "call", "inventory_create", '{"type":"misc","data":{"name":"kettle"}}'
    assert_match "kettle", shell_output("#{bin}/labkeeper list misc")
  end
end
