"""Weigh what was found: which hits are causes, which only follow from them, which are over, and what all of it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from spacedoctor.catalogue import Catalogue
from spacedoctor.catalogue.entry import Entry
from spacedoctor.diagnosis.model import Verdict
from spacedoctor.facts import CHECKS, Facts
from spacedoctor.match.sections import EntryHits, Hit, LogRecord, Section

NEAR_END = 40
REQUEST_BEFORE, REQUEST_AFTER = 200, 60
CAUSE_ORDER = ("terminal", "fatal", "terminal-fallback", "error", "fallback")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that was found, with the hit that decides, and what it counts for.

    Attributes:
        record: the log, None where the Space's state tells it.
        weight: one of CAUSE_ORDER, or `warning` where it is no cause.
    """

    entry: Entry
    found_by: str
    captures: Mapping[str, str]
    weight: str
    line: int
    record: LogRecord | None = None
    section: Section | None = None
    hits: EntryHits | None = None
    hit: Hit | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """Causes (the first is to be mended first), what follows from them (by the id that explains it), warnings, and the verdict."""

    verdict: Verdict
    causes: tuple[Candidate, ...]
    consequences: tuple[tuple[Candidate, str], ...]
    warnings: tuple[Candidate, ...]
    sections: tuple[tuple[LogRecord, Section], ...]


def judge(records: Sequence[LogRecord], facts: Facts, catalogue: Catalogue) -> Judgement:
    """Weigh the logs and the facts together."""
    judged = [(record, section) for record in records if (section := decisive_section(record)) is not None]
    candidates = [*_by_facts(facts, catalogue)]
    for record, section in judged:
        candidates += _candidates(record, section)
    candidates.sort(key=_order)
    warnings = [one for one in candidates if one.weight == "warning"]
    causes, consequences = _fold([one for one in candidates if one.weight != "warning"], catalogue)
    verdict = _verdict(causes, records, [section for _, section in judged])
    return Judgement(verdict, tuple(causes), tuple(consequences), tuple(_once(warnings, causes)), tuple(judged))


def decisive_section(record: LogRecord) -> Section | None:
    """Return the last section that tells anything: a boot that has only just begun does not hide how the one before it ended."""
    for section in reversed(record.sections):
        if section.entries or section.errors or section.last("ready", "built", "request-failed", "exit"):
            return section
    return record.sections[-1] if record.sections else None


def served_since(section: Section) -> int:
    """Return the line from which on the app serves (or the build is done), 0 where it never does or has ended since."""
    ready = section.last("ready", "built")
    for mark in section.marks.get("exit", []):
        told_by_page = mark.mark.framework == "spaces"  # the page's heading stands above the log, whatever the log says
        if mark.line >= ready or told_by_page:
            return 0
    return ready


def _order(one: Candidate) -> tuple[int, int, int]:
    weight = CAUSE_ORDER.index(one.weight) if one.weight in CAUSE_ORDER else len(CAUSE_ORDER)
    build_first = 0 if one.section and one.section.guessed_stage() == "build" else 1
    return weight, build_first, one.line


def _by_facts(facts: Facts, catalogue: Catalogue) -> Iterator[Candidate]:
    for entry in catalogue.values():
        for rule in entry.facts:
            captures: Mapping[str, str] | None = None
            if rule.stage and facts.stage in rule.stage:
                captures = {}
            elif rule.check in CHECKS:
                captures = CHECKS[rule.check](facts)
            if captures is not None:
                yield Candidate(entry, rule.id, captures, "fallback" if entry.severity == "fallback" else "fatal", 0)
                break


def _candidates(record: LogRecord, section: Section) -> Iterator[Candidate]:
    served = served_since(section)
    terminal = _terminal_block(record, section, served)
    for hits in section.entries.values():
        valid = [hit for hit in hits.hits if _enough(hit, hits, record)]
        weighed = [(_weight(hit, hits.entry, section, served, terminal, record), hit) for hit in valid]
        if not weighed:
            continue
        order = [*CAUSE_ORDER, "warning"]
        weight, hit = min(weighed, key=lambda pair: (order.index(pair[0]), pair[1].line))
        yield Candidate(hits.entry, hit.pattern, hit.captures, weight, hit.line, record, section, hits, hit)


def _enough(hit: Hit, hits: EntryHits, record: LogRecord) -> bool:
    pattern = next(one for one in hits.entry.patterns if one.id == hit.pattern)
    if pattern.scope == "boots":
        return record.seen_in[hits.entry.id, pattern.id] >= pattern.at_least
    return hits.per_pattern[pattern.id] >= pattern.at_least


def _terminal_block(record: LogRecord, section: Section, served: int) -> tuple[int, int] | None:
    """Return the first and last line of the traceback by which this section ends, if one does."""
    if not section.tracebacks:
        return None
    first, last = section.tracebacks[-1]
    end = record.lines if section is record.sections[-1] else section.last_line
    exits = [mark.line for mark in section.marks.get("exit", []) if mark.line >= first]
    ends_here = end - last <= NEAR_END or any(line - last <= NEAR_END for line in exits)
    return (first, last if last > first else end) if ends_here and first > served else None


def _weight(  # noqa: PLR0913
    hit: Hit, entry: Entry, section: Section, served: int, terminal: tuple[int, int] | None, record: LogRecord
) -> str:
    if hit.severity == "warning" or (served and hit.line < served):
        return "warning"
    fallback = hit.severity == "fallback"
    if served and hit.severity != "fatal" and not _fails_a_request(hit.line, section):
        return "warning"
    if terminal and terminal[0] <= hit.line <= terminal[1] + 1:
        return "terminal-fallback" if fallback else "terminal"
    del record, entry
    return "fallback" if fallback else hit.severity


def _fails_a_request(line: int, section: Section) -> bool:
    marks = section.marks.get("request-failed", [])
    return any(-REQUEST_BEFORE <= mark.line - line <= REQUEST_AFTER for mark in marks)


def _fold(candidates: list[Candidate], catalogue: Catalogue) -> tuple[list[Candidate], list[tuple[Candidate, str]]]:
    """Part causes from what the others explain; with a specific cause at the head every fallback only follows from it."""
    explained = {one.entry.id: _explained(one.entry, catalogue) for one in candidates}
    causes: list[Candidate] = []
    consequences: list[tuple[Candidate, str]] = []
    for one in candidates:
        by = next((other.entry.id for other in candidates if one.entry.id in explained[other.entry.id]), None)
        if by is None and causes and _is_fallback(one):
            by = causes[0].entry.id
        if any(one.entry.id == other.entry.id for other in causes):
            continue
        if by is None:
            causes.append(one)
        else:
            consequences.append((one, by))
    return causes, consequences


def _is_fallback(one: Candidate) -> bool:
    return one.weight in ("fallback", "terminal-fallback")


def _explained(entry: Entry, catalogue: Catalogue) -> set[str]:
    seen: set[str] = set()
    todo = list(entry.explains)
    while todo:
        name = todo.pop()
        if name not in seen:
            seen.add(name)
            todo += catalogue[name].explains if name in catalogue else ()
    return seen


def _once(warnings: Iterable[Candidate], causes: Iterable[Candidate]) -> Iterator[Candidate]:
    seen = {one.entry.id for one in causes}
    for one in warnings:
        if one.entry.id not in seen:
            seen.add(one.entry.id)
            yield one


def _verdict(causes: Sequence[Candidate], records: Sequence[LogRecord], sections: Sequence[Section]) -> Verdict:
    if causes:
        return "failing"
    if all(record.blank for record in records):
        return "empty"
    for section in sections:
        served = served_since(section)
        if (section.errors or section.last("exit")) and not served:
            return "unknown"
        if served and section.last("request-failed") > served and section.errors:
            return "unknown"
    return "healthy"
