#!/usr/bin/env python3
"""schemathesis against a running hub: what /api/openapi.json promises is what the hub answers, for each role.

    python3 e2e/api/conformance.py --binary target/debug/labkeeper

Needs the packages of ../requirements.txt. Ends with 1 when an answer breaks the contract.
"""

import argparse
import concurrent.futures
import contextlib
import http.client
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "e2e"))

from engines import clean_environment, data_directory

FIXTURE = ROOT / "fixtures/hub-plus/hub.db"
ADMIN = "token-of-this-check"
ROLES = ("admin", "write", "read")
# All but three. That nothing answers without a credential is asked of every route in crates/rest/tests: here, after a few
# wrong tokens the hub says 429 to this address, as it should. No schema can say which ids exist, so that what fits it may
# well be refused. And the fields of an item are read as the predecessor's clients send them ("4" for 4, a number where
# a text belongs), so that what does not fit the schema may well be taken; it is sent all the same, and must not be our mistake.
NOT_CHECKED = "ignored_auth,positive_data_acceptance,negative_data_rejection"
# A stream without an end, and calls that reach out into the network.
LEFT_OUT = ["/api/events", "/api/discovery/scan", "/api/health-check"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    parser.add_argument("--seconds", type=int, default=30, help="of chance, for each role")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    failed = []
    # Two at a time: most of the work is schemathesis' own, on one core.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for role, done in zip(ROLES, pool.map(lambda role: conforms(arguments, role), ROLES), strict=True):
            for text, _ in done:
                print(f"== {role}\n{text}", flush=True)
            if not all(ended_well for _, ended_well in done):
                failed.append(role)
    count = len(ROLES)
    print(
        f"schemathesis: {count - len(failed)} of {count} roles conform"
        + (f", not {', '.join(failed)}" if failed else "")
    )
    return 1 if failed else 0


def conforms(arguments, role):
    """Every role meets a furnished hub of its own, so that one's deletions are not the other's 404s."""
    with data_directory("labkeeper-api-") as (directory, servers):
        # The database of the predecessor, so that there is something to be found by its id.
        run(arguments.binary, directory, servers, "import", "--yes", str(FIXTURE))
        token = ADMIN if role == "admin" else run(arguments.binary, directory, servers, "token", "create", role, "--scope", role)
        with serving(arguments.binary, directory, servers) as url:
            # Every case that the document names and every edge of its schemas, then chance, as long as there is time.
            seed = ["--seed", str(arguments.seed)]
            named = schemathesis(directory, url, token, *seed, "--phases", "examples,coverage")
            # Verifying a log that grew this long would take most of the time that chance has; the phases before asked for it.
            chance = ["--phases", "fuzzing", "--max-time", str(arguments.seconds), "--exclude-path", "/api/audit/verify"]
            return named + schemathesis(directory, url, token, *seed, *chance)


def schemathesis(directory, url, token, *which):
    """What it printed, and whether it ended well, as a list of one."""
    command = [
        shutil.which("schemathesis", path=os.path.dirname(sys.executable)) or "schemathesis",
        "run", f"{url}/api/openapi.json",
        "--header", f"Authorization: Bearer {token}",
        "--checks", "all",
        "--exclude-checks", NOT_CHECKED,
        # What is answered counts here, not how soon: this build is not optimised, and a log of twenty thousand records is verified.
        "--request-timeout", "60",
        "--continue-on-failure",
        "--warnings", "off",
        *which,
        *(word for path in LEFT_OUT for word in ("--exclude-path", path)),
    ]  # fmt: skip
    hooks = {"SCHEMATHESIS_HOOKS": "ansible_yaml", "PYTHONPATH": str(pathlib.Path(__file__).parent)}
    done = subprocess.run(
        command,
        cwd=directory,
        env=environment(hooks),
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    # A thread of its own that dies takes the operations with it that it had not come to, and the rest ends well.
    return [(done.stdout, done.returncode == 0 and "Traceback" not in done.stdout)]


def run(binary, directory, servers, *words):
    done = subprocess.run(
        [binary, "--data-dir", directory, *words], env=environment(servers), stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout.strip()


def environment(extra):
    """Ours, without what would configure a hub or send its traffic elsewhere."""
    return {
        name: value
        for name, value in clean_environment().items()
        if not name.startswith("SCHEMATHESIS_") and not name.lower().endswith("_proxy")
    } | extra


@contextlib.contextmanager
def serving(binary, directory, servers):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = pathlib.Path(directory, "hub.log")
    command = [binary, "--data-dir", directory, "serve", "--bind", f"127.0.0.1:{port}"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment(servers | {"API_TOKEN": ADMIN}))
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
