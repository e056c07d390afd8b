"""Wait until what runs is new: neither a build nor a start is under way, and the container is not the old one."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from spacedoctor import api
from spacedoctor.catalogue import Catalogue
from spacedoctor.diagnosis.model import Diagnosis
from spacedoctor.facts import Facts
from spacedoctor.facts.checks import same_commit
from spacedoctor.facts.model import AT_REST, FAILED, SERVING, UNDER_WAY
from spacedoctor.hub import patient
from spacedoctor.hub.client import NO_ACCESS, Deadline, Hub, HubError
from spacedoctor.match.sections import LogRecord
from spacedoctor.verification.model import Container, Event, Progress

GLANCE_SECONDS = 20.0
FIRST_PAUSE, LONGEST_PAUSE = 0.3, 5.0
LAG_SECONDS = 300.0  # https://huggingface.co/docs/hub/spaces-overview: the deployed commit follows the repository by some minutes
BEGIN_SECONDS = 60.0
WITHOUT_BUILD = FAILED - {"RUNTIME_ERROR"}


@dataclass(frozen=True, slots=True)
class Look:
    """A whole look at the Space.

    Attributes:
        diagnosis: of what came after the old container.
        records: what its logs came to, build and run, without the old container's part.
        container: what runs.
        readable: whether the log of what runs could be read.
        is_new: whether what runs began after the old container; None where nothing tells.
    """

    facts: Facts
    diagnosis: Diagnosis
    records: tuple[LogRecord, ...]
    container: Container
    readable: bool
    is_new: bool | None


class Watch:
    """Asks the Hub about one Space again and again, until `deadline`.

    Attributes:
        space: its id.
    """

    def __init__(
        self, name: str, deadline: Deadline, progress: Progress, *, token: str | bool | None = None, endpoint: str | None = None
    ) -> None:
        self.deadline = deadline
        self._progress = progress
        self._token, self._endpoint = token, endpoint
        self.space = patient.resolve(name, self.hub(GLANCE_SECONDS))

    def hub(self, seconds: float) -> Hub:
        """Return the Hub with a deadline of its own."""
        return Hub(Deadline(seconds), token=self._token, endpoint=self._endpoint)

    def glance(self) -> Facts:
        """Return the Space's state."""
        return patient.glance(self.space, self.hub(GLANCE_SECONDS))

    def restart(self) -> None:
        """Restart the Space.

        Raises:
            HubError: the Hub refuses it.
        """
        self.hub(GLANCE_SECONDS).post(f"/api/spaces/{self.space}/restart", {})

    def until_settled(self, knock: Callable[[Facts], None]) -> tuple[Facts, str]:
        """Return the state as soon as what runs is settled, with an empty text; else why it is not, when time is up.

        Args:
            knock: wakes the Space that sleeps.
        """
        begun, woken = time.monotonic(), False
        for facts in self._glances():
            why, waited = unsettled(facts), time.monotonic() - begun
            if facts.stage == "SLEEPING" and not woken:
                woken = True
                knock(facts)
            if not why or not self.deadline.left or (facts.stage not in UNDER_WAY and waited > LAG_SECONDS):
                return facts, why
            self._progress(Event("waiting", f"{why}, {waited:.0f} s"))
        raise AssertionError  # there is no end of glances

    def _glances(self) -> Iterator[Facts]:
        """Yield the state, at first often; a Hub that fails in between is asked again."""
        pause, last = FIRST_PAUSE, None
        while True:
            try:
                facts = self.glance()
            except HubError as error:
                if last is None or error.status in NO_ACCESS or not self.deadline.left:
                    raise
                self._progress(Event("waiting", error.message))
            else:
                if last and (facts.stage, facts.deployed_commit) != (last.stage, last.deployed_commit):
                    pause = FIRST_PAUSE
                last = facts
                yield facts
            time.sleep(min(pause, self.deadline.left))
            pause = min(pause * 1.5, LONGEST_PAUSE)

    def look(self, catalogue: Catalogue, old: Container | None) -> Look:
        """Read the logs and diagnose what came after the old container; a Hub that fails is asked again while there is time."""
        while True:
            self._progress(Event("reading", f"reading the logs of {self.space}"))
            try:
                return self._look(catalogue, old)
            except HubError as error:
                if error.status in NO_ACCESS or not self.deadline.left:
                    raise
                self._progress(Event("waiting", error.message))
                time.sleep(min(LONGEST_PAUSE, self.deadline.left))

    def _look(self, catalogue: Catalogue, old: Container | None) -> Look:
        visited = patient.visit(self.space, self.hub(api.SPACE_SECONDS))
        examined = [api.examine(source, catalogue) for source in api.sources_of(visited)]
        records = tuple(record for record, _ in examined)
        container = _container(visited.facts, records)
        is_new = _is_new(container, old)
        if old and is_new:
            records = tuple(record.after(old.build if record.stage == "build" else old.boot) for record in records)
        slow = [one for _, some in examined for one in some]
        diagnosis = api.conclude(visited, records, slow, catalogue)
        failed_at = "build" if visited.facts.stage in WITHOUT_BUILD else "run"
        readable = any(stream.readable for stream in visited.streams if stream.stage == failed_at)
        return Look(visited.facts, diagnosis, records, container, readable, is_new)


def unsettled(facts: Facts) -> str:
    """Return why the Space is not settled yet, empty where it is."""
    stage, deployed, head = facts.stage, facts.deployed_commit, facts.head_commit
    if stage in UNDER_WAY or not (stage in SERVING | AT_REST or facts.failed):
        return f"{stage or 'no stage known'}{f', commit {head[:8]}' if head else ''}"
    if stage == "SLEEPING":
        return "the Space sleeps, and does not wake yet"
    if stage in WITHOUT_BUILD or not deployed or not head or same_commit(deployed, head):
        return ""
    return f"the old container still runs: commit {deployed[:8]}, the repository is at {head[:8]} ({stage})"


def _container(facts: Facts, records: tuple[LogRecord, ...]) -> Container:
    began = {
        record.stage: section.started["time"] for record in records for section in record.sections if "time" in section.started
    }
    return Container(facts.stage, facts.deployed_commit, facts.head_commit, began.get("run"), began.get("build"))


def _is_new(now: Container, old: Container | None) -> bool | None:
    """Return whether this container began after the old one; where the logs do not tell, the commits may."""
    if old is None:
        return None
    if now.stage in WITHOUT_BUILD:
        told = [_differs(now.build, old.build), _differs(now.head, old.head), None if now.stage == old.stage else True]
        return True if True in told else False if False in told else None
    boots = _differs(now.boot, old.boot)
    return boots if boots is not None else _differs(now.commit, old.commit) or None


def _differs(one: str | None, other: str | None) -> bool | None:
    return None if one is None or other is None else one != other
