"""Marks of a good start: those that the entry of the treated failure asks for, and those of the frameworks that the log shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from spacedoctor.catalogue import Catalogue
from spacedoctor.diagnosis.model import Evidence
from spacedoctor.match.events import MarkEvent
from spacedoctor.match.sections import LogRecord
from spacedoctor.verification.model import Sign, Treated

SHOWS_LIFE = ("progress", "ready")
GOOD = ("migrated", "ready")
OF_NO_FRAMEWORK = ("any", "spaces", None)


def frameworks(records: Iterable[LogRecord]) -> frozenset[str]:
    """Return the frameworks whose signs of life the run log's last boot shows, such as uvicorn or gradio."""
    return frozenset(
        mark.mark.framework or ""
        for _, mark in _marks(records)
        if mark.mark.kind in SHOWS_LIFE and mark.mark.framework not in OF_NO_FRAMEWORK
    )


def signs(records: Iterable[LogRecord], treated: Treated | None, catalogue: Catalogue, mask: Callable[[str], str]) -> list[Sign]:
    """Return the marks that ought to be there, with the line of the last boot that shows each, in the order of the log; missing ones last."""
    records = list(records)
    seen: dict[str, Evidence] = {}
    for source, mark in _marks(records):
        seen.setdefault(mark.mark.id, Evidence(source, mark.line, mask(mark.text), hit=True))
    examples = {mark.id: mark.samples[0] if mark.samples else mark.id for mark in catalogue.marks}
    entry = catalogue.get(treated.id or "") if treated else None
    wanted = dict.fromkeys([*(entry.success if entry else ()), *_of_frameworks(records, seen, catalogue)])
    found = [Sign(name, examples.get(name, name), seen.get(name)) for name in wanted]
    return sorted(found, key=lambda sign: sign.line.line if sign.line else float("inf"))


def _of_frameworks(records: Iterable[LogRecord], seen: Iterable[str], catalogue: Catalogue) -> Iterator[str]:
    """Yield every good mark that was seen; of a framework that shows life and is not ready, its first mark of readiness."""
    good = [mark for mark in catalogue.marks if mark.kind in GOOD]
    yield from (mark.id for mark in good if mark.id in seen)
    for framework in sorted(frameworks(records)):
        ready = [mark.id for mark in good if mark.kind == "ready" and mark.framework == framework]
        if ready and not any(name in seen for name in ready):
            yield ready[0]


def _marks(records: Iterable[LogRecord]) -> Iterator[tuple[str, MarkEvent]]:
    for record in records:
        section = record.sections[-1] if record.sections else None
        if section and section.guessed_stage() != "build":
            for kind in (*SHOWS_LIFE, *GOOD[:1]):
                yield from ((record.label, mark) for mark in section.marks.get(kind, []))
