"""The course of a log: its boots and builds one by one, and what became of each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from spacedoctor.diagnosis.life import Life
from spacedoctor.diagnosis.model import Stretch
from spacedoctor.match.sections import LogRecord, Section


def stretches(record: LogRecord) -> Iterator[Stretch]:
    """Yield the boots and builds of a log in order; where there are very many, the first and the last ones."""
    if record.is_message:
        return
    banners = [section for section in record.sections if section.started]
    left_out = record.boots + record.builds - len(banners)
    number = 0
    for place, section in enumerate(record.sections):
        if section.started:
            number += 1 + (left_out if number == len(record.sections) // 2 else 0)
        following = record.sections[place + 1].first_line - 1 if place + 1 < len(record.sections) else record.lines
        yield Stretch(
            kind=_kind(section),
            number=max(number, 1),
            started=section.started.get("time"),
            first_line=section.first_line if section.started else 1,
            last_line=max(following, section.first_line),
            outcome=_outcome(record, section),
        )


def _kind(section: Section) -> Literal["boot", "build", "log"]:
    if not section.started:
        return "log"
    return "build" if section.stage == "build" else "boot"


def _outcome(record: LogRecord, section: Section) -> Literal["serves", "failed", "open"]:
    life = Life.of(record, section)
    if life.ends or life.platform_lines or life.terminal:
        return "failed"
    if life.serving_since:
        return "serves"
    hits = [life.weight(hit, found) for found in section.entries.values() for hit in found.hits]
    return "failed" if any(weight != "warning" for weight in hits) else "open"
