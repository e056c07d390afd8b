"""Checks that entries name under `facts`: each says whether the facts show the failure, and what it captures of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from spacedoctor.facts.model import AT_REST, FAILED, SERVING, UNDER_WAY, Commit, Facts, Listening

LOOPBACK = ("127.", "[::1]", "::1")  # "localhost" is often only what a server calls itself
STUCK_AFTER = timedelta(minutes=10)
BANNER_LINES = 2
SHOWN_COMMITS = 5
ENTRY_FILES = {"gradio": "app.py", "docker": "Dockerfile", "static": "index.html"}


@dataclass(frozen=True, slots=True)
class Told:
    """What a check found: captures by name, lines that show it (name of the fact, its value), and lines of the log."""

    captures: Mapping[str, str] = field(default_factory=dict)
    shows: Sequence[tuple[str, str]] = ()
    lines: Sequence[Listening] = ()


Check = Callable[[Facts], Told | None]


def same_commit(one: str, other: str) -> bool:
    """Return whether two hashes, maybe shortened, name the same commit."""
    short = min(len(one), len(other))
    return one[:short].lower() == other[:short].lower()


def commit_behind_head(facts: Facts) -> Told | None:
    """The Space was built from another commit than the repository's head, and no build is under way or has failed."""
    deployed, head = facts.deployed_commit, facts.head_commit
    settled = facts.stage is None or facts.stage not in UNDER_WAY | AT_REST | (FAILED - {"RUNTIME_ERROR"})
    if not deployed or not head or not settled or same_commit(deployed, head):
        return None
    captures = {"deployed": deployed[:12], "head": head[:12]}
    since = _since(facts.commits or (), deployed)
    if since:
        captures["pushed"] = ", ".join(f'"{one.title}"' for one in since[:SHOWN_COMMITS])
        captures["commits"] = f"{len(since)} commit{'s' if len(since) > 1 else ''}"
    if facts.age is not None:
        captures["age"] = duration(facts.age)
    return Told(captures, (("deployed commit", deployed), ("head of the repository", head)))


def _since(commits: Sequence[Commit], deployed: str) -> list[Commit]:
    """Return the commits after the deployed one, the newest first; none where it is not among those known."""
    place = next((number for number, one in enumerate(commits) if same_commit(one.id, deployed)), 0)
    return list(commits[:place])


def duration(length: timedelta) -> str:
    """Return a length of time in words."""
    minutes = int(length.total_seconds() // 60)
    for unit, size in (("day", 1440), ("hour", 60)):
        if minutes >= 2 * size:
            return f"{minutes // size} {unit}s"
    return f"{minutes} minute{'' if minutes == 1 else 's'}"


def build_is_stuck(facts: Facts) -> Told | None:
    """A build is said to be under way, yet its log, which could be read, holds nothing but the banner."""
    if facts.stage not in ("BUILDING", "RUNNING_BUILDING") or facts.log_lines.get("build", BANNER_LINES + 1) > BANNER_LINES:
        return None
    if facts.age is not None and facts.age < STUCK_AFTER:
        return None
    waited = {"waited": duration(facts.age)} if facts.age is not None else {}
    return Told(waited, (("stage", facts.stage), ("lines of the build log", str(facts.log_lines["build"]))))


def nothing_to_read(facts: Facts) -> Told | None:
    """The Space has failed, and neither a message nor the log of what failed says why."""
    if facts.stage not in ("RUNTIME_ERROR", "BUILD_ERROR") or facts.error_message:
        return None
    lines = facts.log_lines.get("build" if facts.stage == "BUILD_ERROR" else "run", 0)
    return (
        None if lines > BANNER_LINES else Told({"stage": facts.stage}, (("stage", facts.stage), ("lines of its log", str(lines))))
    )


def switched_off(facts: Facts) -> Told | None:
    """The Hub has disabled the repository."""
    return Told({}, (("disabled", "true"),)) if facts.disabled else None


def no_app_file(facts: Facts) -> Told | None:
    """The file that the SDK starts is not in the repository."""
    if facts.stage != "NO_APP_FILE":
        return None
    expected = str(facts.front_matter.get("app_file") or ENTRY_FILES.get(facts.sdk or "", "app.py"))
    alike = [one.path for one in facts.files or () if one.path.rsplit("/", 1)[-1].lower() == expected.rsplit("/", 1)[-1].lower()]
    others = [one.path for one in facts.files or () if one.path.endswith(".py") and "/" not in one.path]
    found = ", ".join((alike or others)[:SHOWN_COMMITS])
    return Told({"expected": expected} | ({"found": found} if found else {}), (("stage", facts.stage),))


def listens_elsewhere(facts: Facts) -> Told | None:
    """By the log the app listens to the outside, but nothing listens on the port that the platform asks."""
    expected, outside = facts.app_port, [one for one in facts.listening if not _on_loopback(one)]
    if not _cannot_be_reached(facts) or not outside or any(one.port == expected for one in facts.listening):
        return None
    other = outside[-1]
    return Told({"port": str(other.port), "expected": str(expected)}, (("app_port", str(expected)),), (other,))


def listens_on_loopback(facts: Facts) -> Told | None:
    """By the log the app, or what listens on the expected port, can only be reached from inside the container."""
    heard = [one for one in facts.listening if one.port == facts.app_port] or facts.listening
    if not _cannot_be_reached(facts) or not heard or not all(_on_loopback(one) for one in heard):
        return None
    return Told({"host": heard[-1].host or "127.0.0.1", "port": str(heard[-1].port)}, (), (heard[-1],))


def _cannot_be_reached(facts: Facts) -> bool:
    settled = facts.stage is not None and facts.stage not in SERVING | AT_REST
    return bool(settled and facts.app_port and facts.listening)


def _on_loopback(one: Listening) -> bool:
    return bool(one.host) and str(one.host).startswith(LOOPBACK)


CHECKS: Mapping[str, Check] = {
    "commit-behind-head": commit_behind_head,
    "build-is-stuck": build_is_stuck,
    "nothing-to-read": nothing_to_read,
    "switched-off": switched_off,
    "no-app-file": no_app_file,
    "listens-elsewhere": listens_elsewhere,
    "listens-on-loopback": listens_on_loopback,
}
CAPTURES: Mapping[str, frozenset[str]] = {
    "commit-behind-head": frozenset({"deployed", "head", "pushed", "commits", "age"}),
    "build-is-stuck": frozenset({"waited"}),
    "nothing-to-read": frozenset({"stage"}),
    "switched-off": frozenset(),
    "no-app-file": frozenset({"expected", "found"}),
    "listens-elsewhere": frozenset({"port", "expected"}),
    "listens-on-loopback": frozenset({"host", "port"}),
}
