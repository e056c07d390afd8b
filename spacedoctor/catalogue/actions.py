"""What of a remedy can be carried out from here: calls to the Hub (`Action`) and changes to the repository's files (`Patch`).

Both may hold placeholders. What a log put into them is checked when it is filled in: a name, a path or a package, and nothing else.
"""

from __future__ import annotations

import re
import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, ClassVar, Literal, TypeVar

from spacedoctor.catalogue import placeholders

ActionKind = Literal[
    "restart", "factory-rebuild", "pause", "set-variable", "delete-variable", "set-secret", "delete-secret",
    "set-sleep-time", "request-hardware", "mount-bucket", "recreate",
]  # fmt: skip
PatchedFile = Literal["requirements.txt", "pre-requirements.txt", "packages.txt", "README.md", "Dockerfile"]
FORBID_EXTRA = {"extra": "forbid"}
HARDWARE = (  # huggingface_hub.SpaceHardware, which is not loaded for a log; a test holds the two together
    "cpu-basic", "cpu-upgrade", "zero-a10g", "t4-small", "t4-medium", "l4x1", "l4x4", "l40sx1", "l40sx4", "l40sx8", "a10g-small",
    "a10g-large", "a10g-largex2", "a10g-largex4", "a100-large", "a100x4", "a100x8", "rtx-pro-6000", "rtx-pro-6000x2",
    "rtx-pro-6000x4", "rtx-pro-6000x8",
)  # fmt: skip
FORMS = {
    "name": re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,255}", re.ASCII),
    "value": re.compile(r"[^\x00-\x1f\x7f]{1,4000}"),
    "hardware": re.compile("|".join(HARDWARE)),
    "path": re.compile(r"(?:/(?!\.\.?(?:/|\Z))[\w.-]{1,100}){1,10}", re.ASCII),
    "seconds": re.compile(r"-1|[1-9]\d{1,7}", re.ASCII),
    "drop": re.compile(r"[A-Za-z0-9][\w.+-]{0,100}", re.ASCII),
    "line": re.compile(r"[a-z0-9][a-z0-9+.-]{1,100}(?:=[\w.+:~-]{1,100})?", re.ASCII),
    "env": re.compile(r"[\w./:@+=, -]{1,200}", re.ASCII),
}
FRONT_MATTER = {  # https://huggingface.co/docs/hub/spaces-config-reference, checked 2026-11-23
    "app_port": re.compile(r"[1-9]\d{1,4}", re.ASCII),
    "python_version": re.compile(r"3\.\d{1,2}(?:\.\d{1,2})?", re.ASCII),
    "sdk_version": re.compile(r"\d{1,3}(?:\.\d{1,4}){1,3}", re.ASCII),
    "startup_duration_timeout": re.compile(r"\d{1,4}\s?[mh]", re.ASCII),
    "app_file": re.compile(r"(?!\.\.?/)[\w-][\w./-]{0,200}", re.ASCII),
    "base_path": re.compile(r"/[\w./-]{0,200}", re.ASCII),
    "hf_oauth": re.compile("true|false"),
}
NEEDS = {
    "set-variable": ("name",), "delete-variable": ("name",), "set-secret": ("name",), "delete-secret": ("name",),
    "set-sleep-time": ("seconds",), "request-hardware": ("hardware",), "mount-bucket": ("path",),
}  # fmt: skip
MAY_HAVE = {"set-variable": ("value",)}
HOLDS = {
    "requirements.txt": ("pin", "drop"),
    "pre-requirements.txt": ("pin", "drop"),
    "packages.txt": ("line", "drop"),
    "README.md": ("front_matter",),
    "Dockerfile": ("env",),
}


@dataclass(frozen=True, slots=True)
class Action:
    """One call to the Hub.

    Attributes:
        name: of the variable or secret; `value` only of a variable, and only where the catalogue knows it (else it is asked for).
        hardware: such as `t4-small`.
        seconds: without a visit, after which the Space sleeps; -1 for never.
        path: where a bucket is mounted.
    """

    kind: ActionKind
    name: str | None = None
    value: str | None = None
    hardware: str | None = None
    seconds: str | None = None
    path: str | None = None
    __pydantic_config__: ClassVar[dict[str, str]] = FORBID_EXTRA


@dataclass(frozen=True, slots=True)
class Patch:
    """A change to one file of the repository.

    Attributes:
        pin: requirements to add, or to put in the place of the same package's.
        drop: packages whose lines are taken out; where none of them is named, nothing is changed at all.
        line: system packages to add to packages.txt.
        front_matter: settings at the top of README.md.
        env: variables that the Dockerfile sets before the app is started.
    """

    file: PatchedFile
    pin: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    line: tuple[str, ...] = ()
    front_matter: Mapping[str, str] = field(default_factory=dict)
    env: Mapping[str, str] = field(default_factory=dict)
    __pydantic_config__: ClassVar[dict[str, str]] = FORBID_EXTRA


One = TypeVar("One", Action, Patch)


def of_words(words: str) -> Action | None:
    """Return the action that `restart`, `set-secret:NAME` or `mount-bucket:/data` means, None for anything else."""
    kind, _, argument = words.partition(":")
    if kind not in typing.get_args(ActionKind) or bool(argument) != (kind in NEEDS):
        return None
    action = Action(kind, **dict.fromkeys(NEEDS.get(kind, ()), argument))  # type: ignore[arg-type]
    return None if any(faults(action)) else action


def texts(one: Action | Patch) -> Iterator[str]:
    """Yield the texts in which placeholders may stand."""
    for _, value in _values(one):
        yield value


def filled(one: One, values: Mapping[str, str]) -> One | None:
    """Return it with its placeholders filled; None where one has no value, or where the result is not what it should be."""
    try:
        made = replace(one, **{f.name: _filled(getattr(one, f.name), values) for f in fields(one)})
    except placeholders.UnfilledError:
        return None
    return None if any(faults(made)) else made


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return placeholders.fill(value, values)
    if isinstance(value, tuple):
        return tuple(placeholders.fill(text, values) for text in value)
    if isinstance(value, Mapping):
        return {name: placeholders.fill(text, values) for name, text in value.items()}
    return value


def faults(one: Action | Patch) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with it: the field and the reason. Texts with placeholders are not looked at until they are filled."""
    given = [f.name for f in fields(one) if f.name not in ("kind", "file") and getattr(one, f.name)]
    if isinstance(one, Action):
        whose: str = one.kind
        needs = NEEDS.get(whose, ())
        may = (*needs, *MAY_HAVE.get(whose, ()))
    else:
        whose = one.file
        needs, may = (), HOLDS[whose]
        if not given:
            yield "file", f"nothing is changed: one of {', '.join(may)}"
    for name in needs:
        if name not in given:
            yield "kind", f"{whose} needs {name}"
    for name in given:
        if name not in may:
            yield name, f"does not go with {whose}"
    for name, text in _values(one):
        if not placeholders.names(text) and (reason := _fault(name, text)):
            yield name.split(".")[0], reason


def _values(one: Action | Patch) -> Iterator[tuple[str, str]]:
    for f in fields(one):
        value = getattr(one, f.name)
        if f.name in ("kind", "file") or value is None:
            continue
        if isinstance(value, Mapping):
            yield from ((f"{f.name}.{name}", text) for name, text in value.items())
        else:
            yield from ((f.name, text) for text in ([value] if isinstance(value, str) else value))


def _fault(name: str, text: str) -> str | None:
    kind, _, key = name.partition(".")
    if kind == "front_matter":
        if key not in FRONT_MATTER:
            return f"no setting {key!r} (one of {', '.join(FRONT_MATTER)})"
        return None if FRONT_MATTER[key].fullmatch(text) else f"no {key}: {text[:60]!r}"
    if kind == "env" and not FORMS["name"].fullmatch(key):
        return f"no name of a variable: {key[:60]!r}"
    if kind == "pin":
        return _requirement_fault(text)
    return None if FORMS[kind].fullmatch(text) else f"no {kind} that can be used: {text[:60]!r}"


def _requirement_fault(text: str) -> str | None:
    from packaging.requirements import InvalidRequirement, Requirement

    try:
        wanted = Requirement(text)
    except InvalidRequirement:
        return f"no requirement: {text[:60]!r}"
    return f"a requirement with an address: {text[:60]!r}" if wanted.url or not text.isprintable() else None
