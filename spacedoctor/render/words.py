"""Words that all reports share."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from spacedoctor import resources
from spacedoctor.diagnosis.model import Advice, Diagnosis, Evidence, Finding, Leak, LogSummary, Skipped, Stretch

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


ADDRESS = re.compile(
    r"https?://[\w.-]+(?::\d+)?(?:/[\w.~!$&'()*+,;=:@%/-]*)?(?:\?[\w.~!$&'()*+,;=:@%/?-]*)?(?:#[\w.~!$&'()*+,;=:@%/?-]*)?"
)


def read_more(finding: Finding) -> tuple[str, ...]:
    """Return the addresses to link to: the entry's page, if it is one of ours, and its references. They come from the catalogue alone."""
    ours = finding.origin == str(resources.folder("patterns"))
    return (*([f"{PAGES}{finding.id}.md"] if ours else []), *addresses(finding.references))


def addresses(references: Sequence[str]) -> tuple[str, ...]:
    """Return those that are addresses of pages and nothing else: a catalogue may be a stranger's."""
    return tuple(one for one in references if ADDRESS.fullmatch(one))


def further(advice: Advice, finding: Finding) -> tuple[str, ...]:
    """Return the addresses of a remedy that its finding does not name."""
    return tuple(one for one in addresses(advice.references) if one not in finding.references)


def seen_at(lines: Sequence[Evidence]) -> str:
    """Return where lines of evidence stand and when they were written, as far as that is told: source, line of the hit, time."""
    hit = next((line for line in lines if line.hit), lines[0])
    return ", ".join(part for part in (hit.source, f"line {hit.line}" if hit.line else "", hit.timestamp or "") if part)


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


def courses(diagnosis: Diagnosis) -> tuple[LogSummary, ...]:
    """Return the logs with more than one boot or build: there it counts which of them is judged."""
    return tuple(log for log in diagnosis.logs if len(log.stretches) > 1)


def lines_of(part: Stretch) -> str:
    """Return the lines that a boot or build takes."""
    return f"lines {part.first_line} to {part.last_line}"


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


SHOWN_SETTINGS, LONGEST_FACT = 20, 600
SPACE_ROWS = {
    "page": "Page", "address": "Served at", "stage": "Stage", "error_message": "The platform says", "sdk": "SDK", "app_port": "Port",
    "hardware": "Hardware", "requested_hardware": "Hardware asked for", "replicas": "Containers asked for", "storage": "Old storage",
    "volumes": "Volumes", "sleep_time": "Sleeps after (seconds)", "private": "Private", "disabled": "Switched off by the Hub",
    "owner": "Seen as its owner", "deployed_commit": "Commit that was built", "head_commit": "Head of the repository",
    "commits": "Newest commits", "files": "Files", "variables": "Variables", "secrets": "Secrets (names)", "front_matter": "README",
    "asked_at": "Looked at", "request_ids": "Request ids",
}  # fmt: skip


def space_rows(space: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the facts of a Space that are known, as names and words; of what is very long the beginning."""
    for name, label in SPACE_ROWS.items():
        value = space.get(name)
        if value in (None, [], {}, ""):
            continue
        if name == "front_matter":
            settings = list(value.items())
            yield from ((f"README: {key}", _in_words(one)) for key, one in settings[:SHOWN_SETTINGS])
            if settings[SHOWN_SETTINGS:]:
                yield "README", f"{len(settings) - SHOWN_SETTINGS} more settings"
        elif name == "commits":
            yield (
                label,
                _in_words([f"{one['id'][:8]} {one['title']}{' (runs)' if one['deployed'] else ''}" for one in value], "; "),
            )
        elif name == "volumes":
            yield label, _in_words([f"{one['source']} at {one['path']}{', read only' * one['read_only']}" for one in value], "; ")
        else:
            yield label, _in_words(value)


def _in_words(value: Any, between: str = ", ") -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = between.join(map(_in_words, value)) if isinstance(value, list) else str(value)
    return text if len(text) <= LONGEST_FACT else f"{text[:LONGEST_FACT]} ..."


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
    return f"Revoke the {leak.kind} token first: {leak.source} shows it in line {leak.line}. Then set a new one as a secret."


def revoke_page(leak: Leak) -> str | None:
    """Return the address of the page on which a token of this kind is revoked."""
    return REVOKE.get(leak.kind)


def facts_line(finding: Finding) -> str:
    """Return what kind of finding it is, in a line."""
    times = f" · seen {finding.count} times" if finding.count > 1 else ""
    boot = f" · boot {finding.boot}" if finding.boot > 1 else ""
    return (
        f"{finding.id} · {finding.stage} · {BLAME[finding.blame]} has to change · {CONFIDENCE[finding.confidence]}{times}{boot}"
    )
