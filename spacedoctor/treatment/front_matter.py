"""Change the settings at the top of README.md, and nothing else of it."""

from __future__ import annotations

import re

import yaml

from spacedoctor.hub import state
from spacedoctor.treatment.text import PatchError

PLAIN = re.compile(r"\d+|true|false", re.ASCII)
BY_HAND = "change the block between the --- lines by hand"


def changed(readme: str, settings: dict[str, str]) -> str:
    """Return the README with settings written; what stands around them stays.

    Raises:
        PatchError: it has no settings, or they cannot be changed line by line.
    """
    try:
        before = state.front_matter(readme.encode())
    except ValueError as error:
        raise PatchError(f"the settings in README.md cannot be read: {error}", BY_HAND) from error
    if not before:
        raise PatchError("README.md has no settings at its top", "write the block between two --- lines first")
    for name, value in settings.items():
        readme = _written(readme, name, value, there=name in before)
    after = state.front_matter(readme.encode())
    wanted = {**before, **{name: yaml.safe_load(_scalar(value)) for name, value in settings.items()}}
    if after != wanted:
        raise PatchError("the settings in README.md are not written line by line", BY_HAND)
    return readme


def _written(readme: str, name: str, value: str, *, there: bool) -> str:
    block = state.FRONT_MATTER.match(readme)
    assert block is not None  # noqa: S101  (it was read before)
    start, end = block.span("yaml")
    lines = readme[start:end]
    line = re.compile(
        rf"^(?P<key>{re.escape(name)}[ \t]*:)[ \t]*(?:\"[^\"\r\n]*\"|'[^'\r\n]*'|[^#\r\n]*?)(?P<rest>[ \t]*(?:#[^\r\n]*)?)(?=\r?$)",
        re.MULTILINE,
    )
    if there:
        lines, count = line.subn(lambda one: f"{one['key']} {_scalar(value)}{one['rest']}", lines)
        if count != 1:
            raise PatchError(f"{name} is not written on a line of its own in README.md", BY_HAND)
    else:
        lines += ("\r\n" if "\r\n" in readme[: end + 2] else "\n") + f"{name}: {_scalar(value)}"
    return readme[:start] + lines + readme[end:]


def _scalar(value: str) -> str:
    """Return a value as YAML: a version such as 3.10 is no number."""
    return (
        value
        if PLAIN.fullmatch(value)
        else yaml.safe_dump(value, default_style='"' if value[0].isdigit() else None).split("\n")[0]
    )
