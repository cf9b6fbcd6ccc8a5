"""Reads what can be executed out of the documentation.

A fence says what becomes of it: `sh run` is executed (`exit=N` expects that code, `background` goes on beside what follows, what
`asks` is answered with yes, `answers="a|b"` is what somebody types at a terminal, and `typed=PROGRAM` has the block read by that
program or function), `sh no-run reason="…"` is only read, `text output` is what the block before prints, where `…` stands for
anything. What has to be done before a page's commands or looked at after them, and is no matter for readers, stands in a comment:
`<!-- run`, with the same words, and its lines. A block of variables is one that such a comment exports, and sees at work.
"""

import re
import shlex
from dataclasses import dataclass

FENCE = re.compile(r"^( *)```(.*)$")
HIDDEN = re.compile(r"^<!-- (run\b.*)$")
INLINE = re.compile(r"(?<!`)`([^`]+)`(?!`)")


@dataclass
class Block:
    page: str
    line: int
    language: str
    words: list
    options: dict
    text: str

    def __str__(self):
        return f"{self.page}:{self.line}"


class Page:
    """A page's blocks in order, its inline code, and what nobody could check."""

    def __init__(self, name, source):
        self.blocks, self.inline, self.unmarked = [], [], []
        lines = source.split("\n")
        at, in_list, paragraph = 0, False, []
        while at < len(lines):
            line = lines[at]
            fence = FENCE.match(line)
            if fence or not line.strip() or line.startswith(("|", "- ", "#")):
                self.spans(name, at, paragraph)
                paragraph = []
            hidden = HIDDEN.match(line)
            if fence or hidden:
                at = self.block(name, lines, at, fence, hidden)
            elif line.startswith("    ") and (at == 0 or not lines[at - 1].strip()) and not in_list:
                self.unmarked.append(f"{name}:{at + 1}: indented code; put it into a fence")
            else:
                if line.strip() and not line.startswith(" "):
                    in_list = bool(re.match(r"([-*]|\d+\.) ", line))
                paragraph.append(line)
            at += 1
        self.spans(name, at, paragraph)

    def spans(self, name, end, paragraph):
        """Inline code may go on in the next line."""
        for code in INLINE.findall("\n".join(paragraph)):
            self.inline.append((f"{name}:{end}", code.replace("\\|", "|").replace("\n", " ")))

    def block(self, name, lines, start, fence, hidden):
        indent, info = (len(fence[1]), fence[2].strip()) if fence else (0, f"sh {hidden[1]} hidden")
        closing = "```" if fence else "-->"
        end = next(at for at in range(start + 1, len(lines)) if lines[at].strip() == closing)
        language, *words = shlex.split(info) or [""]
        options = dict(word.split("=", 1) for word in words if "=" in word)
        text = "\n".join(line[indent:] for line in lines[start + 1 : end]) + "\n"
        self.blocks.append(Block(name, start + 1, language, words, options, text))
        return end
