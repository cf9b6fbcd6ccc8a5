"""Reads what can be executed out of the documentation.

A fence says what becomes of it: `sh run` is executed (`exit=N` expects that code, `background` goes on beside what follows, and what
`asks` is answered with yes),
`sh no-run reason="…"` is only read, `text output` is what the block before prints, where `…` stands for anything. What has to
be done before a page's commands and is no matter for readers stands in a comment, `<!-- run` and its lines.
"""

import re
import shlex
from dataclasses import dataclass

FENCE = re.compile(r"^( *)```(.*)$")
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
            if fence or line == "<!-- run":
                at = self.block(name, lines, at, fence)
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

    def block(self, name, lines, start, fence):
        indent, info = (len(fence[1]), fence[2].strip()) if fence else (0, "sh run hidden")
        closing = "```" if fence else "-->"
        end = next(at for at in range(start + 1, len(lines)) if lines[at].strip() == closing)
        language, *words = shlex.split(info) or [""]
        options = dict(word.split("=", 1) for word in words if "=" in word)
        text = "\n".join(line[indent:] for line in lines[start + 1 : end]) + "\n"
        self.blocks.append(Block(name, start + 1, language, words, options, text))
        return end
