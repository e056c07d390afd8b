"""The whole Space at once: its facts and its two logs are asked for at the same time, and taken in as far as they come in time."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from typing import Any

from spacedoctor import addresses
from spacedoctor.catalogue.entry import Stage
from spacedoctor.diagnosis.model import Skipped
from spacedoctor.facts import Facts
from spacedoctor.hub import state
from spacedoctor.hub.client import NO_ACCESS, Hub, HubError, in_background, result
from spacedoctor.hub.stream import LogStream, no_access

GUESSES = 6
KEPT_REQUEST_IDS = 6
OWNERS = ("variables", "secrets")


@dataclass
class Patient:
    """A Space under examination.

    Attributes:
        facts: what the Hub says of it.
        streams: its logs; they are read while they come.
        skipped: what could not be read, and why.
    """

    facts: Facts
    streams: list[LogStream]
    skipped: list[Skipped] = field(default_factory=list)


def resolve(text: str, hub: Hub) -> str:
    """Return the id of the Space that an id or an address names; an hf.space address has to be asked for.

    Raises:
        HubError: no such Space, or the Hub cannot be asked.
    """
    space = addresses.space_id(text, hub.endpoint)
    if space:
        return space
    served_at = addresses.subdomain(text)
    if not served_at:
        raise HubError(f"{text} names no Space", "give OWNER/NAME, or the address of its page")
    answer = _known_or_none(hub, f"/api/spaces/by-subdomain/{served_at}")
    told = _id_in(answer)
    if told:
        return told
    for guess in [*addresses.possible_ids(served_at)][:GUESSES]:
        found = _known_or_none(hub, f"/api/spaces/{guess}")
        told = _id_in(found) or guess
        if isinstance(found, dict) and addresses.subdomain_of(told) == served_at:
            return told
    raise HubError(f"no Space is served at {text}, or it is private", "give its id, OWNER/NAME")


def _id_in(answer: Any) -> str | None:
    """Return the id in an answer; what is no id must not become part of an address."""
    told = answer.get("id") if isinstance(answer, dict) else None
    return told if isinstance(told, str) and addresses.SPACE_ID.fullmatch(told) else None


def _known_or_none(hub: Hub, path: str) -> Any:
    try:
        return hub.json(path)
    except HubError as error:
        if error.status in NO_ACCESS or error.status == 400:
            return None
        raise


def visit(text: str, hub: Hub, stages: Sequence[Stage] = ("build", "run"), *, follow: Hub | None = None) -> Patient:
    """Ask for everything at once and return as soon as the facts are there; the logs go on coming.

    Args:
        text: the Space's id or an address of it.
        hub: where to ask.
        stages: which logs to read.
        follow: where to ask for the logs (with a deadline of their own), to be read on while they are written.

    Raises:
        HubError: there is no such Space, no access to it, or no network.
    """
    space = resolve(text, hub)
    base = f"/api/spaces/{space}"
    asked: dict[str, Future[Any]] = {
        "info": in_background(lambda: hub.json(base, {"blobs": "true"})),
        "runtime": in_background(lambda: hub.json(f"{base}/runtime")),
        "commits": in_background(lambda: hub.json(f"{base}/commits/main")),
        "README.md": in_background(lambda: state.front_matter(hub.content(f"/spaces/{space}/resolve/main/README.md"))),
        **{name: in_background(lambda name=name: hub.json(f"{base}/{name}")) for name in OWNERS},  # type: ignore[misc]
    }
    streams = [LogStream(follow or hub, space, stage, follow=follow is not None) for stage in stages]
    skipped: list[Skipped] = []
    facts = _facts(space, hub, asked, skipped)
    return Patient(facts, streams, skipped)


def glance(space: str, hub: Hub) -> Facts:
    """Ask only for what changes while a Space is built and started: its stage, the deployed commit, the head of the repository.

    Raises:
        HubError: there is no such Space, no access to it, or no answer in time.
    """
    base = f"/api/spaces/{space}"
    asked: dict[str, Future[Any]] = {
        "info": in_background(lambda: hub.json(base)),
        "runtime": in_background(lambda: hub.json(f"{base}/runtime")),
    }
    skipped: list[Skipped] = []
    told = _state(space, hub, asked, skipped)
    if told["stage"] is None and skipped:
        raise HubError(skipped[0].reason)
    return Facts(**told)


def _state(space: str, hub: Hub, asked: dict[str, Future[Any]], skipped: list[Skipped]) -> dict[str, Any]:
    """Return the fields of Facts that the info and the runtime tell; where both tell one, the runtime is newer."""
    told: dict[str, Any] = {"space": space, "asked_at": datetime.now(timezone.utc)}
    info = _info(hub, asked, skipped)
    told |= state.of_info(info) | state.of_runtime(info.get("runtime"))
    runtime = _answer("runtime", space, hub, asked, skipped, needed=told["stage"] is None)
    told |= {name: value for name, value in state.of_runtime(runtime).items() if value is not None}
    return told


def _facts(space: str, hub: Hub, asked: dict[str, Future[Any]], skipped: list[Skipped]) -> Facts:
    told = _state(space, hub, asked, skipped)
    front = _answer("README.md", space, hub, asked, skipped, needed=not told.get("front_matter"))
    told["front_matter"] = {**told.get("front_matter", {}), **(front or {})}
    told["sdk"] = told["sdk"] or told["front_matter"].get("sdk")
    commits = _answer("commits", space, hub, asked, skipped)
    told["commits"] = state.of_commits(commits) if commits is not None else None
    if told["commits"] and not told["head_commit"]:
        told["head_commit"] = told["commits"][0].id
    if told["files"] is None:
        told["files"] = _files(space, hub, skipped)
    for name in OWNERS:
        answer = _answer(name, space, hub, asked, skipped)
        told[name] = state.names(answer) if answer is not None else None
    told["owner"] = _is_owner(told, asked)
    told["request_ids"] = tuple(hub.request_ids[:KEPT_REQUEST_IDS])
    return Facts(**told)


def _info(hub: Hub, asked: dict[str, Future[Any]], skipped: list[Skipped]) -> dict[str, Any]:
    """Return the info; without it, what the other answers tell has to do, unless there is no Space or no access."""
    try:
        info = result(asked["info"], hub)
    except HubError as error:
        if error.status in NO_ACCESS:
            raise _no_space(error, hub) from error
        if error.status is None and not hub.deadline.left:
            skipped.append(Skipped("facts", error.message))
            return {}
        raise
    return info if isinstance(info, dict) else {}


def _no_space(error: HubError, hub: Hub) -> HubError:
    if hub.has_token and error.status == 401:
        hint = "log in anew with `hf auth login`, or check HF_TOKEN"
        return HubError("the Hub does not accept the token (401), or there is no such Space", hint, 401)
    hint = "check its id; a private Space answers like this to everybody whose token may not read it"
    if not hub.has_token:
        hint += ": log in with `hf auth login`, or set HF_TOKEN"
    return HubError(f"no such Space, or no access to it ({error.status})", hint, error.status)


def _answer(
    name: str, space: str, hub: Hub, asked: dict[str, Future[Any]], skipped: list[Skipped], *, needed: bool = True
) -> Any:
    try:
        return result(asked[name], hub)
    except HubError as error:
        if needed:
            skipped.append(Skipped(f"{space} {name}", _reason(name, error)))
    except ValueError as error:
        skipped.append(Skipped(f"{space} {name}", str(error)))
    return None


def _reason(name: str, error: HubError) -> str:
    if name == "README.md" and error.status == 404:
        return "the repository has none"
    return no_access(error) if name in OWNERS else error.message


def _files(space: str, hub: Hub, skipped: list[Skipped]) -> Any:
    try:
        return state.of_tree(hub.json(f"/api/spaces/{space}/tree/main", {"recursive": "true"}))
    except HubError as error:
        skipped.append(Skipped(f"{space} files", error.message))
        return None


def _is_owner(told: dict[str, Any], asked: dict[str, Future[Any]]) -> bool | None:
    if told["variables"] is not None or told["secrets"] is not None:
        return True
    errors = [asked[name].exception() for name in OWNERS if asked[name].done()]
    return False if any(isinstance(one, HubError) and one.status in NO_ACCESS for one in errors) else None


def settled(patient: Patient) -> Patient:
    """Return the patient with what became of its logs, once they have been read."""
    unread = [Skipped(stream.label, stream.problem) for stream in patient.streams if stream.problem]
    return replace(patient, skipped=[*patient.skipped, *unread])
