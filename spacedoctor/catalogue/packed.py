"""The catalogue as the cache keeps it: a line of JSON that every run needs, then a line for each entry, read when somebody asks for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Packed:
    """Validated entries and marks.

    Attributes:
        bodies: each entry as JSON, by id.
        marks: each mark as `dataclasses.asdict` made it.
        regexes: what to look for: (kind, entry's or mark's id, index of the pattern); entries first.
        texts: the regexes themselves, in that order.
        by_facts: ids of the entries that the Space's state alone may tell.
    """

    bodies: Mapping[str, bytes]
    marks: Sequence[Mapping[str, Any]]
    regexes: Sequence[tuple[str, str, int]]
    texts: Sequence[str]
    by_facts: Sequence[str]


def pack(entries: Mapping[str, Mapping[str, Any]], marks: Sequence[Mapping[str, Any]]) -> bytes:
    """Return entries (by id) and marks, as plain data, in the form to keep."""
    regexes = [("entry", name, index) for name, entry in entries.items() for index in range(len(entry["patterns"]))]
    texts = [pattern["regex"] for entry in entries.values() for pattern in entry["patterns"]]
    head = {
        "names": list(entries),
        "marks": marks,
        "regexes": [*regexes, *(("mark", mark["id"], index) for index, mark in enumerate(marks))],
        "texts": [*texts, *(mark["regex"] for mark in marks)],
        "by_facts": [name for name, entry in entries.items() if entry["facts"]],
    }
    return b"\n".join(json.dumps(part, separators=(",", ":")).encode() for part in (head, *entries.values()))


def unpack(content: bytes) -> Packed:
    """Return what `pack` packed."""
    first, *bodies = content.split(b"\n")
    head = json.loads(first)
    return Packed(dict(zip(head["names"], bodies, strict=True)), head["marks"], head["regexes"], head["texts"], head["by_facts"])
