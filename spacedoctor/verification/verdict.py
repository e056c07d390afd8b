"""From what was seen to a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from spacedoctor.diagnosis.model import Diagnosis, Finding
from spacedoctor.verification.model import CheckResult, Sign, Treated, Verdict
from spacedoctor.verification.wait import Look

TELLS_APART = frozenset(
    {"module", "package", "variable", "file", "table", "column", "constraint", "repo", "attribute", "name", "exception"}
)
DATA_IS_LOST = "database-resets"


def verdict(
    treated: Treated | None,
    diagnosis: Diagnosis,
    signs: Sequence[Sign],
    checks: Iterable[CheckResult],
    *,
    settled: bool,
    known: bool,
    kept: bool | None = True,
) -> Verdict:
    """Return the verdict of the whole.

    Args:
        treated: the failure that was to be mended.
        diagnosis: the diagnosis of what runs now.
        signs: marks of a good start, seen or not.
        checks: what came of the requests.
        settled: whether what runs now is new, and neither a build nor a start is under way.
        known: whether the log of what runs now could be read, and the app could be asked.
        kept: whether data outlives a restart, None where that cannot be told.
    """
    if not settled:
        return "unfinished"
    if treated is not None and still_there(treated, diagnosis):
        return "same-failure"
    if diagnosis.verdict == "failing" or not all(check.passed for check in checks):
        return "other-failure"
    if kept is False:
        return "same-failure" if treated and treated.id == DATA_IS_LOST else "other-failure"
    if kept is None or diagnosis.verdict != "healthy" or not known or (signs and not any(sign.line for sign in signs)):
        return "unknown"
    return "fixed"


def still_there(treated: Treated, diagnosis: Diagnosis) -> bool:
    """Return whether the treated failure is among the causes; one that no entry knows is known by its line."""
    if treated.id is None:
        return diagnosis.verdict == "unknown" and any(
            one.text[: len(treated.title)] == treated.title for one in diagnosis.unrecognised
        )
    return any(is_same(treated, finding) for finding in diagnosis.causes)


def is_same(treated: Treated, finding: Finding) -> bool:
    """Return whether a finding is the treated failure: by its id, and by what tells two failures of one kind apart, such as the module."""
    if treated.id != finding.id:
        return False
    captures = dict(treated.captures)
    told = captures.keys() & finding.captures.keys() & TELLS_APART
    return all(captures[name] == finding.captures[name] for name in told)


def doubts(look: Look, signs: Iterable[Sign], why: str, note: str) -> Iterator[str]:
    """Yield what keeps the verdict from being better, or is to be known about it."""
    if why:
        yield f"Not settled: {why}."
    if look.is_new is False:
        yield "Nothing was built or started since the report: the container is the one that failed."
    if not look.readable:
        yield "The log of what runs could not be read."
    for sign in signs:
        if sign.line is None:
            yield f"The log does not show {sign.id}, such as: {sign.example}"
    if note:
        yield f"{note[0].upper()}{note[1:]}."
