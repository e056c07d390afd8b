"""Checks that diagnose the samples and the stored logs with the whole catalogue."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from spacedoctor.api import diagnose
from spacedoctor.catalogue.entry import Entry, Hit, Miss
from spacedoctor.diagnosis.model import Diagnosis
from spacedoctor.lint.model import Context, Issue
from spacedoctor.log.clean import content
from spacedoctor.redact import secrets_in

Check = Callable[[Context, set[str] | None], Iterator[Issue]]
LEAST_HITS, LEAST_MISSES = 2, 1


def enough_samples(context: Context, only: set[str] | None) -> Iterator[Issue]:
    """At least two hits and a miss, each with a source; reproduced ones name versions and script."""
    for entry in context.chosen(only):
        if not entry.patterns:
            continue
        if len(entry.samples.hit) < LEAST_HITS:
            yield context.issue("samples", entry, ("samples", "hit"), f"fewer than {LEAST_HITS} hits")
        if len(entry.samples.miss) < LEAST_MISSES:
            yield context.issue("samples", entry, ("samples", "miss"), "no look-alike that must be left alone")
        if len({_shape(hit.log) for hit in entry.samples.hit}) < min(LEAST_HITS, len(entry.samples.hit)):
            yield context.issue("samples", entry, ("samples", "hit"), "the hits are all of one wording")
        for where, sample in _all_samples(entry):
            if reason := _source_fault(sample):
                yield context.issue("sample-source", entry, where, reason)


def _all_samples(entry: Entry) -> Iterator[tuple[tuple[str, str, int], Hit | Miss]]:
    yield from ((("samples", "hit", index), hit) for index, hit in enumerate(entry.samples.hit))
    yield from ((("samples", "miss", index), miss) for index, miss in enumerate(entry.samples.miss))


def _shape(log: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\d+", "0", log)).strip()


def _source_fault(sample: Hit | Miss) -> str | None:
    if sample.source == "reproduced":
        return None if sample.versions and sample.script else "a reproduced sample names its versions and its script"
    if sample.source == "made":
        return "a hit is not made up" if isinstance(sample, Hit) else None
    return None if sample.source.startswith("https://") else f"no source: {sample.source!r}"


def no_secrets(context: Context, only: set[str] | None) -> Iterator[Issue]:
    """Samples hold no secrets."""
    for entry in context.chosen(only):
        for where, sample in _all_samples(entry):
            if secrets_in(sample.log):
                yield context.issue("no-secret", entry, where, "holds what looks like a secret")


def hits(context: Context, only: set[str] | None) -> Iterator[Issue]:
    """Each hit is found by the pattern that it names, with its captures; the entry comes first; a remedy is left; none loses data at rank 1."""
    for entry in context.chosen(only):
        proved = set(_proved_by_logs(context, entry))
        for index, hit in enumerate(entry.samples.hit):
            where = ("samples", "hit", index)
            diagnosis = diagnose(hit.log if "\n" in hit.log else hit.log + "\n", catalogue=context.catalogue)
            proved.add(hit.pattern)
            for check, reason in _hit_faults(entry, hit, diagnosis):
                yield context.issue(check, entry, where, reason)
        for index, pattern in enumerate(entry.patterns):
            if pattern.id not in proved:
                yield context.issue("pattern-proved", entry, ("patterns", index), f"no sample proves pattern {pattern.id}")


def _proved_by_logs(context: Context, entry: Entry) -> Iterator[str]:
    """Yield the patterns that decide on the entry's stored logs: these prove as samples do."""
    for path in sorted((context.logs / entry.id).glob("*.log")) if context.logs else ():
        yield from (one.found_by for one in diagnose(path, catalogue=context.catalogue).causes if one.id == entry.id)


def _hit_faults(entry: Entry, hit: Hit, diagnosis: Diagnosis) -> Iterator[tuple[str, str]]:
    finding = next((one for one in diagnosis.findings if one.id == entry.id), None)
    if finding is None:
        yield "hit-found", f"pattern {hit.pattern} does not find its sample"
        return
    pattern = next((one for one in entry.patterns if one.id == hit.pattern), None)
    if pattern is None:
        yield "pattern-proved", f"no pattern {hit.pattern!r} in this entry"
        return
    warning = (pattern.severity or entry.severity) == "warning"
    first = diagnosis.findings[0].id
    if not warning and first != entry.id:
        yield "hit-wins", f"{first} comes first on this sample"
    if finding.found_by != hit.pattern:
        yield "hit-exact", f"found by pattern {finding.found_by}, not by {hit.pattern}"
        return
    yield from _capture_faults(hit.captures, finding.captures)
    if not warning and not finding.remedies:
        yield "remedy-left", "no remedy is left for it: each lacks a capture or does not apply"
    elif finding.remedies and finding.remedies[0].risk == "data-loss":
        yield "remedy-left", "the first remedy loses data"


def _capture_faults(wanted: Mapping[str, str], got: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in wanted.items():
        if got.get(name) != str(value):
            yield "hit-exact", f"captures {name}={got.get(name)!r}, not {value!r}"


def misses(context: Context, only: set[str] | None) -> Iterator[Issue]:
    """An entry leaves its look-alikes alone: it is no cause there."""
    for entry in context.chosen(only):
        for index, miss in enumerate(entry.samples.miss):
            diagnosis = diagnose(miss.log if "\n" in miss.log else miss.log + "\n", catalogue=context.catalogue)
            if any(one.id == entry.id for one in diagnosis.causes):
                yield context.issue("miss-missed", entry, ("samples", "miss", index), f"fires on its look-alike {miss.id}")


def mark_samples(context: Context, only: set[str] | None) -> Iterator[Issue]:
    """Each mark is found in each of its samples."""
    if only is not None:
        return
    for mark in context.marks:
        if not mark.samples:
            yield Issue("marks", "marks.yaml", 1, f"{mark.id}: no sample")
        for sample in mark.samples:
            if not re.search(mark.regex, content(sample)[0]):
                yield Issue("marks", "marks.yaml", 1, f"{mark.id}: does not match {sample!r}")


def stored_logs(context: Context, only: set[str] | None) -> Iterator[Issue]:
    """Stored logs are judged as their folder says; on a healthy one nothing is a cause."""
    if context.logs is None:
        return
    for path in sorted(context.logs.glob("*/*.log")):
        wanted = path.parent.name
        if only is not None and wanted not in only and wanted != "healthy":
            continue
        diagnosis = diagnose(path, catalogue=context.catalogue)
        got = diagnosis.causes[0].id if diagnosis.causes else diagnosis.verdict
        if got != wanted and (only is None or wanted != "healthy" or got in only):
            yield Issue("stored-log", str(path), 1, f"judged as {got}, not as {wanted}")


CHECKS: tuple[Check, ...] = (enough_samples, no_secrets, hits, misses, mark_samples, stored_logs)
