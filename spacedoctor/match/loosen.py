r"""Loosen a regex of the catalogue into one for candidates: it matches bytes at least wherever the original matches a line.

Anchors go (prefixes stand before a line's content), look-around and names of groups go, nothing crosses a line, `\w` takes in the bytes of
other alphabets. And as a candidate needs no more than to be rare, each branch ends where it has ENOUGH literal characters: hyperscan
compiles the rest in many times the time, and the `regex` module will look at the whole anyway.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass

ENOUGH = 14
FEW = 7
LONGEST_REPEAT = 8
TOKEN = re.compile(
    r"(?P<look>\(\?<?[=!])|(?P<group>\((?:\?(?:P<\w+>|<\w+>|:|>|(?P<flags>[aimsx]+)(?P<scoped>:)?))?)"
    r"|(?P<set>\[\^?\]?(?:\\.|[^\]\\])*\])|(?P<escape>\\[pP]\{\w+\}|\\x[0-9a-fA-F]{2}|\\.)|(?P<anchor>[\^$])"
    r"|(?P<close>\))|(?P<bar>\|)|(?P<any>\.)|(?P<literal>.)",
    re.DOTALL,
)
QUANTIFIER = re.compile(r"(?:(?P<sign>[*+?])|\{(?P<low>\d*)(?P<comma>,)?(?P<high>\d*)\})(?P<mode>[?+])?")
WITHIN_LINE = {r"\s": r" \t\f\v\r", r"\w": r"\w\x80-\xff"}
NEGATED = {r"\W": r"[^\w\n]", r"\D": r"[^\d\n]"}


@dataclass
class _Part:
    """A piece of the loosened regex: `solid` literal characters at least; `cut` when something that followed has been left out."""

    text: str
    solid: int = 0
    cut: bool = False


def loosen(text: str) -> str:
    """Return the regex for candidates, ASCII, to be compiled for bytes."""
    return _Loosener(text).whole()


class _Loosener:
    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._flags = ""
        self._enough = ENOUGH

    def whole(self) -> str:
        part = self._branches()
        return self._flags + part.text

    def _branches(self) -> _Part:
        branches = [self._branch()]
        while self._peek("bar"):
            self._at += 1
            branches.append(self._branch())
        text = "|".join(branch.text for branch in branches)
        return _Part(text, min(branch.solid for branch in branches), any(branch.cut for branch in branches))

    def _branch(self) -> _Part:
        parts: list[_Part] = []
        solid, cut = 0, False
        while self._at < len(self._text) and not self._peek("bar") and not self._peek("close"):
            part = self._quantified()
            if not cut:
                parts.append(part)
                solid += part.solid
                cut = part.cut or solid >= self._enough
        return _Part("".join(part.text for part in parts), solid, cut)

    def _peek(self, kind: str) -> bool:
        token = TOKEN.match(self._text, self._at)
        return token is not None and token.lastgroup == kind

    def _quantified(self) -> _Part:
        before = self._at
        atom = self._atom()
        quantifier = QUANTIFIER.match(self._text, self._at)
        if not quantifier:
            return atom
        low, high = _bounds(quantifier)
        if low == 0 and atom.cut:  # what follows may touch what stands before: an optional part is kept whole
            atom = self._uncut(before)
        self._at = quantifier.end()
        if low == 0:
            return _Part(f"(?:{atom.text})" + ("?" if high == 1 else "*") if atom.text else "")
        if atom.cut or not atom.text:
            return atom
        low = min(low, LONGEST_REPEAT)
        many = "" if high == low else ","
        return _Part(f"(?:{atom.text}){{{low}{many}}}" if (low, high) != (1, 1) else atom.text, atom.solid * low)

    def _uncut(self, at: int) -> _Part:
        self._at, enough, self._enough = at, self._enough, sys.maxsize
        atom = self._atom()
        self._enough = enough
        return atom

    def _atom(self) -> _Part:
        token = TOKEN.match(self._text, self._at)
        assert token is not None  # noqa: S101
        self._at = token.end()
        kind = token.lastgroup
        if token["look"]:
            self._group()
            return _Part("")
        if token["flags"] and not token["scoped"]:
            self._at += 1  # the closing bracket of (?i)
            self._flags = f"(?{token['flags']})"
            return _Part("")
        if token["group"]:
            inside = self._group()
            if inside.cut and inside.solid < FEW:  # one branch alone is too little: what follows must be kept
                return self._uncut(token.start())
            opening = f"(?{token['flags']}:" if token["flags"] else "(?:"
            return _Part(f"{opening}{inside.text})", inside.solid, inside.cut)
        if kind == "anchor" or token[0] in (r"\A", r"\Z"):
            return _Part("")
        return _simple(kind, token[0])

    def _group(self) -> _Part:
        inside = self._branches()
        self._at += 1
        return inside


def _bounds(quantifier: re.Match[str]) -> tuple[int, int | None]:
    if sign := quantifier["sign"]:
        return (1, None) if sign == "+" else (0, 1 if sign == "?" else None)
    low = int(quantifier["low"] or 0)
    if not quantifier["comma"]:
        return low, low
    return low, int(quantifier["high"]) if quantifier["high"] else None


def _simple(kind: str | None, text: str) -> _Part:
    if kind == "set":
        return _Part(_set(text))
    if kind == "escape":
        return _escape(text)
    if kind == "any":
        return _Part(".")
    if text.isascii():
        return _Part(text, 1)
    return _Part("(?:" + "".join(f"\\x{byte:02x}" for byte in text.encode()) + ")", 1)


def _escape(text: str) -> _Part:
    if text in WITHIN_LINE:
        return _Part(f"[{WITHIN_LINE[text]}]")
    if text[1].isdigit():
        return _Part(r"[^\n]*")  # a back-reference: whatever it repeats
    return _Part(NEGATED.get(text, text), 0 if text[1].isalnum() else 1)


def _set(text: str) -> str:
    """Return a class that takes in no line break, and the bytes of other alphabets where it holds a letter class or a character of theirs."""
    for escape, wider in WITHIN_LINE.items():
        text = text.replace(escape, wider)
    if not text.isascii():
        text = re.sub(r"[^\x00-\x7f]+", r"\\x80-\\xff", text)
    return text.replace("[^", r"[^\n", 1) if text.startswith("[^") else text
