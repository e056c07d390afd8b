"""Find candidates: which regex may match in which line, over raw bytes, all regexes at once.

A candidate is a superset of a match. Each regex is loosened (`candidate`) into one that hyperscan can search for over bytes whatever stands in
front of the line; without hyperscan the same loosened regexes are searched one after the other, with the same candidates and the same results.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import regex

from spacedoctor.catalogue import cache

hyperscan: Any
try:
    import hyperscan
except ImportError:  # no wheel for this platform
    hyperscan = None

Scan = Callable[[bytes], list[tuple[int, int]]]

TOKEN = re.compile(
    r"(?P<escape>\\[^\n])|(?P<opened>\[\^?\]?)|(?P<named>\(\?P<\w+>)|(?P<anchor>[\^$])"
    r"|(?P<repeat>\{(?P<low>\d+)(?P<comma>,)?(?P<high>\d+)?\})"
)
LONGEST_REPEAT = 8
WITHIN_LINE = {  # in a class, outside of one
    r"\w": (r"\w\x80-\xff", r"[\w\x80-\xff]"),
    r"\s": (r" \t\f\v\r", r"[ \t\f\v\r]"),
    r"\W": (r"\W", r"[^\w\n]"),
    r"\D": (r"\D", r"[^\d\n]"),
}


def candidate(text: str) -> str:
    r"""Return a regex over bytes that matches at least wherever `text` matches in a line.

    Anchors go (prefixes stand before a line's content), nothing crosses a line, `\w` takes in the bytes of other alphabets, long bounded
    repeats become unbounded (they cost hyperscan a state each), names of groups go.
    """
    out: list[str] = []
    position, in_class = 0, False
    while position < len(text):
        part = None if in_class and text[position] != "\\" else TOKEN.match(text, position)
        if part is None:
            in_class = in_class and text[position] != "]"
            out.append(_byte_escape(text[position]))
            position += 1
            continue
        position = part.end()
        if part["opened"]:
            in_class = True
        out.append(_loosen(part, in_class=in_class))
    return "".join(out)


def _loosen(part: re.Match[str], *, in_class: bool) -> str:
    if part["anchor"] or part["named"]:
        return "" if part["anchor"] else "(?:"
    if part["opened"]:
        return part[0].replace("[^", r"[^\n")
    if part["escape"]:
        inside, outside = WITHIN_LINE.get(part[0], (part[0], part[0]))
        return inside if in_class else outside
    if part["repeat"] and part["comma"] and int(part["high"] or 0) > LONGEST_REPEAT:
        low = min(int(part["low"]), LONGEST_REPEAT)
        return {0: "*", 1: "+"}.get(low, f"{{{low},}}")
    if part["repeat"] and not part["comma"] and int(part["low"]) > LONGEST_REPEAT:
        return f"{{{LONGEST_REPEAT},}}"
    return part[0]


def _byte_escape(character: str) -> str:
    if ord(character) < 128:
        return character
    return "(?:" + "".join(f"\\x{byte:02x}" for byte in character.encode()) + ")"


def scanner(texts: Sequence[str], cache_dir: Path | None, key: str) -> Scan:
    """Return a function from bytes to candidates (index of the regex, offset in a line where it may match), at most one per regex and line.

    Args:
        texts: the regexes of the catalogue.
        cache_dir: where the compiled database is kept, or None.
        key: names these texts in the cache.
    """
    loose = dict(enumerate(candidate(text) for text in texts))
    if hyperscan is None:
        return _one_by_one(loose)
    try:
        return _hyperscan(loose, cache_dir, key)
    except hyperscan.error:
        refused = {index: text for index, text in loose.items() if refusal(text)}
        rest = _hyperscan({index: text for index, text in loose.items() if index not in refused}, cache_dir, key)
        slow = _one_by_one(refused)
        return lambda data: rest(data) + slow(data)


def refusal(loose: str) -> str | None:
    """Return why hyperscan does not take a loosened regex, None where it does (or is not here to tell)."""
    if hyperscan is None:
        return None
    try:
        _compile({0: loose})
    except hyperscan.error as error:
        return str(error)
    return None


def _compile(loose: Mapping[int, str]) -> Any:
    database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
    flags = hyperscan.HS_FLAG_PREFILTER | hyperscan.HS_FLAG_ALLOWEMPTY
    expressions = [text.encode("latin-1") for text in loose.values()]
    database.compile(expressions=expressions, ids=list(loose), elements=len(loose), flags=flags)
    return database


def _hyperscan(loose: Mapping[int, str], cache_dir: Path | None, key: str) -> Scan:
    database = _database(loose, cache_dir, key)
    scratch = hyperscan.Scratch(database)
    one_at_a_time = threading.Lock()  # the scratch is one scan's; hyperscan holds the interpreter lock anyway

    def scan(data: bytes) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        done = dict.fromkeys(loose, 0)  # up to where each regex needs no further candidate: the end of the line of its last one

        def on_match(index: int, _start: int, end: int, _flags: int, _context: object) -> None:
            if end > done[index]:
                found.append((index, end - 1))
                done[index] = data.find(b"\n", end - 1) + 1 or len(data)

        with one_at_a_time:
            database.scan(data, match_event_handler=on_match, scratch=scratch)
        return found

    return scan


def _database(loose: Mapping[int, str], cache_dir: Path | None, key: str) -> Any:
    name = f"hyperscan-{hyperscan.__version__}-{key}"
    if cache_dir and (kept := cache.get(cache_dir, name)):
        try:
            return hyperscan.loadb(kept, hyperscan.HS_MODE_BLOCK)
        except hyperscan.error:  # made on another processor or version
            pass
    database = _compile(loose)
    if cache_dir:
        cache.put(cache_dir, name, hyperscan.dumpb(database))
    return database


def _one_by_one(loose: Mapping[int, str]) -> Scan:
    compiled = {index: regex.compile(text.encode("latin-1")) for index, text in loose.items()}

    def scan(data: bytes) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        for index, one in compiled.items():
            position = 0
            while (hit := one.search(data, position)) is not None:
                end = max(hit.end() - 1, 0)
                found.append((index, end))
                position = data.find(b"\n", end) + 1
                if not position:
                    break
        return found

    return scan
