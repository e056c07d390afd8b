"""Find candidates: which regex may match in which line, over raw bytes, all regexes at once.

A candidate is a superset of a match: each regex is loosened (see `loosen`) into one that hyperscan can search for over bytes.
Without hyperscan the same loosened regexes are searched one after the other, with the same candidates and the same results.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import regex

from spacedoctor.catalogue import cache
from spacedoctor.match.loosen import loosen

hyperscan: Any
try:
    import hyperscan
except ImportError:  # no wheel for this platform
    hyperscan = None

Scan = Callable[[bytes], list[tuple[int, int]]]


def scanner(texts: Sequence[str], cache_dir: Path | None) -> Scan:
    """Return a function from bytes to candidates (index of the regex, offset in a line where it may match), at most one per regex and line.

    Args:
        texts: the regexes of the catalogue.
        cache_dir: where the compiled database is kept, or None.
    """
    loose = dict(enumerate(loosen(text) for text in texts))
    key = hashlib.blake2b("\n".join(loose.values()).encode(), digest_size=8).hexdigest()
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
                if not 0 < position < len(data):
                    break
        return found

    return scan
