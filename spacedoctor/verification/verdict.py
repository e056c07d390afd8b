"""From what was seen to a verdict."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from spacedoctor.diagnosis.model import Diagnosis, Finding
from spacedoctor.verification.model import CheckResult, Sign, Treated, Verdict

TELLS_APART = frozenset(
    {"module", "package", "variable", "file", "table", "column", "constraint", "repo", "attribute", "name", "exception"}
)


def verdict(
    treated: Treated | None,
    diagnosis: Diagnosis,
    signs: Sequence[Sign],
    checks: Iterable[CheckResult],
    *,
    settled: bool,
    readable: bool,
) -> Verdict:
    """Return the verdict of the whole.

    Args:
        treated: the failure that was to be mended.
        diagnosis: the diagnosis of what runs now.
        signs: marks of a good start, seen or not.
        checks: what came of the requests.
        settled: whether what runs now is new, and neither a build nor a start is under way.
        readable: whether the log of what runs now could be read.
    """
    if not settled:
        return "unfinished"
    if treated is not None and still_there(treated, diagnosis) is not None:
        return "same-failure"
    if diagnosis.verdict == "failing" or not all(check.passed for check in checks):
        return "other-failure"
    if diagnosis.verdict != "healthy" or not readable or (signs and not any(sign.line for sign in signs)):
        return "unknown"
    return "fixed"


def still_there(treated: Treated, diagnosis: Diagnosis) -> Finding | None:
    """Return the cause that is the treated failure, None where it is gone."""
    return next((finding for finding in diagnosis.causes if is_same(treated, finding)), None)


def is_same(treated: Treated, finding: Finding) -> bool:
    """Return whether a finding is the treated failure: by its id, and by what tells two failures of one kind apart, such as the module."""
    if treated.id != finding.id:
        return False
    captures = dict(treated.captures)
    told = captures.keys() & finding.captures.keys() & TELLS_APART
    return all(captures[name] == finding.captures[name] for name in told)
