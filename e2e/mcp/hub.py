"""A hub of its own for a check: the real binary, a temporary data directory, a free port on loopback."""

import contextlib
import http.client
import pathlib
import socket
import subprocess
import sys
import time

sys.path.append(str(pathlib.Path(__file__).parents[1]))

from engines import clean_environment, data_directory

TOKEN = "token-of-this-check"


@contextlib.contextmanager
def serving(binary):
    """Starts `labkeeper serve` and yields its address. Its log is printed when the check fails."""
    with data_directory("labkeeper-mcp-") as (directory, servers):
        port = free_port()
        environment = clean_environment() | servers | {"API_TOKEN": TOKEN}
        command = [binary, "--data-dir", directory, "serve", "--bind", f"127.0.0.1:{port}"]
        log = pathlib.Path(directory, "stderr.log")
        with log.open("wb") as stderr:
            process = subprocess.Popen(command, stdout=stderr, stderr=stderr, env=environment)
        try:
            wait_for(process, port, log)
            yield f"http://127.0.0.1:{port}"
        except BaseException:
            print(log.read_text(errors="replace")[-4000:])
            raise
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(process, port, log):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"the hub ended with {process.returncode}")
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/mcp")
            connection.getresponse()
            return
        time.sleep(0.05)
    raise RuntimeError(f"the hub did not answer on port {port}")
