"""Did the fix work?"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from spacedoctor import api
from spacedoctor.catalogue import Catalogue
from spacedoctor.diagnosis.model import Diagnosis
from spacedoctor.facts import Facts
from spacedoctor.facts.model import SERVING
from spacedoctor.hub.client import Deadline, HubError
from spacedoctor.redact import Redactor
from spacedoctor.verification import before as earlier
from spacedoctor.verification import checks as parsing
from spacedoctor.verification import persistence
from spacedoctor.verification.checks import Check
from spacedoctor.verification.endpoints import Endpoints, own_address
from spacedoctor.verification.model import CheckResult, Container, Event, Persistence, Progress, Treated, Verification
from spacedoctor.verification.persistence import Trial
from spacedoctor.verification.signs import frameworks, signs
from spacedoctor.verification.verdict import doubts, verdict
from spacedoctor.verification.wait import BEGIN_SECONDS, Look, Watch, unsettled

TIMEOUT = 1800.0  # https://huggingface.co/docs/hub/spaces-config-reference: startup_duration_timeout, checked 2026-11-23
CHECKS_FILE = "spacedoctor.yaml"
ROOT = Check("GET", "/")
HEALTH_PAGES = {
    "uvicorn": (Check("GET", "/openapi.json", 200, kind="json"), Check("GET", "/docs", 200, kind="html")),
    "gradio": (Check("GET", "/config", 200, kind="json"), Check("GET", "/gradio_api/info", 200, kind="json")),
}
AGAIN_SECONDS = 2.0
MAYBE_NEW = ("APP_STARTING", "RUNNING_APP_STARTING", "SLEEPING")  # the log may already be that of the new container


def verify(
    space: str,
    *,
    before: str | Diagnosis | Path | None = None,
    checks: Sequence[str] = (),
    check_persistence: str | None = None,
    timeout: float = TIMEOUT,
    token: str | bool | None = None,
    endpoint: str | None = None,
    catalogue: Catalogue | None = None,
    progress: Progress | None = None,
) -> Verification:
    """Wait until the fix runs, and look whether it worked.

    Args:
        space: its id `OWNER/NAME`, the address of its page, or the hf.space address where it is served.
        before: what was wrong: an entry's id, the diagnosis, or the path of its JSON report. A diagnosis also tells which container is the
            old one; give it where the Space was restarted without a new commit.
        checks: requests to the Space and what they must answer, such as `GET /health 200 json:{"status": "healthy"}`; without any, those in
            the repository's spacedoctor.yaml; without that, the first page and the framework's own pages.
        check_persistence: whether data outlives a restart: a path in the container (answered by the Space's volumes), or two requests, such as
            `POST /notes json:{"text": "{mark}"} 201 => GET /notes 200 text:{mark}`. With requests THE SPACE IS RESTARTED between them.
        timeout: seconds to wait for the build, the start and the answers; the last look at the logs may take 20 seconds more.
        token: a token of the Hub; None takes the one that huggingface_hub knows (HF_TOKEN, `hf auth login`), False takes none.
        endpoint: the Hub's address; None takes that of huggingface_hub (HF_ENDPOINT).
        catalogue: the known failures; None takes the built-in ones.
        progress: is told of each step, from the calling thread.

    Raises:
        HubError: there is no such Space, no access to it, or no network.
        InputError: the report of `before` cannot be read.
        UsageError: a check cannot be understood, or `before` names no entry.
        CatalogueError: the catalogue is not as it should be.
    """
    begun = time.monotonic()
    catalogue = catalogue or api.built_in()
    treated, old = earlier.read(before, catalogue)
    asked = [parsing.parse(check) for check in checks]
    trial = persistence.parse(check_persistence) if check_persistence else None
    tell = progress or (lambda _: None)
    watch = Watch(space, Deadline(timeout), tell, token=token, endpoint=endpoint)
    return replace(_verified(_Case(watch, treated, old, asked, trial, catalogue, tell)), seconds=time.monotonic() - begun)


@dataclass
class _Case:
    """What a verification goes by."""

    watch: Watch
    treated: Treated | None
    old: Container | None
    asked: Sequence[Check]
    trial: Trial | str | None
    catalogue: Catalogue
    tell: Progress
    mask: Callable[[str], str] = Redactor().mask

    def endpoints(self, facts: Facts) -> Endpoints | None:
        """Return where the app is served; only a private Space is asked with the token."""
        hub = self.watch.hub(1.0)
        address = own_address(facts.address, hub.endpoint)
        authorization = hub.authorization if facts.private else None
        return Endpoints(address, self.watch.deadline, self.mask, authorization=authorization) if address else None

    def knock(self, facts: Facts) -> None:
        """Wake the Space."""
        endpoints = self.endpoints(facts)
        if endpoints:
            endpoints.knock()


def _verified(case: _Case) -> Verification:
    """Wait, look and ask until the state after it is the same as before it, or time is up."""
    watch = case.watch
    case.old = case.old or _old_container(case)
    while True:
        look, why = _arrived(case, case.old)
        results, note = ((), "") if why or look.facts.stage not in SERVING else _checked(case, look)
        if not why and watch.deadline.left and _moved(watch, look):
            continue
        if not all(result.passed for result in results):
            look = watch.look(case.catalogue, case.old)  # what a request has brought about stands at the end of the log
        return _concluded(case, look, why, results, note)


def _arrived(case: _Case, old: Container | None) -> tuple[Look, str]:
    """Return a look at what runs as soon as it is settled and new, and why it is not when time is up."""
    began, deadline = time.monotonic(), case.watch.deadline
    while True:
        _, why = case.watch.until_settled(case.knock)
        look = case.watch.look(case.catalogue, old)
        waits = look.is_new is False and not why and deadline.left and time.monotonic() - began < BEGIN_SECONDS
        if not waits:
            return look, why
        case.tell(Event("waiting", "the container is still the old one"))
        time.sleep(min(AGAIN_SECONDS, deadline.left))


def _old_container(case: _Case) -> Container | None:
    """Return what runs where that is not yet what was asked for: all that its log tells is old."""
    facts = case.watch.glance()
    if not unsettled(facts) or facts.stage in MAYBE_NEW:
        return None
    return case.watch.look(case.catalogue, None).container


def _moved(watch: Watch, look: Look) -> bool:
    """Return whether the Space has gone on to something else while it was looked at."""
    try:
        now = watch.glance()
    except HubError:
        return False
    return (now.stage, now.deployed_commit) != (look.facts.stage, look.facts.deployed_commit) and now.stage != "SLEEPING"


def _checked(case: _Case, look: Look) -> tuple[Sequence[CheckResult], str]:
    """Return what came of the requests, and why there were none."""
    endpoints = case.endpoints(look.facts)
    if endpoints is None:
        return (), f"nothing was asked of the app: the Hub names no address of its own for it ({look.facts.address})"
    asked = case.asked or [parsing.parse(line) for line in _of_repository(case, look.facts)]
    case.tell(Event("checking", f"asking {endpoints.address}"))
    if asked:
        return [endpoints.ask(check) for check in asked], ""
    results = [endpoints.ask(ROOT)]
    shown = frameworks(look.records)
    pages = (endpoints.first_offered(HEALTH_PAGES[name]) for name in sorted(shown & HEALTH_PAGES.keys()))
    return [*results, *(page for page in pages if page)], ""


def _of_repository(case: _Case, facts: Facts) -> list[str]:
    """Return the checks that the repository holds."""
    if not any(file.path == CHECKS_FILE for file in facts.files or ()):
        return []
    content = case.watch.hub(api.SPACE_SECONDS).content(f"/spaces/{case.watch.space}/resolve/main/{CHECKS_FILE}")
    return parsing.of_file(content, CHECKS_FILE)


def _tried(case: _Case, look: Look) -> Persistence | None:
    """Return whether data outlives a restart, where that is asked."""
    trial = case.trial
    if trial is None:
        return None
    if isinstance(trial, str):
        return persistence.by_volumes(trial, look.facts)
    endpoints = case.endpoints(look.facts) if look.facts.stage in SERVING else None
    if endpoints is None:
        return Persistence(trial.write.words, kept=None, why="Not tried: the Space does not serve.")

    def restart() -> str:
        case.tell(Event("restarting", f"restarting {case.watch.space}"))
        case.watch.restart()
        after, why = _arrived(case, look.container)
        return why or ("" if after.facts.stage in SERVING else f"the Space is {after.facts.stage}")

    return persistence.by_trial(trial, endpoints.ask, restart)


def _concluded(case: _Case, look: Look, why: str, results: Sequence[CheckResult], note: str) -> Verification:
    late = not case.watch.deadline.left and not all(result.passed for result in results)
    settled = not why and not late
    seen = signs(look.records, case.treated, case.catalogue, case.mask)
    data = _tried(case, look) if settled else None
    return Verification(
        verdict=verdict(
            case.treated, look.diagnosis, seen, results,
            settled=settled, known=look.readable and not note, kept=data.kept if data else True,
        ),
        space=case.watch.space,
        treated=case.treated,
        before=case.old,
        after=look.container,
        diagnosis=look.diagnosis,
        signs=tuple(seen),
        checks=tuple(results),
        persistence=data,
        doubts=tuple(doubts(look, seen, why, note)),
    )  # fmt: skip
