"""Find candidates: which regex may match in which line, over raw bytes, all regexes at once.

A candidate is a superset of a match: each regex is loosened (see `loosen`) into one that hyperscan can search for over bytes.
Without hyperscan the same loosened regexes are searched one after the other, with the same candidates and the same results.
"""

from __future__ import annotations

import functools
import importlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from spacedoctor.catalogue import cache

Scan = Callable[[bytes], list[tuple[int, int]]]


@functools.cache
def hyperscan() -> Any:
    """Return the module, None where this platform has no wheel of it."""
    try:
        return importlib.import_module("hyperscan")
    except ImportError:
        return None


def scanner(texts: Sequence[str], cache_dir: Path | None) -> Scan:
    """Return a function from bytes to candidates (index of the regex, offset in a line where it may match), at most one per regex and line.

    Args:
        texts: the regexes of the catalogue.
        cache_dir: where the compiled database is kept, or None.
    """
    if hyperscan() is None:
        return _one_by_one(_loosened(texts))
    name = f"hyperscan-{hyperscan().__version__}-{cache.digest(chr(10).join(texts).encode())}-{cache.code('match')}"
    kept = cache.get(cache_dir, name) if cache_dir else None
    restored = _restored(kept) if kept else None
    if restored is None:
        made = _made(_loosened(texts))
        if cache_dir:
            cache.put(cache_dir, name, made)
        restored = _restored(made)
    assert restored is not None  # noqa: S101  (made here and now)
    database, refused = restored
    fast = _hyperscan(database, len(texts))
    if not refused:
        return fast
    slow = _one_by_one(refused)
    return lambda data: fast(data) + slow(data)


def refusal(loose: str) -> str | None:
    """Return why hyperscan does not take a loosened regex, None where it does (or is not here to tell)."""
    if hyperscan() is None:
        return None
    try:
        _compiled({0: loose})
    except hyperscan().error as error:
        return str(error)
    return None


def _loosened(texts: Sequence[str]) -> dict[int, str]:
    from spacedoctor.match.loosen import loosen  # takes longer than all else that a run with a warm cache does

    return dict(enumerate(map(loosen, texts)))


def _made(loose: Mapping[int, str]) -> bytes:
    """Return what is kept: a line of JSON with the regexes that hyperscan refuses, then the database of the others."""
    refused: dict[int, str] = {}
    try:
        database = _compiled(loose)
    except hyperscan().error:
        refused = {index: text for index, text in loose.items() if refusal(text)}
        database = _compiled({index: text for index, text in loose.items() if index not in refused})
    return json.dumps(refused).encode() + b"\n" + bytes(hyperscan().dumpb(database))


def _restored(kept: bytes) -> tuple[Any, dict[int, str]] | None:
    head, _, packed = kept.partition(b"\n")
    try:
        database = hyperscan().loadb(packed, hyperscan().HS_MODE_BLOCK)
    except hyperscan().error:  # made on another processor or version
        return None
    return database, {int(index): text for index, text in json.loads(head).items()}


def _compiled(loose: Mapping[int, str]) -> Any:
    database = hyperscan().Database(mode=hyperscan().HS_MODE_BLOCK)
    flags = hyperscan().HS_FLAG_PREFILTER | hyperscan().HS_FLAG_ALLOWEMPTY
    expressions = [text.encode("latin-1") for text in loose.values()]
    database.compile(expressions=expressions, ids=list(loose), elements=len(loose), flags=flags)
    return database


def _hyperscan(database: Any, regexes: int) -> Scan:
    scratch = hyperscan().Scratch(database)
    one_at_a_time = threading.Lock()  # the scratch is one scan's; hyperscan holds the interpreter lock anyway

    def scan(data: bytes) -> list[tuple[int, int]]:
        found: list[tuple[int, int]] = []
        done = [0] * regexes  # up to where each regex needs no further candidate: the end of the line of its last one

        def on_match(index: int, _start: int, end: int, _flags: int, _context: object) -> None:
            if end > done[index]:
                found.append((index, end - 1))
                done[index] = data.find(b"\n", end - 1) + 1 or len(data)

        with one_at_a_time:
            database.scan(data, match_event_handler=on_match, scratch=scratch)
        return found

    return scan


def _one_by_one(loose: Mapping[int, str]) -> Scan:
    import regex

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
