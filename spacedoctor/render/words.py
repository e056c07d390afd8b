"""Words that all reports share."""

from __future__ import annotations

from spacedoctor.diagnosis.model import Diagnosis, Finding

BLAME = {
    "code": "your code",
    "dependency": "a dependency",
    "configuration": "your configuration",
    "account": "your account",
    "platform": "the platform",
}
CONFIDENCE = {"sure": "sure", "likely": "likely", "guess": "a guess: no entry knows this failure more closely"}
ROLE = {"consequence": "follows from it", "warning": "seen, but no cause"}
PAGES = "https://github.com/spacedoctor/spacedoctor/blob/main/docs/catalogue/"


def page_of(entry_id: str) -> str:
    """Return the address of an entry's page."""
    return f"{PAGES}{entry_id}.md"


def headline(diagnosis: Diagnosis) -> str:
    """Return the verdict in one sentence."""
    causes = diagnosis.causes
    if diagnosis.verdict == "failing":
        more = f" (and {len(causes) - 1} more)" if len(causes) > 1 else ""
        return f"{causes[0].title}{more}"
    if diagnosis.verdict == "healthy":
        return "Nothing wrong was found"
    if diagnosis.verdict == "empty":
        return "There was nothing to read"
    return "The log shows a failure that no entry of the catalogue knows"


def facts_line(finding: Finding) -> str:
    """Return what kind of finding it is, in a line."""
    times = f" · seen {finding.count} times" if finding.count > 1 else ""
    boot = f" · boot {finding.boot}" if finding.boot > 1 else ""
    return (
        f"{finding.id} · {finding.stage} · {BLAME[finding.blame]} has to change · {CONFIDENCE[finding.confidence]}{times}{boot}"
    )
