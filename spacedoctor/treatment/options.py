"""The remedies of a diagnosis that can be carried out from here, and how one of them is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from spacedoctor.catalogue.actions import NEEDS, Action, ActionKind, Patch, of_words
from spacedoctor.diagnosis.model import Advice, Diagnosis
from spacedoctor.errors import UsageError

EXAMPLES = "restart, factory-rebuild, pause, set-secret:NAME, mount-bucket:/data, recreate"


@dataclass(frozen=True, slots=True)
class Option:
    """A remedy that can be carried out.

    Attributes:
        id: `FINDING/REMEDY`, or the words of an action such as `set-secret:NAME`.
        title: what it is.
        finding: the title of the failure that it is for, None where the action was asked for by itself.
        advice: the remedy, likewise.
    """

    id: str
    title: str
    action: tuple[Action, ...] = ()
    patch: tuple[Patch, ...] = ()
    finding: str | None = None
    advice: Advice | None = None


def options(diagnosis: Diagnosis) -> tuple[Option, ...]:
    """Return what can be carried out against the causes, in the order of the report."""
    return tuple(
        Option(f"{finding.id}/{advice.id}", advice.title, advice.action, advice.patch, finding.title, advice)
        for finding in diagnosis.causes
        for advice in finding.remedies
        if advice.action or advice.patch
    )


def chosen(name: str, offered: Sequence[Option], diagnosis: Diagnosis) -> Option:
    """Return the remedy of that name: of a finding (`FINDING/REMEDY`, or the remedy alone), else an action by its words.

    Raises:
        UsageError: there is none, or it is one for a person.
    """
    for option in offered:
        if name in (option.id, option.id.partition("/")[2]):
            return option
    action = of_words(name)
    if action:
        return Option(name, _title(action), (action,))
    for finding in diagnosis.causes:
        for advice in finding.remedies:
            if name in (advice.id, f"{finding.id}/{advice.id}"):
                raise UsageError(f"{name} is for a person to do: {advice.title}", advice.steps[0] if advice.steps else None)
    if name.partition(":")[0] in NEEDS:
        raise UsageError(
            f"{name[:80]!r} is not complete", f"write it as {name.partition(':')[0]}:{NEEDS[name.partition(':')[0]][0].upper()}"
        )
    raise UsageError(
        f"no remedy {name[:80]!r}", f"one of {', '.join(one.id for one in offered[:8])}" if offered else f"try {EXAMPLES}"
    )


TITLES: dict[ActionKind, str] = {
    "restart": "Restart the Space",
    "factory-rebuild": "Build the Space anew (factory rebuild)",
    "pause": "Pause the Space",
    "set-variable": "Set the variable {}",
    "set-secret": "Set the secret {}",
    "delete-variable": "Delete the variable {}",
    "delete-secret": "Delete the secret {}",
    "set-sleep-time": "Let the Space sleep after {} seconds without a visit",
    "request-hardware": "Move the Space to {}",
    "mount-bucket": "Mount a bucket at {}",
    "recreate": "Delete the Space and create it again from its own repository",
}


def _title(action: Action) -> str:
    return TITLES[action.kind].format(*(getattr(action, name) for name in NEEDS.get(action.kind, ())))
