"""What leaves a diagnosis is shown: nothing in it, from a log, a Space, a file's name or a catalogue, steers a terminal or hides text."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from spacedoctor.log.clean import CONTROL

T = TypeVar("T")


def shown(value: T) -> T:
    """Return the value with every control character in its texts replaced by U+FFFD; line breaks and tabs stay."""
    return cast("T", _shown(value))


def _shown(value: Any) -> Any:
    if isinstance(value, str):
        return CONTROL.sub("\ufffd", value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return dataclasses.replace(value, **{one.name: _shown(getattr(value, one.name)) for one in dataclasses.fields(value)})
    if isinstance(value, Mapping):
        return {_shown(key): _shown(one) for key, one in value.items()}
    return type(value)(_shown(one) for one in value) if isinstance(value, (list, tuple)) else value
