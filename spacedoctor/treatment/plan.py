"""What would be done: the calls to the Hub in their order, the changes of files, and what is lost by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from spacedoctor.treatment.patches import Change

if TYPE_CHECKING:
    from huggingface_hub import HfApi

POSITIONAL = ("repo_id", "bucket_id", "key")


@dataclass(frozen=True, slots=True)
class Context:
    """What a call is made with: huggingface_hub's client, and the values that were asked for, by name."""

    api: HfApi
    values: Mapping[str, str]

    def __repr__(self) -> str:
        return "Context()"


@dataclass(frozen=True, slots=True)
class Late:
    """An argument that is made when the call is made; until then, and in every output, it is shown as `words`, or left out without any."""

    make: Callable[[Context], Any]
    words: str

    def __repr__(self) -> str:
        return self.words


@dataclass(frozen=True, slots=True)
class Call:
    """One step of a plan.

    Attributes:
        method: of huggingface_hub.HfApi.
        arguments: by name; a value that may be in no output is a `Late` one.
        does: what it does and costs, in words.
        loses: what cannot be had back after it, in words.
        work: what is done in place of the method, for a step on this machine.
    """

    method: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    does: str = ""
    loses: str | None = None
    work: Callable[[Context], Any] | None = None

    @property
    def words(self) -> str:
        """The call as it would be written in Python."""
        shown = ((name, repr(value)) for name, value in self.arguments.items() if value is not None)
        given = (value if name in POSITIONAL else f"{name}={value}" for name, value in shown if value)
        return f"{self.method}({', '.join(given)})"

    def make(self, context: Context) -> Any:
        """Make the call."""
        if self.work is not None:
            return self.work(context)
        real = {name: value.make(context) if isinstance(value, Late) else value for name, value in self.arguments.items()}
        return getattr(context.api, self.method)(**real)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be done, and in which order.

    Attributes:
        space: the Space's id.
        remedy: the remedy's id, `FINDING/REMEDY`, or the words of the action.
        title: what it is, for people.
        steps: what the remedy says, a sentence each; a person may have to do some of it first.
        calls: the steps, in order; none where nothing is left to be done.
        asks: names of variables and secrets whose values are asked for.
        changes: of the repository's files.
        also_loses: what is lost beside what the calls say, in words.
        starts: whether the Space starts or is built anew by it, so that the result can be looked at.
        rescue: what to do when it fails after something was lost.
    """

    space: str
    remedy: str
    title: str
    steps: tuple[str, ...] = ()
    calls: tuple[Call, ...] = ()
    asks: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    also_loses: str | None = None
    starts: bool = True
    rescue: str | None = None

    @property
    def loses(self) -> tuple[str, ...]:
        """What cannot be had back after it, in words."""
        return tuple(text for text in (self.also_loses, *(call.loses for call in self.calls)) if text)

    @property
    def patch(self) -> str:
        """The changes as a unified diff."""
        return "".join(change.diff for change in self.changes)
