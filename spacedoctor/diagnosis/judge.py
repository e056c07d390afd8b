"""Weigh what was found: which hits are causes, which only follow from them, which are over, and what all of it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from spacedoctor.catalogue import Catalogue
from spacedoctor.catalogue.entry import Entry, Stage
from spacedoctor.diagnosis.life import Life, page_header
from spacedoctor.diagnosis.model import Verdict
from spacedoctor.facts import Facts
from spacedoctor.facts.checks import CHECKS, Told
from spacedoctor.facts.model import AT_REST, SERVING, UNDER_WAY
from spacedoctor.match.sections import EntryHits, Hit, LogRecord, Section

BUILT = frozenset({"RUNNING", "RUNTIME_ERROR", "APP_STARTING", "RUNNING_APP_STARTING", "PAUSED", "SLEEPING"})
OVER = {"build": ("RUNNING",), "run": ("BUILDING",)}  # stages that say: what this log tells has been left behind
SEVERITIES = ("fatal", "error", "fallback", "warning")
CAUSE_ORDER = ("state", "terminal", "fatal", "terminal-fallback", "error", "fallback")


@dataclass(frozen=True, slots=True)
class Candidate:
    """An entry that was found, with the hit that decides, and what it counts for.

    Attributes:
        record: the log, None where the Space's state tells it.
        weight: one of CAUSE_ORDER, or `warning` where it is no cause.
        told: what the facts say, where they tell it.
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
    told: Told | None = None


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
        candidates += _candidates(record, section, facts)
    candidates.sort(key=lambda one: _order(one, facts))
    warnings = sorted((one for one in candidates if one.weight == "warning"), key=_survived_order)
    causes, consequences = _fold([one for one in candidates if one.weight != "warning"], catalogue)
    verdict = _verdict(causes, records, judged, facts)
    return Judgement(verdict, tuple(causes), tuple(consequences), tuple(_once(warnings, causes)), tuple(judged))


def decisive_section(record: LogRecord) -> Section | None:
    """Return the last section that tells anything: a boot that has only just begun does not hide how the one before it ended."""
    for section in reversed(record.sections):
        told = any(hit.scope == "boot" for hits in section.entries.values() for hit in hits.hits)
        if told or section.errors or section.last("ready", "built", "request-failed", "exit"):
            return section
    return record.sections[-1] if record.sections else None


def _order(one: Candidate, facts: Facts) -> tuple[bool, int, bool, int, bool]:
    stage = one.section.guessed_stage() if one.section else None
    is_message = one.record is not None and one.record.is_message
    aside = one.weight != "warning" and not is_message and _of_another_container(one, stage, facts)
    return aside, _place(one.weight), is_message, one.line, stage is not None and stage not in one.entry.stages


def _of_another_container(one: Candidate, stage: Stage | None, facts: Facts) -> bool:
    """A failed build leaves the run log of the old container; where the Space was built, the build log tells of nothing that failed."""
    if one.section is None:
        return _is_fallback(one)
    return stage == "build" if facts.stage in BUILT else stage != "build"


def _survived_order(one: Candidate) -> tuple[int, int]:
    """What was survived before what is only a remark, and the latest first."""
    severity = one.hit.severity if one.hit else one.entry.severity
    return SEVERITIES.index(severity), -(one.hits.last_line if one.hits else 0)


def _place(weight: str) -> int:
    return CAUSE_ORDER.index(weight) if weight in CAUSE_ORDER else len(CAUSE_ORDER)


def _by_facts(facts: Facts, catalogue: Catalogue) -> Iterator[Candidate]:
    for entry in catalogue.by_facts:
        for rule in entry.facts:
            told = None
            if rule.stage and facts.stage in rule.stage:
                told = Told({}, (("stage", facts.stage or ""),))
            elif rule.check is not None and rule.check in CHECKS:
                told = CHECKS[rule.check](facts)
            if told is not None:
                severity = rule.severity or entry.severity
                yield Candidate(entry, rule.id, told.captures, "state" if severity == "fatal" else severity, 0, told=told)
                break


def _candidates(record: LogRecord, section: Section, facts: Facts) -> Iterator[Candidate]:
    life = Life.of(record, section)
    over = _is_over(record, section, facts)
    for one in dict.fromkeys((page_header(record) or section, section)):
        for hits in one.entries.values():
            valid = [
                hit for hit in hits.hits if _enough(hit, hits, record) and (one is section or hit.line in life.platform_lines)
            ]
            weighed = [(life.weight(hit, hits), hit) for hit in valid]
            if weighed:
                weight, hit = min(weighed, key=lambda pair: (_place(pair[0]), pair[1].line))
                weight = "warning" if over else weight
                yield Candidate(hits.entry, hit.pattern, hit.captures, weight, hit.line, record, section, hits, hit)


def _is_over(record: LogRecord, section: Section, facts: Facts) -> bool:
    return facts.stage in OVER.get(section.guessed_stage() or "run", ()) and not record.is_message


def _enough(hit: Hit, hits: EntryHits, record: LogRecord) -> bool:
    pattern = next(one for one in hits.entry.patterns if one.id == hit.pattern)
    if pattern.scope == "boots":
        return record.seen_in[hits.entry.id, pattern.id] >= pattern.at_least
    return hits.per_pattern[pattern.id] >= pattern.at_least


def _fold(candidates: list[Candidate], catalogue: Catalogue) -> tuple[list[Candidate], list[tuple[Candidate, str]]]:
    """Part causes from what the others explain; with a specific cause at the head every fallback only follows from it.

    A fallback is explained only by what weighs as much: what ended the app is no consequence of what it survived.
    """
    explained = {one.entry.id: _explained(one.entry, catalogue) for one in candidates}
    causes: list[Candidate] = []
    consequences: list[tuple[Candidate, str]] = []
    for one in candidates:
        others = [other for other in candidates if not _is_fallback(one) or _place(other.weight) <= _place(one.weight)]
        by = next((other.entry.id for other in others if one.entry.id in explained[other.entry.id]), None)
        if by is None and causes and _is_fallback(one):
            by = causes[0].entry.id
        if any(one.entry.id == other.entry.id for other in (*causes, *(folded for folded, _ in consequences))):
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


def _verdict(
    causes: Sequence[Candidate], records: Sequence[LogRecord], judged: Sequence[tuple[LogRecord, Section]], facts: Facts
) -> Verdict:
    if causes:
        return "failing"
    if facts.failed:
        return "unknown"
    if all(record.blank for record in records):
        return "empty" if facts.stage is None else "healthy" if facts.stage in SERVING | UNDER_WAY | AT_REST else "unknown"
    current = [(record, section) for record, section in judged if not _is_over(record, section, facts)]
    return "unknown" if any(Life.of(record, section).unexplained for record, section in current) else "healthy"
