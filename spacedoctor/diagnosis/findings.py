"""Put a judgement into the words and values of a diagnosis; whatever leaves here has been redacted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from spacedoctor import __version__
from spacedoctor.catalogue import Catalogue
from spacedoctor.catalogue.entry import Stage
from spacedoctor.catalogue.placeholders import UnfilledError, fill
from spacedoctor.diagnosis import space
from spacedoctor.diagnosis.advise import ANY_SPACE, advise
from spacedoctor.diagnosis.course import stretches
from spacedoctor.diagnosis.judge import Candidate, Judgement, decisive_section, judge
from spacedoctor.diagnosis.masking import Mask, learn, masked, masked_facts, masked_judgement
from spacedoctor.diagnosis.model import Confidence, Diagnosis, Evidence, Finding, Leak, LogSummary, Role, Skipped, Unrecognised
from spacedoctor.diagnosis.shown import shown
from spacedoctor.facts import Facts, Listening
from spacedoctor.facts.sharpen import sharpen
from spacedoctor.match.sections import LogRecord, Section

PORT = re.compile(r"\d{1,5}", re.ASCII)
SHOWN_ERRORS = 12
SHOWN_SIGNS = 4


def diagnosis_of(
    records: Sequence[LogRecord], skipped: Iterable[Skipped], facts: Facts, catalogue: Catalogue, mask: Mask
) -> Diagnosis:
    """Judge what was found in the logs, and return the diagnosis; `mask` takes the secrets out of every text of the logs."""
    facts = _with_logs(facts, records)
    judgement = judge(records, facts, catalogue)
    learn(judgement, facts, mask)
    facts, judgement = masked_facts(facts, mask), masked_judgement(judgement, mask)
    findings = tuple(_findings(judgement, facts, catalogue))
    told = masked(tuple(skipped), mask)
    logs = tuple(
        LogSummary(
            record.label,
            _stage(record),
            record.lines,
            record.size,
            record.boots + record.builds,
            masked(tuple(stretches(record)), mask),
        )
        for record in records
    )
    diagnosis = Diagnosis(
        verdict=judgement.verdict,
        findings=findings,
        unrecognised=tuple(_unrecognised(judgement, findings, mask)),
        skipped=told,
        logs=logs,
        catalogue_version=catalogue.version,
        catalogue_entries=len(catalogue),
        tool_version=__version__,
        space=space.described(facts),
        signs=tuple(_signs(judgement, mask)) if judgement.verdict == "healthy" else (),
        leaks=tuple(_leaks(records)),
        says=tuple(space.says(facts, findings, logs, told)),
        letters=tuple(space.letters(facts, judgement.verdict, findings)),
    )
    return shown(diagnosis)


def _with_logs(facts: Facts, records: Sequence[LogRecord]) -> Facts:
    """Add what the logs tell of the Space: the commit in the build's banner (the Hub's word counts more), where the app listens."""
    commits = [section.started["commit"] for record in records for section in record.sections if "commit" in section.started]
    run = [record for record in records if _stage(record) != "build" and not record.is_message]
    return replace(
        facts,
        deployed_commit=facts.deployed_commit or (commits[-1] if commits else None),
        listening=tuple(one for record in run for one in _listening(record)),
        log_lines={record.stage: record.lines for record in records if record.stage and not record.is_message},
    )


def _listening(record: LogRecord) -> Iterator[Listening]:
    section = decisive_section(record)
    marks = [*section.marks.get("ready", []), *section.marks.get("progress", [])] if section else []
    for mark in sorted(marks, key=lambda one: one.line):
        if PORT.fullmatch(mark.captures.get("port", "")):
            yield Listening(mark.captures.get("host"), int(mark.captures["port"]), mark.line, mark.text, record.label)


def _stage(record: LogRecord) -> Stage | None:
    stages = {stage for section in record.sections if (stage := section.guessed_stage())}
    return record.stage or (stages.pop() if len(stages) == 1 else None)


def _findings(judgement: Judgement, facts: Facts, catalogue: Catalogue) -> Iterator[Finding]:
    explained: dict[str, list[str]] = {}
    for one, by in judgement.consequences:
        explained.setdefault(by, []).append(one.entry.id)
    sure = len({one.weight for one in judgement.causes}) == 1 or len(judgement.causes) == 1
    for place, one in enumerate(judgement.causes):
        confidence = _confidence(one, first=place == 0, sure=sure)
        yield _finding(one, "cause", confidence, explained.get(one.entry.id, []), facts, catalogue)
    for one, _ in judgement.consequences:
        yield _finding(one, "consequence", "likely", explained.get(one.entry.id, []), facts, catalogue)
    for one in judgement.warnings:
        yield _finding(one, "warning", "guess", [], facts, catalogue)


def _confidence(one: Candidate, *, first: bool, sure: bool) -> Confidence:
    if one.weight in ("fallback", "terminal-fallback"):
        return "guess"
    if first and (one.weight in ("state", "terminal", "fatal") or sure):
        return "sure"
    return "likely"


def _finding(
    one: Candidate, role: Role, confidence: Confidence, explains: Sequence[str], facts: Facts, catalogue: Catalogue
) -> Finding:
    entry = one.entry
    record, section = one.record, one.section
    more, notes = sharpen(entry.area, one.captures, facts)
    captures = {**one.captures, **more}
    return Finding(
        id=entry.id,
        title=entry.title,
        area=entry.area,
        stage=(section.guessed_stage() if section else None) or entry.stages[0],
        role=role,
        confidence=confidence,
        blame=entry.blame,
        cause=" ".join([_words(entry.cause, {"space": facts.space or ANY_SPACE, **facts.values, **captures}), *notes]),
        captures=dict(sorted(captures.items())),
        count=one.hits.count if one.hits else 1,
        first_line=one.hits.first_line if one.hits else 0,
        last_line=one.hits.last_line if one.hits else 0,
        boot=_boot(record, section),
        evidence=tuple(_evidence(one, facts)),
        explains=tuple(explains),
        remedies=advise(entry, one.found_by, captures, facts),
        references=tuple(reference.url for reference in entry.references),
        found_by=one.found_by,
        origin=catalogue.origins[entry.id],
    )


def _boot(record: LogRecord | None, section: Section | None) -> int:
    if record is None or section is None or section.stage != "run":
        return 0
    later = sum(1 for other in record.sections if other.stage == "run" and other.first_line > section.first_line)
    return record.boots - later


def _words(text: str, values: Mapping[str, str]) -> str:
    try:
        return " ".join(fill(text, values).split())
    except UnfilledError as missing:
        return _words(text, {**values, missing.args[0]: missing.args[0].replace("_", " ")})


def _evidence(one: Candidate, facts: Facts) -> Iterator[Evidence]:
    if one.told is not None:
        yield from (
            Evidence(f"{facts.space or 'the Space'} state", 0, f"{name}: {value}", hit=True) for name, value in one.told.shows
        )
        yield from (Evidence(line.log, line.line, line.text, hit=True) for line in one.told.lines)
    if one.hit is None or one.record is None:
        return
    for line in one.hit.evidence:
        yield Evidence(one.record.label, line.number, line.text, line.hit, line.timestamp)


def _unrecognised(judgement: Judgement, findings: Sequence[Finding], mask: Mask) -> Iterator[Unrecognised]:
    shown = {(line.source, line.line) for finding in findings for line in finding.evidence}
    if judgement.verdict in ("healthy", "empty"):
        return
    left = SHOWN_ERRORS
    for record, section in judgement.sections:
        for text, (line, count) in section.errors.items():
            if left and (record.label, line) not in shown:
                left -= 1
                yield Unrecognised(mask(text), count, line, record.label)


def _leaks(records: Sequence[LogRecord]) -> Iterator[Leak]:
    """Yield the first of each kind of token that a log shows: whoever can read the log has it."""
    told: set[str] = set()
    for record in records:
        for mark in (mark for section in record.sections for mark in section.marks.get("leak", [])):
            kind = mark.mark.framework or "token"
            if kind not in told:
                told.add(kind)
                yield Leak(kind, record.label, mark.line)


def _signs(judgement: Judgement, mask: Mask) -> Iterator[Evidence]:
    for record, section in judgement.sections:
        marks = [mark for kind in ("ready", "built") for mark in section.marks.get(kind, [])]
        for mark in sorted(marks, key=lambda one: one.line)[-SHOWN_SIGNS:]:
            yield Evidence(record.label, mark.line, mask(mark.text), hit=True)
