"""Does data outlive a restart? By the Space's volumes for a path in the container, or tried out: write, restart, read again."""

from __future__ import annotations

import posixpath
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from spacedoctor.errors import UsageError
from spacedoctor.facts import Facts
from spacedoctor.verification import checks
from spacedoctor.verification.checks import Check
from spacedoctor.verification.model import CheckResult, Persistence

SEPARATOR, MARK = " => ", "{mark}"
OLD_STORAGE = "/data"
HINT = f"""give a path in the container, such as /data, or two requests: 'POST /notes json:{{"text": "{MARK}"}} 201 => GET /notes 200 text:{MARK}'"""


@dataclass(frozen=True, slots=True)
class Trial:
    """A request that writes, and one that reads what was written."""

    write: Check
    read: Check


def parse(text: str) -> Trial | str:
    """Return the two requests, with a word of their own in place of `{mark}`; or the path in the container.

    Raises:
        UsageError: it is neither.
    """
    if text.startswith("/") and SEPARATOR not in text:
        return posixpath.normpath(text)
    parts = text.replace(MARK, f"spacedoctor-{secrets.token_hex(4)}").split(SEPARATOR)
    if len(parts) != 2:
        raise UsageError(f"cannot understand what to look at: {text[:200]!r}", HINT)
    return Trial(checks.parse(parts[0]), checks.parse(parts[1]))


def by_volumes(path: str, facts: Facts) -> Persistence:
    """Return whether what lies at a path in the container is kept, by what is mounted there."""
    mounted = [one for one in facts.volumes or () if one.path and _beneath(path, one.path)]
    if mounted:
        volume = max(mounted, key=lambda one: len(one.path))
        why = f"{volume.path} is the {volume.type} {volume.source}, which outlives the container."
        if volume.read_only:
            return Persistence(path, kept=None, why=f"{why} It is mounted read-only: the app writes nothing there.")
        return Persistence(path, kept=True, why=why)
    if facts.storage and _beneath(path, OLD_STORAGE):
        return Persistence(path, kept=True, why=f"{OLD_STORAGE} is the Space's persistent storage ({facts.storage}).")
    if facts.volumes is None:
        return Persistence(path, kept=None, why="The Hub does not tell which volumes are mounted.")
    return Persistence(
        path, kept=False, why="No volume is mounted there: it lies on the container's own disk, which is new at each start."
    )


def _beneath(path: str, folder: str) -> bool:
    folder = posixpath.normpath(folder)
    return path == folder or path.startswith(f"{folder}/")


def by_trial(trial: Trial, ask: Callable[[Check], CheckResult], restart: Callable[[], str]) -> Persistence:
    """Write, read, restart, read again.

    Args:
        trial: what to write and to read.
        ask: sends a request.
        restart: restarts the Space and returns when the new container runs, with an empty text; else with why it does not.
    """
    what = f"{trial.write.words}, then {trial.read.words}"
    for check in (trial.write, trial.read):
        result = ask(check)
        if not result.passed:
            return Persistence(what, kept=None, why=f"Not tried: before the restart, {result.check}: {result.reason}.")
    problem = restart()
    if problem:
        return Persistence(what, kept=None, why=f"The restart was asked for, but: {problem}.")
    after = ask(trial.read)
    if after.passed:
        return Persistence(what, kept=True, why="What was written before the restart was read after it.")
    if after.status is None or after.status >= 500:
        return Persistence(what, kept=None, why=f"After the restart, {after.check}: {after.reason}.")
    return Persistence(
        what,
        kept=False,
        why=f"What was written before the restart was there until then; after it, {after.check}: {after.reason}.",
    )
