"""What one catalogue entry holds (see patterns/README.md for what each field means).

Plain dataclasses: a run with a warm cache builds them from JSON without importing pydantic, which validates them when YAML is read.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, TypeVar

from spacedoctor.catalogue.actions import FORBID_EXTRA, Action, Patch

Stage = Literal["build", "run"]
Blame = Literal["code", "dependency", "configuration", "account", "platform"]
Severity = Literal["fatal", "error", "warning", "fallback"]
Chance = Literal["cures", "helps", "last-resort"]
Effort = Literal["command", "setting", "line", "code", "wait"]
Risk = Literal["none", "restart", "rebuild", "downtime", "data-loss"]
Cost = Literal["free", "plan", "paid"]
MarkKind = Literal[
    "boot", "build-start", "build-step", "built", "ready", "progress", "migrated", "recovered", "stopped", "exit",
    "request-failed", "harmless", "error", "traceback", "chained", "ignored", "leak",
]  # fmt: skip

AREAS = ("database", "build", "python", "serving", "resources", "hub", "platform")
CONTEXT_LINES = 60


@dataclass(frozen=True, slots=True)
class Context:
    """A regex that must (or, in `unless`, must not) be found near the hit."""

    regex: str
    before: int = 0
    after: int = 0
    required: bool = True
    __pydantic_config__: ClassVar[dict[str, str]] = FORBID_EXTRA


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to recognise the failure in one line of a log."""

    id: str
    regex: str
    context: tuple[Context, ...] = ()
    unless: tuple[Context, ...] = ()
    at_least: int = 1
    scope: Literal["boot", "boots"] = "boot"
    severity: Severity | None = None
    __pydantic_config__: ClassVar[dict[str, str]] = FORBID_EXTRA


@dataclass(frozen=True, slots=True)
class FactRule:
    """Recognises the failure by the Space's state: by one of these stages, or by a check of `facts.checks.CHECKS`."""

    id: str
    stage: tuple[str, ...] = ()
    check: str | None = None
    severity: Severity | None = None
    __pydantic_config__: ClassVar[dict[str, str]] = FORBID_EXTRA


@dataclass(frozen=True, slots=True)
class When:
    """When a remedy applies."""

    patterns: tuple[str, ...] = ()
    captures: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    __pydantic_config__: ClassVar[dict[str, str]] = FORBID_EXTRA


@dataclass(frozen=True, slots=True)
class Remedy:
    """One action against the failure."""

    id: str
    title: str
    steps: tuple[str, ...]
    chance: Chance
    effort: Effort
    risk: Risk
    cost: Cost
    commands: tuple[str, ...] = ()
    loses: str | None = None
    when: When = field(default_factory=When)
    verify: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    action: tuple[Action, ...] = ()
    patch: tuple[Patch, ...] = ()
    __pydantic_config__: ClassVar[dict[str, str]] = FORBID_EXTRA


@dataclass(frozen=True, slots=True)
class Reference:
    """A page that documents the cause, and the day somebody looked at it."""

    url: str
    checked: str
    __pydantic_config__: ClassVar[dict[str, str]] = FORBID_EXTRA


@dataclass(frozen=True, slots=True)
class Hit:
    """A sample that the entry must win on."""

    pattern: str
    source: str
    log: str
    captures: Mapping[str, str] = field(default_factory=dict)
    versions: str | None = None
    script: str | None = None
    __pydantic_config__: ClassVar[dict[str, str]] = FORBID_EXTRA


@dataclass(frozen=True, slots=True)
class Miss:
    """A look-alike that the entry must leave alone."""

    id: str
    why: str
    source: str
    log: str
    versions: str | None = None
    script: str | None = None
    __pydantic_config__: ClassVar[dict[str, str]] = FORBID_EXTRA


@dataclass(frozen=True, slots=True)
class Samples:
    """Texts that prove the patterns."""

    hit: tuple[Hit, ...]
    miss: tuple[Miss, ...]
    __pydantic_config__: ClassVar[dict[str, str]] = FORBID_EXTRA


@dataclass(frozen=True, slots=True)
class Entry:
    """One known failure."""

    title: str
    stages: tuple[Stage, ...]
    blame: Blame
    severity: Severity
    cause: str
    remedies: tuple[Remedy, ...]
    references: tuple[Reference, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    facts: tuple[FactRule, ...] = ()
    explains: tuple[str, ...] = ()
    success: tuple[str, ...] = ()
    samples: Samples = field(default_factory=lambda: Samples((), ()))
    id: str = ""
    area: str = ""
    __pydantic_config__: ClassVar[dict[str, str]] = FORBID_EXTRA


@dataclass(frozen=True, slots=True)
class Mark:
    """A line that is no failure but tells where the log stands."""

    id: str
    kind: MarkKind
    regex: str
    stage: Stage | None = None
    framework: str | None = None
    samples: tuple[str, ...] = ()
    __pydantic_config__: ClassVar[dict[str, str]] = FORBID_EXTRA


T = TypeVar("T")
_HINTS: dict[type, dict[str, Any]] = {}


def build(kind: type[T], data: Mapping[str, Any]) -> T:
    """Build a dataclass of this module from the plain data that `dataclasses.asdict` made of it."""
    if kind not in _HINTS:
        _HINTS[kind] = typing.get_type_hints(kind)
    hints = _HINTS[kind]
    return kind(**{name: _value(hints[name], value) for name, value in data.items()})


def _value(hint: Any, value: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in (types.UnionType, typing.Union) and value is not None:
        return _value(next(a for a in typing.get_args(hint) if a is not type(None)), value)
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return build(hint, value)
    if origin is tuple:
        inner = typing.get_args(hint)[0]
        return tuple(_value(inner, item) for item in value)
    if origin is not None and isinstance(value, dict):
        inner = typing.get_args(hint)[1]
        return {name: _value(inner, item) for name, item in value.items()}
    return value
