"""Holds commands in the documentation against the program: whether its own parser takes them, without running any."""

import json
import re
import shlex
import subprocess

ENDS = set("();<>|&\n")
PLACEHOLDER = re.compile(r"invalid value '(<.*>|[A-Z][A-Z_-]*|…)'")


class Programs:
    def __init__(self, binary, environment):
        self.binary, self.environment, self.seen = binary, environment, {}
        tools = json.loads(self.ask("gen", "tools").stdout)["tools"]
        offered = json.loads(self.ask("--json", "tools").stdout)
        self.operations = {tool["name"] for tool in tools + offered}

    def ask(self, *words):
        return subprocess.run(
            [self.binary, *words], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )

    def wrong(self, text):
        """What of the shell text the program would not understand."""
        for line in text.replace("\\\n", " ").splitlines():
            for words in simple_commands(line):
                if fault := self.fault(words):
                    yield f"`labkeeper {shlex.join(words)}`: {fault}"

    def fault(self, words):
        if "guard" in words:
            words = words[: words.index("guard") + 1]
        if words[:1] == ["call"] and len(words) > 1 and not words[1].isupper() and words[1] not in self.operations:
            return "there is no such operation"
        key = tuple(words)
        if key not in self.seen:
            answer = self.ask(*words, "--help")
            fine = answer.returncode == 0 or PLACEHOLDER.search(answer.stderr)
            self.seen[key] = None if fine else answer.stderr.strip().splitlines()[0]
        return self.seen[key]


def simple_commands(line):
    """The words behind `labkeeper` wherever it is a command of that line."""
    lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
    lexer.whitespace_split = True
    try:
        tokens = list(lexer)
    except ValueError:
        # A quotation that goes on in the next line.
        return
    command = []
    for token in [*tokens, ";"]:
        if not set(token) <= ENDS:
            command.append(token)
            continue
        yield from ours(command)
        command = []


def ours(command):
    while command and re.match(r"[A-Za-z_]+=", command[0]):
        command = command[1:]
    for at, word in enumerate(command):
        rest = command[at + 1 :]
        is_first = at == 0 and word == "labkeeper"
        is_wrapped = at > 0 and (word == "labkeeper" or word.endswith("/labkeeper"))
        if is_first and rest or is_wrapped and rest and rest[0] in COMMANDS_AND_FLAGS:
            end = next((at for at, word in enumerate(rest) if "…" in word), len(rest))
            # What is left out may have been the value of a flag.
            yield rest[: end - 1] if end < len(rest) and rest[end - 1].startswith("--") else rest[:end]
            return


COMMANDS_AND_FLAGS = {"--data-dir", "--json", "doctor", "mcp", "serve", "setup", "status", "ready"}
