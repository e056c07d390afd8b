"""What the report says of the Space itself: its facts, who says what (the platform, the build, the app), and letters to whom it concerns.

The facts have been masked when they come here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from spacedoctor import __version__
from spacedoctor.diagnosis.model import Finding, Letter, LogSummary, Says, Skipped, Verdict
from spacedoctor.facts import Facts
from spacedoctor.facts.checks import same_commit
from spacedoctor.facts.model import UNDER_WAY

SUPPORT = "website@huggingface.co"  # https://huggingface.co/spaces/ejschwartz/dirty-ghidra/discussions/3, checked 2026-11-23
SHOWN_COMMITS = 10
LONGEST_SAYING = 300


def described(facts: Facts) -> dict[str, Any] | None:
    """Return the facts as plain data for the report, None where no Space was looked at."""
    if facts.space is None:
        return None
    commits = facts.commits or ()
    return {
        "id": facts.space,
        "page": f"https://huggingface.co/spaces/{facts.space}",
        "address": facts.address,
        "stage": facts.stage,
        "error_message": facts.error_message,
        "hardware": facts.hardware,
        "requested_hardware": facts.requested_hardware,
        "storage": facts.storage,
        "volumes": None
        if facts.volumes is None
        else [{"type": one.type, "source": one.source, "path": one.path, "read_only": one.read_only} for one in facts.volumes],
        "sleep_time": facts.sleep_time,
        "replicas": facts.replicas,
        "sdk": facts.sdk,
        "app_port": facts.app_port,
        "front_matter": dict(facts.front_matter),
        "private": facts.private,
        "disabled": facts.disabled,
        "owner": facts.owner,
        "deployed_commit": facts.deployed_commit,
        "head_commit": facts.head_commit,
        "commits": [
            {
                "id": one.id,
                "title": one.title,
                "date": one.date.isoformat() if one.date else None,
                "deployed": bool(facts.deployed_commit and same_commit(one.id, facts.deployed_commit)),
            }
            for one in commits[:SHOWN_COMMITS]
        ],
        "files": None if facts.files is None else len(facts.files),
        "variables": None if facts.variables is None else list(facts.variables),
        "secrets": None if facts.secrets is None else list(facts.secrets),
        "asked_at": facts.asked_at.isoformat(timespec="seconds") if facts.asked_at else None,
        "request_ids": list(facts.request_ids),
    }


def says(facts: Facts, findings: Sequence[Finding], logs: Sequence[LogSummary], skipped: Sequence[Skipped]) -> Iterator[Says]:
    """Yield what each side says: the Space's settings, the platform, the build, the app. Nothing where no Space was looked at."""
    if facts.space is None:
        return
    yield Says("Space", " · ".join(_settings(facts)))
    yield Says("Platform", _platform(facts))
    if not any(log.stage == "build" or log.source == f"{facts.space} build log" for log in logs):
        yield Says("Build", _unread(f"{facts.space} build log", skipped))
    for log in logs:
        if log.source.endswith(" log"):
            yield Says("Build" if log.stage == "build" else "App", _of_log(log, findings))
    if not any(log.source == f"{facts.space} run log" for log in logs):
        yield Says("App", _unread(f"{facts.space} run log", skipped))


def _settings(facts: Facts) -> Iterator[str]:
    yield facts.space or ""
    if facts.sdk:
        version = facts.front_matter.get("sdk_version")
        yield f"{facts.sdk} {version}" if version else facts.sdk
    wanted = facts.requested_hardware
    if facts.hardware or wanted:
        yield f"{facts.hardware or 'no hardware'}{f' ({wanted} asked for)' if wanted and wanted != facts.hardware else ''}"
    if facts.volumes:
        yield "volumes " + ", ".join(one.path for one in facts.volumes)
    if facts.private:
        yield "private"


def _platform(facts: Facts) -> str:
    stage = facts.stage or "no stage known"
    words = [f"{stage} (under way)" if facts.stage in UNDER_WAY else stage]
    if facts.error_message:
        message = " ".join(facts.error_message.split())
        words.append(f'"{message[:LONGEST_SAYING]}{"..." if len(message) > LONGEST_SAYING else ""}"')
    if facts.deployed_commit:
        words.append(f"runs commit {facts.deployed_commit[:8]}")
    if facts.head_commit and facts.deployed_commit and not same_commit(facts.head_commit, facts.deployed_commit):
        words.append(f"the repository is at {facts.head_commit[:8]}")
    return ", ".join(words)


def _of_log(log: LogSummary, findings: Sequence[Finding]) -> str:
    length = f"{log.lines} line{'' if log.lines == 1 else 's'}"
    if not log.lines:
        return "the log is empty"
    causes = [one.title for one in findings if one.role == "cause" and any(line.source == log.source for line in one.evidence)]
    return f"{length}: {'; '.join(causes)}" if causes else f"{length}, no failure recognised in them"


def _unread(source: str, skipped: Sequence[Skipped]) -> str:
    return next((f"not read: {one.reason}" for one in skipped if one.source == source), "not read")


def letters(facts: Facts, verdict: Verdict, findings: Sequence[Finding]) -> Iterator[Letter]:
    """Yield texts that are ready to be sent: a visitor's note to the owner, the owner's letter to the Hub's support."""
    if facts.space is None or verdict not in ("failing", "unknown"):
        return
    first = next((one for one in findings if one.role == "cause"), None)
    if facts.owner is False:
        title = f"The Space shows {facts.stage}" if facts.stage else "The Space does not work"
        yield Letter("community", f"the Community tab of {facts.space}", title, "\n".join(_to_owner(facts, first)))
    elif first is not None and first.blame == "platform" and any(SUPPORT in step for one in first.remedies for step in one.steps):
        subject = f"Space {facts.space}: {first.title}"
        yield Letter("support", SUPPORT, subject, "\n".join(_to_support(facts, first)))


def _to_owner(facts: Facts, first: Finding | None) -> Iterator[str]:
    yield "Hello! I wanted to use this Space, and it does not work for me at the moment."
    yield ""
    yield f"What the page says: {_platform(facts)}."
    if first is not None:
        yield f"What that most likely means: {first.title}."
        for remedy in first.remedies[:1]:
            yield f"What may help: {remedy.title}."
            yield from (f"- {step}" for step in remedy.steps)
    yield ""
    yield "I can only see what is public; the logs will tell you more. Thank you for sharing the Space!"
    yield f"(looked at {_when(facts)} with spacedoctor {__version__})"


def _to_support(facts: Facts, first: Finding) -> Iterator[str]:
    yield f"My Space {facts.space} does not run, and by its state and logs the cause lies with the platform: {first.title}."
    yield ""
    yield f"- Space: https://huggingface.co/spaces/{facts.space}"
    yield f"- state: {_platform(facts)}"
    yield f"- settings: {' · '.join(_settings(facts))}"
    yield f"- looked at: {_when(facts)}"
    if facts.request_ids:
        yield f"- request ids: {', '.join(facts.request_ids)}"
    for line in first.evidence:
        if line.hit:
            yield f"- {line.source}{f', line {line.line}' if line.line else ''}: {line.text[:LONGEST_SAYING]}"
    yield ""
    yield "Could you have a look? Thank you."


def _when(facts: Facts) -> str:
    return facts.asked_at.strftime("%Y-%m-%d %H:%M UTC") if facts.asked_at else "today"
