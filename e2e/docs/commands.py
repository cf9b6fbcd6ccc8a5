"""Every command in the documentation is executed, with the servers that it names, or held against the program's own parser where
this machine cannot execute it; settings are read by the program; other data is parsed. Run by `cargo xtask test --only docs`."""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import yaml

import machine
from pages import Page
from programs import Programs
from sandbox import Sandbox
from servers import Servers

ROOT = Path(__file__).resolve().parents[2]
ROUTE = re.compile(r"^(GET|POST|PUT|PATCH|DELETE) (/[^\s?]*)")


class Check:
    def __init__(self, binary, sim, servers):
        self.binary, self.sim, self.servers = binary, sim, servers
        self.faults, self.run, self.read, self.held = [], 0, 0, 0
        self.place = tempfile.TemporaryDirectory(prefix="labkeeper-docs-")
        environment = {"PATH": os.environ["PATH"], "HOME": self.place.name, "LABKEEPER_DATA_DIR": f"{self.place.name}/data"}
        self.programs = Programs(binary, environment)
        paths = json.loads((ROOT / "api/openapi.json").read_text())["paths"]
        self.routes = {(method.upper(), path) for path, methods in paths.items() for method in methods}

    def page(self, path):
        page = Page(str(path.relative_to(ROOT)), path.read_text())
        self.faults += page.unmarked
        for block in page.blocks:
            self.block(block)
        for place, code in page.inline:
            self.inline(place, code)
        for before, shown in zip([None, *page.blocks], page.blocks):
            if "output" in shown.words and not (before and is_run(before)):
                self.faults.append(f"{shown}: nothing is run before it that could print this")
        commands = [block for block in page.blocks if is_run(block)]
        if commands:
            self.execute(page, commands)

    def block(self, block):
        match block.language:
            case "sh":
                if is_run(block) == ("no-run" in block.words) or "no-run" in block.words and not block.options.get("reason"):
                    self.faults.append(f'{block}: say `sh run`, or `sh no-run reason="…"`')
                shell = subprocess.run(["bash", "-n"], input=block.text, capture_output=True, text=True)
                if shell.returncode:
                    self.faults.append(f"{block}: {shell.stderr.strip()}")
                self.commands(block, block.text, is_whole=True)
                self.read += not is_run(block)
            case "json":
                self.parsed(block, json.loads)
            case "yaml":
                self.parsed(block, yaml.safe_load)
            case "toml":
                self.settings(block)
            case "text" if "output" in block.words or "sample" in block.words:
                pass
            case _:
                self.faults.append(f"{block}: `{block.language}` says not what to do with it")

    def parsed(self, block, parse):
        try:
            parse(block.text)
            self.read += 1
        except (ValueError, yaml.YAMLError) as error:
            self.faults.append(f"{block}: {error}")

    def settings(self, block):
        self.parsed(block, tomllib.loads)
        file = Path(self.place.name) / "labkeeper.toml"
        file.write_text(block.text)
        file.chmod(0o600)
        answer = self.programs.ask("--config", str(file), "status")
        if answer.returncode:
            self.faults.append(f"{block}: {answer.stderr.strip()}")

    def commands(self, place, text, is_whole):
        for fault in self.programs.judged(text, is_whole):
            self.held += 1
            if fault:
                self.faults.append(f"{place}: {fault}")

    def inline(self, place, code):
        if code.startswith("labkeeper "):
            self.commands(place, code, is_whole=False)
        if route := ROUTE.match(code):
            self.held += 1
            if not any(method == route[1] and matches(route[2], path) for method, path in self.routes):
                self.faults.append(f"{place}: the hub has no route {route[0]}")

    def execute(self, page, commands):
        sandbox = Sandbox(self.binary, self.sim, self.servers)
        try:
            printed, failed = sandbox.run(commands)
        finally:
            sandbox.close()
        if failed is not None:
            self.faults.append(f"{commands[failed]} failed:\n{printed[failed]}")
            return
        self.run += len(commands)
        for block, shown in zip(page.blocks, page.blocks[1:]):
            if "output" in shown.words:
                output = printed[commands.index(block)]
                if not looks_like(shown.text, output):
                    self.faults.append(f"{shown}: it prints\n{output}")


def is_run(block):
    return block.language == "sh" and "run" in block.words


def looks_like(shown, output):
    parts = [re.escape(part) for part in shown.strip().split("…")]
    return re.fullmatch("(?s:.*?)".join(parts), output.strip()) is not None


def matches(route, path):
    ours, theirs = route.rstrip("/").split("/"), path.split("/")
    return len(ours) == len(theirs) and all(one == other or other.startswith("{") for one, other in zip(ours, theirs))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--sim", required=True, help="the built example `simulated_lab`")
    parser.add_argument("--postgres", required=True, help="where `initdb` is")
    parser.add_argument("--weed", required=True, help="the program of SeaweedFS")
    parser.add_argument("--qdrant", required=True, help="the built example `qdrant_double`")
    parser.add_argument("pages", nargs="*", help="parts of names of pages; all when left out")
    arguments = parser.parse_args()
    arguments.binary = str(Path(arguments.binary).resolve())
    machine.make(arguments.binary)
    # Its clients too, for what pages have done before their commands; Debian has those elsewhere already.
    os.environ["PATH"] += f":{arguments.postgres}"
    servers = Servers(arguments.postgres, arguments.weed, arguments.qdrant)
    pages = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/*.md"))]
    try:
        check = Check(arguments.binary, arguments.sim, servers)
        for path in pages:
            if not arguments.pages or any(part in path.name for part in arguments.pages):
                check.page(path)
    finally:
        servers.close()
    for fault in check.faults:
        print(fault)
    if check.faults:
        sys.exit(1)
    print(f"docs: {check.run} blocks executed, {check.read} read, {check.held} commands and routes held against the program")


if __name__ == "__main__":
    main()
