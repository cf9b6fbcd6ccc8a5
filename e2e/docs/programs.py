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
        listed = self.ask("--help").stdout.split("Commands:")[1].split("Options:")[0]
        self.commands = set(re.findall(r"^  (\w\S*)", listed, re.M)) | {"--data-dir", "--json"}

    def ask(self, *words):
        return subprocess.run(
            [self.binary, *words], env=self.environment, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )

    def judged(self, text, is_whole):
        """For each command of the shell text, what of it the program would not understand. One that is whole could be typed so; one
        that is not is only named, as in a sentence."""
        for line in text.replace("\\\n", " ").splitlines():
            for words, is_cut in self.simple_commands(line):
                fault = self.fault(words, is_whole and not is_cut)
                yield fault and f"`labkeeper {shlex.join(words)}`: {fault}"

    def fault(self, words, is_whole):
        if "guard" in words:
            words = words[: words.index("guard") + 1]
        if words[:1] == ["call"] and len(words) > 1 and not words[1].isupper() and words[1] not in self.operations:
            return "there is no such operation"
        key = (is_whole, *words)
        if key not in self.seen:
            answer = self.ask("gen", "parse", "--", *words) if is_whole else self.ask(*words, "--help")
            fine = answer.returncode == 0 or PLACEHOLDER.search(answer.stderr)
            self.seen[key] = None if fine else answer.stderr.strip().splitlines()[0]
        return self.seen[key]

    def simple_commands(self, line):
        """The words behind `labkeeper` wherever it is a command of that line, and whether some of them are left out."""
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
            yield from self.ours(command)
            command = []

    def ours(self, command):
        while command and re.match(r"[A-Za-z_]+=", command[0]):
            command = command[1:]
        for at, word in enumerate(command):
            rest = command[at + 1 :]
            is_first = at == 0 and word == "labkeeper"
            is_wrapped = at > 0 and (word == "labkeeper" or word.endswith("/labkeeper"))
            if is_first and rest or is_wrapped and rest and rest[0] in self.commands:
                end = next((at for at, word in enumerate(rest) if "…" in word), len(rest))
                is_cut = end < len(rest)
                # What is left out may have been the value of a flag.
                yield (rest[: end - 1] if is_cut and rest[end - 1].startswith("--") else rest[:end]), is_cut
                return
