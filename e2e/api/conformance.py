#!/usr/bin/env python3
"""schemathesis against a running hub: what /api/openapi.json promises is what the hub answers, for each role.

    python3 e2e/api/schemathesis.py --binary target/debug/labkeeper

Needs the packages of ../requirements.txt. Ends with 1 when an answer breaks the contract.
"""

import argparse
import contextlib
import http.client
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURE = ROOT / "fixtures/hub-plus/hub.db"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
ADMIN = "token-of-this-check"
# A stream without an end, calls that reach out into the network, and the one that signs the caller out.
LEFT_OUT = ["/api/events", "/api/discovery/scan", "/api/health-check", "/api/auth/logout"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seconds", type=int, default=70, help="for each role")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    failed = [role for role in ("admin", "read") if not conforms(arguments, role)]
    print(f"schemathesis: {2 - len(failed)} of 2 roles conform" + (f", not {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


def conforms(arguments, role):
    """Every role meets a furnished hub of its own, so that one's deletions are not the other's 404s."""
    with tempfile.TemporaryDirectory(prefix="labkeeper-api-") as directory:
        # The database of the predecessor, so that there is something to be found by its id.
        run(arguments.binary, directory, "import", "--yes", str(FIXTURE))
        token = ADMIN if role == "admin" else run(arguments.binary, directory, "token", "create", "reader", "--scope", "read")
        with serving(arguments.binary, directory) as url:
            command = [
                shutil.which("schemathesis", path=os.path.dirname(sys.executable)) or "schemathesis",
                "run", f"{url}/api/openapi.json",
                "--header", f"Authorization: Bearer {token}",
                "--checks", CHECKS,
                "--phases", "examples,coverage,fuzzing",
                "--max-time", str(arguments.seconds),
                "--seed", str(arguments.seed),
                "--request-timeout", "20",
                "--continue-on-failure",
                "--warnings", "off",
                *(word for path in LEFT_OUT for word in ("--exclude-path", path)),
            ]  # fmt: skip
            print(f"== {role}", flush=True)
            return subprocess.run(command, cwd=directory, env=environment({}), check=False).returncode == 0


def run(binary, directory, *words):
    done = subprocess.run(
        [binary, "--data-dir", directory, *words], env=environment({}), stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()


def environment(extra):
    """Ours, without what would configure a hub or send its traffic elsewhere."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("LABKEEPER_", "HOMELAB_", "SCHEMATHESIS_"))
        and not name.lower().endswith("_proxy")
        and name not in ("API_TOKEN", "DATABASE_URL")
    } | extra


@contextlib.contextmanager
def serving(binary, directory):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = pathlib.Path(directory, "hub.log")
    command = [binary, "--data-dir", directory, "serve", "--bind", f"127.0.0.1:{port}"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment({"API_TOKEN": ADMIN}))
    try:
        wait_for(process, port, log)
        yield f"http://127.0.0.1:{port}"
        if process.poll() is not None:
            raise RuntimeError(f"the hub ended with {process.returncode}:\n{log.read_text(errors='replace')[-4000:]}")
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_for(process, port, log):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the hub ended with {process.returncode}:\n{log.read_text(errors='replace')}")
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return
        time.sleep(0.05)
    raise RuntimeError(f"the hub did not answer on port {port}")


if __name__ == "__main__":
    sys.exit(main())
