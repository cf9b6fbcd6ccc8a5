"""Somebody's session on the machine, for one page: an empty home, places that nobody used, and a simulated node at 192.168.1.11
where the page speaks of one."""

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import machine

PATIENCE = 300
PRELUDE = """
set -euo pipefail
jobs=()
stop() { for job in "${jobs[@]}"; do kill -- "-$job" 2>/dev/null && wait "$job" 2>/dev/null || :; gone "$job"; done; jobs=(); }
gone() { for _ in $(seq 100); do kill -0 -- "-$1" 2>/dev/null || return 0; sleep 0.1; done; }
trap 'echo "$at" >"$OUT/last"; stop' EXIT
begun() { for _ in $(seq 600); do grep -q ' on http' "$1" && return; kill -0 "$2" 2>/dev/null || return; sleep 0.1; done; return 1; }
"""


class Sandbox:
    def __init__(self, binary, sim, servers):
        self.place = Path(tempfile.mkdtemp(prefix="labkeeper-docs-"))
        self.out = self.place / "out"
        self.home = self.place / "home"
        programs = self.place / "bin"
        for directory in (self.out, self.home, programs):
            directory.mkdir()
        (programs / "labkeeper").symlink_to(binary)
        self.sim, self.node, self.servers = sim, None, servers
        self.environment = {
            "PATH": f"{programs}:{os.environ['PATH']}",
            "HOME": str(self.home),
            "OUT": str(self.out),
            "FIXTURES": str(Path(__file__).resolve().parents[2] / "fixtures"),
            "LANG": "C.UTF-8",
            # Without one, as on a machine that is new.
            "LABKEEPER_MODELS": str(self.place / "models"),
            **servers.environment,
        }
        machine.furnish()

    def close(self):
        if self.node:
            self.node.stdin.close()
            self.node.wait(30)
        machine.clear()
        shutil.rmtree(self.place)

    def run(self, blocks):
        """Runs the blocks as one session; answers what each printed, and which one failed, if one did."""
        text = "".join("\n".join([block.text, *block.options.values()]) for block in blocks)
        if "192.168.1.11" in text:
            self.open_node()
        self.servers.open_for(text)
        script = self.place / "session.sh"
        script.write_text(PRELUDE + "".join(map(spelled, range(len(blocks)), blocks)) + "at=done\n")
        with subprocess.Popen(
            ["bash", script], cwd=self.home, env=self.environment, stdin=subprocess.DEVNULL, start_new_session=True
        ) as session:
            late = ""
            for patience, signal in ((PATIENCE, 15), (30, 9), (30, 9)):
                try:
                    session.wait(patience)
                    break
                except subprocess.TimeoutExpired:
                    late = f"\nit was not over after {PATIENCE} s"
                    # Jobs in the background have groups of their own, in this session.
                    for group in groups_of(session.pid):
                        os.killpg(group, signal)
        printed = [(self.out / str(at)).read_text(errors="replace") if (self.out / str(at)).exists() else "" for at in range(len(blocks))]
        printed = [text + late for text in printed]
        last = (self.out / "last").read_text().strip() if (self.out / "last").exists() else "0"
        return printed, None if last == "done" else int(last)

    def open_node(self):
        self.node = subprocess.Popen([self.sim, "9", "ssh"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        lab = json.loads(self.node.stdout.readline())
        for address, door in zip(("192.168.1.11", "192.168.1.12", "192.168.1.13"), lab["doors"]):
            machine.forward((address, 8006), machine.split(door["address"]))
        machine.forward(("192.168.1.11", 22), machine.split(lab["ssh"]["address"]))
        known = self.place / "known_hosts"
        known.write_text(f"192.168.1.11 {lab['ssh']['host_key']}\n")
        settings = f"-F none -i {lab['ssh']['client_key']} -o UserKnownHostsFile={known} -o IdentityAgent=none -o BatchMode=yes"
        # What somebody's own ssh knows already.
        ssh = self.place / "bin/ssh"
        ssh.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} {settings} "$@"\n')
        ssh.chmod(0o755)


def groups_of(session):
    """The groups of processes that are still there in that session."""
    listed = subprocess.run(["ps", "-s", str(session), "-o", "pgid="], capture_output=True, text=True).stdout
    return {int(group) for group in listed.split()}


def at_terminal(at, text, answers):
    """A shell that somebody sits at, who types these lines."""
    script = f'"$OUT/{at}.sh"'
    lines = "\n".join(answers)
    shell = f"script --quiet --return --command 'bash -euo pipefail {script}' /dev/null"
    return f"cat >{script} <<'BLOCK'\n{text}BLOCK\n{shell} <<'ANSWERS'\n{lines}\nANSWERS\n"


def spelled(at, block):
    expected = block.options.get("exit")
    out = f'"$OUT/{at}"'
    # Nobody is at the terminal to say yes to what asks.
    agree = "unset -f labkeeper sudo\n"
    if "asks" in block.words:
        agree = "".join(f'{name}() {{ command {name} "$@" --yes; }}\n' for name in ("labkeeper", "sudo"))
    text = block.text
    if typed := block.options.get("typed"):
        text = f"{typed} <<'TYPED'\n{text}TYPED\n"
    if answers := block.options.get("answers"):
        text = at_terminal(at, text, answers.split("|"))
    if "background" in block.words:
        body = f"set -m\n{{\n{text}}} >{out} 2>&1 </dev/null &\nset +m\njobs+=($!)\nbegun {out} $!"
    elif expected:
        body = f"set +e\n(\n{text}) >{out} 2>&1 </dev/null\ncode=$?\nset -e\n[ $code = {expected} ] || {{ echo \"exit code $code\" >>{out}; exit 1; }}"
    else:
        body = f"{{\n{text}}} >{out} 2>&1 </dev/null"
    return f"at={at}\n{agree}: >{out}\n{body}\n"
