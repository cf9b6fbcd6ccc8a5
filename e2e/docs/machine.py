"""The machine that the documentation speaks of, in the namespaces of this process: who runs commands there, which names it knows,
and what lies in it. Nothing of it is seen outside, and nothing is left."""

import itertools
import os
import socket
import subprocess
import threading
from pathlib import Path

# Read as they are outside; what is written there is gone afterwards.
CHANGED = ("/etc", "/run", "/usr/bin", "/var/lib")
# Where a package, a container or a person puts things; new for each page.
PLACES = {"/etc/labkeeper": "root", "/mnt": "root", "/run/secrets": "root", "/var/lib/labkeeper": "labkeeper"}
TARGETS = {}
ADDRESSES = (f"10.77.0.{last}" for last in itertools.count(1))


def make(binary):
    """A user `labkeeper`, and the program where a package has it: anybody may start it there."""
    command("ip", "link", "set", "lo", "up")
    command("mount", "-t", "tmpfs", "docs", "/mnt")
    for at, path in enumerate(CHANGED):
        above, work = f"/mnt/{at}/above", f"/mnt/{at}/work"
        os.makedirs(above), os.makedirs(work)
        command("mount", "-t", "overlay", "docs", "-o", f"lowerdir={path},upperdir={above},workdir={work}", path)
    if subprocess.run(["id", "labkeeper"], capture_output=True).returncode:
        home = ("--home-dir", "/var/lib/labkeeper", "--no-create-home", "--no-log-init")
        command("useradd", "--system", "--user-group", *home, "labkeeper")
    Path("/etc/hosts").write_text(f"127.0.0.1 localhost {socket.gethostname()}\n")
    there = Path("/usr/bin/labkeeper")
    there.unlink(missing_ok=True)
    there.touch()
    command("mount", "--bind", binary, there)
    for place in PLACES:
        os.makedirs(place, exist_ok=True)


def furnish():
    """Places for one page."""
    for place, owner in PLACES.items():
        command("mount", "-t", "tmpfs", "-o", "mode=755", "page", place)
        command("chown", f"{owner}:", place)


def clear():
    for place in PLACES:
        # What a page left running may still have a file open there.
        command("umount", "--lazy", place)


def address_of(name):
    """A new address of this machine, known by that name."""
    address = next(ADDRESSES)
    command("ip", "address", "replace", f"{address}/32", "dev", "lo")
    with open("/etc/hosts", "a") as hosts:
        hosts.write(f"{address} {name}\n")
    return address


def command(*words):
    subprocess.run(words, check=True)


def split(address):
    host, port = address.rsplit(":", 1)
    return host, int(port)


def forward(near, far, password=b""):
    """Hands on what comes to that address, to where it was said last; nothing of who does not begin with that password."""
    known, TARGETS[near] = near in TARGETS, far
    if known:
        return
    # Of a wider mask the whole network would be this machine, and answer a scan.
    command("ip", "address", "replace", f"{near[0]}/32", "dev", "lo")
    listener = socket.create_server(near)

    def pump(one, other, wanted=b""):
        try:
            while data := one.recv(65536):
                if wanted not in data:
                    break
                wanted = b""
                other.sendall(data)
            other.shutdown(socket.SHUT_WR)
        except OSError:
            other.close()

    def accept():
        while True:
            one, _ = listener.accept()
            try:
                other = socket.create_connection(TARGETS[near])
            except OSError:
                # The node of a page before.
                one.close()
                continue
            for ends in ((one, other, password), (other, one)):
                threading.Thread(target=pump, args=ends, daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
