"""The calls that carry out a catalogue's actions on a Space."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from huggingface_hub import Volume

from spacedoctor.catalogue.actions import Action
from spacedoctor.errors import InputError, UsageError
from spacedoctor.facts import Facts
from spacedoctor.hub.client import NO_ACCESS, Hub, HubError
from spacedoctor.treatment.plan import Call, Context, Late

HIDDEN = "'***'"
FREE = ("cpu-basic", "zero-a10g")
BILLED = "it is billed by the hour while the Space starts and runs: https://huggingface.co/pricing#spaces"
NEEDS_PLAN = {
    "cpu-basic": "for a Gradio or Docker Space it needs PRO, or Team or Enterprise for an organization",
    "zero-a10g": "for Gradio Spaces; how many an account may have depends on its plan",
}  # https://huggingface.co/docs/hub/spaces-gpus, checked 2026-11-23
DISK = "what the app wrote outside of volumes is gone"
READ_BY_CLIENT = {"type", "source", "mountPath"}
KNOWN_OF_VOLUMES = {"revision", "readOnly", "path", *READ_BY_CLIENT}
BY_HAND = "change the volumes in the Space's settings"


def calls(actions: Sequence[Action], facts: Facts, hub: Hub) -> tuple[Call, ...]:
    """Return the calls that carry out the actions, in order.

    Args:
        actions: filled in.
        facts: of the Space, with its id.
        hub: where to look up what is there.

    Raises:
        UsageError: one of them cannot be meant, such as a variable of the name of a secret.
        HubError: the Hub cannot be asked.
    """
    gone = {action.name for action in actions if action.kind.startswith("delete-")}
    _refuse_twins(actions, facts, gone)
    return tuple(call for action in actions for call in MADE[action.kind](action, facts, hub))


def asks(actions: Sequence[Action]) -> tuple[str, ...]:
    """Return the names of the variables and secrets whose values have to be asked for."""
    return tuple(
        str(one.name) for one in actions if one.kind == "set-secret" or (one.kind == "set-variable" and one.value is None)
    )


def _refuse_twins(actions: Sequence[Action], facts: Facts, gone: set[str | None]) -> None:
    for action in actions:
        other, there = {"set-variable": ("secret", facts.secrets), "set-secret": ("variable", facts.variables)}.get(
            action.kind, ("", ())
        )
        if action.name in (there or ()) and action.name not in gone:
            raise UsageError(
                f"{facts.space} has a {other} {action.name} already, and one name cannot be both",
                f"change that one (--remedy set-{other}:{action.name}), or delete it first (--remedy delete-{other}:{action.name})",
            )


def _restart(action: Action, facts: Facts, hub: Hub) -> Iterator[Call]:
    del action, hub
    billed = f"; {BILLED}" if _paid(facts) else ""
    yield Call("restart_space", {"repo_id": facts.space}, f"starts the Space anew; {DISK}{billed}")


def _rebuild(action: Action, facts: Facts, hub: Hub) -> Iterator[Call]:
    del action, hub
    arguments = {"repo_id": facts.space, "factory_reboot": True}
    yield Call("restart_space", arguments, f"builds the newest commit without any cache, then starts it; {DISK}")


def _pause(action: Action, facts: Facts, hub: Hub) -> Iterator[Call]:
    del action, hub
    yield Call("pause_space", {"repo_id": facts.space}, f"stops the Space until its owner restarts it; {DISK}")


def _set_variable(action: Action, facts: Facts, hub: Hub) -> Iterator[Call]:
    del hub
    known = action.value is not None
    value: Any = action.value if known else Late(_value_of(str(action.name)), HIDDEN)
    yield Call(
        "add_space_variable",
        {"repo_id": facts.space, "key": action.name, "value": value},
        "sets a variable, which everybody may read; the Space restarts",
        f"the value that the variable {action.name} has now" if action.name in (facts.variables or ()) else None,
    )


def _set_secret(action: Action, facts: Facts, hub: Hub) -> Iterator[Call]:
    del hub
    yield Call(
        "add_space_secret",
        {"repo_id": facts.space, "key": action.name, "value": Late(_value_of(str(action.name)), HIDDEN)},
        "sets a secret, which nobody can read back; the Space restarts",
        f"the value that the secret {action.name} has now" if action.name in (facts.secrets or ()) else None,
    )


def _value_of(name: str) -> Callable[[Context], str]:
    return lambda context: context.values[name]


def _delete(action: Action, facts: Facts, hub: Hub) -> Iterator[Call]:
    del hub
    kind = action.kind.removeprefix("delete-")
    there = facts.variables if kind == "variable" else facts.secrets
    if there is not None and action.name not in there:
        raise UsageError(f"{facts.space} has no {kind} {action.name}", f"it has: {', '.join(there) or 'none'}")
    arguments = {"repo_id": facts.space, "key": action.name}
    yield Call(
        f"delete_space_{kind}", arguments, f"deletes the {kind}; the Space restarts", f"the value of the {kind} {action.name}"
    )


def _sleep(action: Action, facts: Facts, hub: Hub) -> Iterator[Call]:
    del hub
    if (facts.requested_hardware or facts.hardware) == "cpu-basic":
        raise UsageError("the sleep time of cpu-basic is fixed to 48 hours", "it can be set on paid hardware")
    seconds = int(str(action.seconds))
    does = (
        "never sleeps, and is billed for all the time"
        if seconds < 0
        else f"sleeps after {seconds} s without a visit, and is not billed then"
    )
    yield Call("set_space_sleep_time", {"repo_id": facts.space, "sleep_time": seconds}, f"the Space {does}")


def _hardware(action: Action, facts: Facts, hub: Hub) -> Iterator[Call]:
    del hub
    name = str(action.hardware)
    costs = NEEDS_PLAN.get(name, BILLED)
    yield Call(
        "request_space_hardware", {"repo_id": facts.space, "hardware": name}, f"moves the Space to {name}; {costs}; {DISK}"
    )


def _mount(action: Action, facts: Facts, hub: Hub) -> Iterator[Call]:
    path, bucket, space = str(action.path), f"{facts.space}-data", str(facts.space)
    there = _beside(hub.json(f"/api/spaces/{space}/runtime"), path)
    if _exists(hub, bucket):
        does = f"mounts the bucket {bucket}, which is there already, with what it holds"
    else:
        does = "mounts the new bucket"
        yield Call(
            "create_bucket",
            {"bucket_id": bucket, "private": True},
            "creates a private bucket; it counts against the account's storage plan",
        )
    new = Volume(type="bucket", source=bucket, mount_path=path)
    kept = f"; the volumes that are there ({', '.join(one.mount_path for one in there)}) stay" if there else ""

    def now(context: Context) -> list[Volume]:
        return [*_beside(context.api.get_space_runtime(space).raw, path), new]

    yield Call(
        "set_space_volumes",
        {"repo_id": space, "volumes": Late(now, f"[{', '.join(_words(one) for one in (*there, new))}]")},
        f"{does} at {path}{kept}; what the image holds at {path} is hidden by it",
    )
    wanted = {one.mount_path for one in (*there, new)}
    yield Call(
        "get_space_runtime",
        {"repo_id": space},
        "looks whether all volumes are there",
        work=lambda context: _look(context, space, wanted),
    )


def _look(context: Context, space: str, wanted: set[str]) -> None:
    missing = wanted - {one.mount_path for one in context.api.get_space_runtime(space).volumes or ()}
    if missing:
        raise InputError(
            f"the Hub took the volumes, and does not show {', '.join(sorted(missing))}", f"see: hf spaces volumes ls {space}"
        )


def _beside(runtime: Any, path: str) -> list[Volume]:
    there = volumes_of(runtime)
    taken = next((one for one in there if one.mount_path.rstrip("/") == path), None)
    if taken:
        raise UsageError(
            f"{taken.source} is mounted at {path} already", "use it, or choose another path: --remedy mount-bucket:/PATH"
        )
    return there


def volumes_of(runtime: Any) -> list[Volume]:
    """Return the volumes that are there, to be set again.

    Raises:
        InputError: the list cannot be read, or a volume has settings that would be lost.
    """
    listed = runtime.get("volumes") if isinstance(runtime, dict) else None
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(one, dict) and one.keys() >= READ_BY_CLIENT for one in listed):
        raise InputError("the Hub's list of volumes cannot be read", BY_HAND)
    unknown = {str(name) for one in listed for name in one.keys() - KNOWN_OF_VOLUMES}
    if unknown:
        what = ", ".join(sorted(unknown))[:100]
        raise InputError(f"volumes have settings that would be lost when the list is set again ({what})", BY_HAND)
    return [Volume(**one) for one in listed]


def _words(volume: Volume) -> str:
    given = {name: value for name, value in vars(volume).items() if value is not None}
    return f"Volume({', '.join(f'{name}={value!r}' for name, value in given.items())})"


def _exists(hub: Hub, bucket: str) -> bool:
    try:
        hub.json(f"/api/buckets/{bucket}")
    except HubError as error:
        if error.status in NO_ACCESS:
            return False
        raise
    return True


def _paid(facts: Facts) -> bool:
    hardware = facts.requested_hardware or facts.hardware
    return hardware is not None and hardware not in FREE


MADE: dict[str, Callable[[Action, Facts, Hub], Iterator[Call]]] = {
    "restart": _restart,
    "factory-rebuild": _rebuild,
    "pause": _pause,
    "set-variable": _set_variable,
    "set-secret": _set_secret,
    "delete-variable": _delete,
    "delete-secret": _delete,
    "set-sleep-time": _sleep,
    "request-hardware": _hardware,
    "mount-bucket": _mount,
}
