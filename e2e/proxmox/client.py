"""A client that is no part of labkeeper, proxmoxer, at work in the simulated lab over HTTPS.

What it does is what scripts for Proxmox VE do: look around, switch guests and wait for the task, take snapshots, be
refused. Run by `cargo xtask test proxmox`.
"""

import argparse
import hashlib
import json
import ssl
import subprocess
import sys
import time

import urllib3
from proxmoxer import ProxmoxAPI
from proxmoxer.core import AuthenticationError, ResourceException

held = 0


def check(what, holds):
    global held
    if not holds:
        sys.exit(f"does not hold: {what}")
    held += 1


def refused(call, status, words):
    try:
        call()
    except (ResourceException, AuthenticationError) as error:
        code = getattr(error, "status_code", None)
        check(f"{words}: {code} {error}", code == status and words in str(error))
    else:
        sys.exit(f"was not refused: {words}")


def client(door, token):
    name, secret = token.split("=")
    user, name = name.split("!")
    host, port = door["address"].split(":")
    return ProxmoxAPI(
        host, port=int(port), user=user, token_name=name, token_value=secret, verify_ssl=False, timeout=20
    )


def fingerprint(door):
    host, port = door["address"].split(":")
    der = ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate((host, int(port))))
    digest = hashlib.sha256(der).hexdigest().upper()
    return ":".join(digest[at : at + 2] for at in range(0, 64, 2))


def done(proxmox, upid):
    node = upid.split(":")[1]
    for _ in range(100):
        status = proxmox.nodes(node).tasks(upid).status.get()
        if status["status"] == "stopped":
            return status["exitstatus"]
        time.sleep(0.1)
    sys.exit(f"{upid} never ends")


def look_around(proxmox, release):
    check("the version is told", proxmox.version.get()["version"].startswith(release))
    check("three nodes", sorted(node["node"] for node in proxmox.nodes.get()) == ["pve1", "pve2", "pve3"])
    resources = proxmox.cluster.resources.get()
    guests = [row for row in resources if row["type"] in ("lxc", "qemu")]
    check("26 guests", len(guests) == 26)
    check("storages of each node", len([row for row in resources if row["type"] == "storage"]) == 9)
    config = proxmox.nodes("pve2").lxc(100).config.get()
    check("a container's card", "bridge=vmbr0" in config["net0"])
    check("a node's memory", proxmox.nodes("pve1").status.get()["memory"]["total"] == 64 << 30)
    backups = proxmox.nodes("pve1").storage("nas").content.get(content="backup")
    # As on a real node: an auditor sees no backups, and is told so by an empty list.
    check("no backups for an auditor", backups == [])


def operate(proxmox):
    container = proxmox.nodes("pve3").lxc(115)
    check("a start", done(proxmox, container.status.start.post()) == "OK")
    check("its effect", container.status.current.get()["status"] == "running")
    refused(container.status.start.post, 500, "CT 115 already running")
    check("a stop", done(proxmox, container.status.stop.post()) == "OK")
    check("its effect", container.status.current.get()["status"] == "stopped")
    check("a snapshot", done(proxmox, container.snapshot.post(snapname="before")) == "OK")
    names = [row["name"] for row in container.snapshot.get()]
    check("its effect", names == ["before", "current"])
    again = done(proxmox, container.snapshot.post(snapname="before"))
    check("a name is used once", again == "snapshot name 'before' already used")
    check("a deletion", done(proxmox, container.snapshot("before").delete()) == "OK")
    machine = proxmox.nodes("pve3").qemu(205)
    check("a machine's state is looked at by the task", done(proxmox, machine.status.start.post()) == "VM 205 already running")
    refused(lambda: container.snapshot.post(snapname="bad name"), 400, "invalid configuration ID 'bad name'")
    refused(lambda: container.status.shutdown.post(timeout="abc"), 400, "type check ('integer') failed - got 'abc'")
    check("nobody there shows at the end", "does not exist" in done(proxmox, proxmox.nodes("pve3").lxc(999).status.start.post()))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sim", required=True, help="the built example `simulated_lab`")
    sim_path = parser.parse_args().sim
    urllib3.disable_warnings()
    for release in ("8", "9"):
        with subprocess.Popen([sim_path, release], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sim:
            lab = json.loads(sim.stdout.readline())
            doors, tokens = lab["doors"], lab["tokens"]
            check("the certificate shown is the one named", all(fingerprint(door) == door["fingerprint"] for door in doors))
            observer, operator = client(doors[0], tokens["observe"]), client(doors[1], tokens["operate"])
            look_around(observer, release)
            operate(operator)
            refused(observer.nodes("pve2").lxc(100).status.stop.post, 403, "Permission check failed (/vms/100, VM.PowerMgmt)")
            refused(operator.nodes("pve2").lxc(100).delete, 403, "Permission check failed (/vms/100, VM.Allocate)")
            nobody = client(doors[2], tokens["nothing"])
            check("who may nothing sees nothing", nobody.nodes("pve1").qemu.get() == [])
            refused(nobody.nodes("pve1").status.get, 403, "Permission check failed (/nodes/pve1, Sys.Audit)")
            started = time.monotonic()
            wrong = client(doors[0], tokens["observe"][:-1] + "0000")
            refused(wrong.version.get, 401, "Authentication failed!")
            check("a wrong secret waits three seconds", 3 <= time.monotonic() - started < 6)
            sim.stdin.close()
    print(f"proxmoxer: {held} checks hold")


if __name__ == "__main__":
    main()
