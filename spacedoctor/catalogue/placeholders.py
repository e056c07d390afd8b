"""Fill `{name}` and `{name|words when unknown}` in the catalogue's texts: nothing else is interpreted, so no text can run anything."""

from __future__ import annotations

import re
from collections.abc import Mapping

PLACEHOLDER = re.compile(r"\{\{(?P<literal>[^{}]*)\}\}|\{(?P<name>[a-z][a-z0-9_]*)(?:\|(?P<words>[^{}]*))?\}")


class UnfilledError(KeyError):
    """A placeholder has neither a value nor words to stand in."""


def names(text: str) -> dict[str, bool]:
    """Return the placeholders of `text`; the value tells whether words stand in where nothing was captured."""
    found: dict[str, bool] = {}
    for part in PLACEHOLDER.finditer(text):
        if name := part["name"]:
            found[name] = found.get(name, True) and part["words"] is not None
    return found


def fill(text: str, values: Mapping[str, str]) -> str:
    """Return `text` with its placeholders replaced.

    Raises:
        UnfilledError: a placeholder without words is not in `values`.
    """

    def replace(part: re.Match[str]) -> str:
        if part["literal"] is not None:
            return "{" + part["literal"] + "}"
        value = values.get(part["name"])
        if value is None:
            value = part["words"]
        if value is None:
            raise UnfilledError(part["name"])
        return value

    return PLACEHOLDER.sub(replace, text)
