"""Words that all reports share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spacedoctor.diagnosis.model import Diagnosis, Finding, Leak, LogSummary, Skipped, Stretch

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
        return _nothing_wrong(diagnosis)
    if diagnosis.verdict == "empty":
        return "There was nothing to read"
    if diagnosis.space and not diagnosis.unrecognised:
        return f"The Space has failed ({diagnosis.space['stage']}), and nothing that could be read says why"
    return "The log shows a failure that no entry of the catalogue knows"


def _nothing_wrong(diagnosis: Diagnosis) -> str:
    stage = (diagnosis.space or {}).get("stage")
    more = {
        "SLEEPING": ": the Space sleeps, a visit wakes it", "BUILDING": ": a build is under way",
        "RUNNING_BUILDING": ": it runs, and a build is under way", "APP_STARTING": ": the app is starting",
        "RUNNING_APP_STARTING": ": it runs, and the new version is starting", "DELETING": ": it is being deleted",
    }  # fmt: skip
    return f"Nothing wrong was found{more.get(str(stage), '')}"


def skipped_together(skipped: Sequence[Skipped]) -> Mapping[str, list[str]]:
    """Return the reasons with all the sources that have them."""
    together: dict[str, list[str]] = {}
    for one in skipped:
        together.setdefault(one.reason, []).append(one.source)
    return together


def place(finding: Finding) -> str:
    """Return the id of a finding and where it was seen."""
    return f"{finding.id}, line {finding.first_line}" if finding.first_line else finding.id


VERDICT = {"failing": "It fails", "healthy": "It looks well", "unknown": "Not known", "empty": "Nothing to read"}
OUTCOME = {"serves": "serves", "failed": "failed", "open": "no end seen"}


def stretch(part: Stretch) -> str:
    """Return a boot or build in a few words."""
    name = part.kind if part.kind == "log" else f"{part.kind} {part.number}"
    return f"{name}: {OUTCOME[part.outcome]}{f', {part.started}' if part.started else ''}"


@dataclass(frozen=True, slots=True)
class Tick:
    """A finding along a log: at `line`, `percent` of the way through a boot or build."""

    finding: Finding
    line: int
    percent: float


def ticks(diagnosis: Diagnosis, log: LogSummary, part: Stretch) -> Iterator[Tick]:
    """Yield the findings whose hit stands in this part of the log."""
    length = max(part.last_line - part.first_line, 1)
    for finding in diagnosis.findings:
        hit = next((line for line in finding.evidence if line.hit and line.source == log.source), None)
        if hit and part.first_line <= hit.line <= part.last_line:
            yield Tick(finding, hit.line, 2 + 96 * (hit.line - part.first_line) / length)


def space_rows(space: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the facts of a Space that are known, as names and words."""
    for name, value in space.items():
        if value in (None, [], {}, ""):
            continue
        if name == "front_matter":
            yield from ((f"README: {key}", str(one)) for key, one in value.items())
        elif name == "commits":
            yield name, "; ".join(f"{one['id'][:8]} {one['title']}{' (runs)' if one['deployed'] else ''}" for one in value)
        elif name == "volumes":
            yield name, "; ".join(f"{one['source']} at {one['path']}" for one in value)
        else:
            yield name.replace("_", " "), ", ".join(map(str, value)) if isinstance(value, list) else str(value)


REVOKE = {
    "Hugging Face": "https://huggingface.co/settings/tokens",
    "GitHub": "https://github.com/settings/tokens",
    "GitLab": "https://gitlab.com/-/user_settings/personal_access_tokens",
    "OpenAI": "https://platform.openai.com/api-keys",
    "Anthropic": "https://console.anthropic.com/settings/keys",
    "Google": "https://console.cloud.google.com/apis/credentials",
    "AWS": "https://console.aws.amazon.com/iam/home#/security_credentials",
    "Slack": "https://api.slack.com/apps",
    "Stripe": "https://dashboard.stripe.com/apikeys",
    "Telegram": "https://t.me/BotFather",
}


def revoke(leak: Leak) -> str:
    """Return what to do about a token that a log shows."""
    page = REVOKE.get(leak.kind)
    where = f" at {page}" if page else ""
    return f"Revoke the {leak.kind} token first: {leak.source} shows it in line {leak.line}. Do that{where}, then set a new one as a secret."


def facts_line(finding: Finding) -> str:
    """Return what kind of finding it is, in a line."""
    times = f" · seen {finding.count} times" if finding.count > 1 else ""
    boot = f" · boot {finding.boot}" if finding.boot > 1 else ""
    return (
        f"{finding.id} · {finding.stage} · {BLAME[finding.blame]} has to change · {CONFIDENCE[finding.confidence]}{times}{boot}"
    )
