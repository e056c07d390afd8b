"""From the Hub's answers to facts. Read tolerantly: what is missing or of another shape is unknown, new words are taken as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import yaml
from huggingface_hub.utils import parse_datetime

from spacedoctor.facts import Commit, File, Volume
from spacedoctor.log import clean
from spacedoctor.redact import cut

FRONT_MATTER = re.compile(r"\A\ufeff?\s*---[ \t]*\r?\n(?P<yaml>.{0,65536}?)\r?\n---[ \t]*(?:\r?\n|\Z)", re.DOTALL)
LONGEST_VALUE = 500
LONGEST_COMMIT_TITLE = 200
MOST_DIGITS = 18
DEEPEST = 3
LONGEST_MESSAGE = 1 << 20


def of_info(info: Any) -> dict[str, Any]:
    """Return the fields of Facts that `/api/spaces/ID` tells."""
    info = _mapping(info)
    card = _mapping(info.get("cardData"))
    return {
        "sdk": _text(info.get("sdk")) or _text(card.get("sdk")),
        "front_matter": plain(card),
        "head_commit": _text(info.get("sha")),
        "private": _truth(info.get("private")),
        "disabled": _truth(info.get("disabled")),
        "address": _text(info.get("host")) or _address(info.get("subdomain")),
        "files": _files(info.get("siblings")),
    }


def of_runtime(runtime: Any) -> dict[str, Any]:
    """Return the fields of Facts that `/api/spaces/ID/runtime` tells; the same stands under `runtime` in the info."""
    runtime = _mapping(runtime)
    hardware = _mapping(runtime.get("hardware"))
    replicas = _mapping(runtime.get("replicas"))
    message = runtime.get("errorMessage")
    return {
        "stage": _text(runtime.get("stage")),
        "error_message": cut(clean.plain(message), LONGEST_MESSAGE).strip() or None if isinstance(message, str) else None,
        "hardware": _text(hardware.get("current")) or (_text(runtime.get("hardware")) if not hardware else None),
        "requested_hardware": _text(hardware.get("requested")),
        "storage": _text(_mapping(runtime.get("storage")).get("current")) or _text(runtime.get("storage")),
        "volumes": _volumes(runtime),
        "sleep_time": _number(runtime.get("gcTimeout")),
        "replicas": _number(replicas.get("requested")),
        "deployed_commit": _text(runtime.get("sha")),
    }


def of_commits(commits: Any) -> tuple[Commit, ...]:
    """Return the commits of `/api/spaces/ID/commits/main`, the newest first."""
    return tuple(
        Commit(
            clean.plain(one["id"][:64]),
            cut(clean.plain(str(one.get("title") or "")), LONGEST_COMMIT_TITLE),
            date(one.get("date")),
        )
        for one in (commits if isinstance(commits, list) else [])
        if isinstance(one, Mapping) and isinstance(one.get("id"), str)
    )


def names(answer: Any) -> tuple[str, ...]:
    """Return the names of variables or secrets; their values are left where they are."""
    if isinstance(answer, Mapping):
        return tuple(sorted(clean.plain(str(name)) for name in answer))
    listed = answer if isinstance(answer, list) else []
    return tuple(sorted(clean.plain(str(one["key"])) for one in listed if isinstance(one, Mapping) and "key" in one))


def front_matter(readme: bytes) -> dict[str, Any]:
    """Return the settings at the top of a README.md, empty where there are none.

    Raises:
        ValueError: they are no YAML mapping.
    """
    found = FRONT_MATTER.match(readme[: 1 << 20].decode("utf-8", "replace"))
    if not found:
        return {}
    text = found["yaml"]
    try:
        if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.SafeLoader)):
            raise ValueError("aliases are not read")
        data = yaml.safe_load(text)
    except (
        yaml.YAMLError,
        RecursionError,
        LookupError,
        AttributeError,
        TypeError,
    ) as error:  # PyYAML raises them for tags that lie
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 2})" if mark else ""
        raise ValueError(f"it is not valid YAML{where}: {getattr(error, 'problem', None) or 'unreadable'}") from error
    if not isinstance(data, dict):
        raise ValueError("it holds no settings")  # noqa: TRY004  (the same trouble for the caller)
    return plain(data)


def plain(data: Mapping[Any, Any]) -> dict[str, Any]:
    """Return settings as plain short values: text, numbers, truth, lists of them."""
    return {clean.plain(str(key)[:100]): _plain_value(value) for key, value in data.items()}


def _plain_value(value: Any, depth: int = 0) -> Any:
    if value is None or isinstance(value, bool) or (isinstance(value, (int, float)) and abs(value) < 10**MOST_DIGITS):
        return value
    if isinstance(value, int):
        return "a number that is too large"
    if isinstance(value, (list, dict)) and depth >= DEEPEST:
        return "..."
    if isinstance(value, list):
        return [_plain_value(one, depth + 1) for one in value[:50]]
    if isinstance(value, dict):
        value = {str(key): _plain_value(one, depth + 1) for key, one in [*value.items()][:50]}
    return cut(clean.plain(str(value)), LONGEST_VALUE)


def date(value: Any) -> datetime | None:
    """Return a date of the Hub, None for anything else."""
    try:
        return parse_datetime(value)
    except (ValueError, TypeError, AttributeError, OverflowError):
        return None


def _files(siblings: Any) -> tuple[File, ...] | None:
    if not isinstance(siblings, list):
        return None
    return tuple(
        File(clean.plain(path), _number(one.get("size")), bool(one.get("lfs") or one.get("xetHash")))
        for one in siblings
        if isinstance(one, Mapping) and isinstance(path := one.get("rfilename") or one.get("path"), str)
    )


def of_tree(tree: Any) -> tuple[File, ...] | None:
    """Return the files of `/api/spaces/ID/tree/main`."""
    return (
        _files([one for one in tree if not isinstance(one, Mapping) or one.get("type") != "directory"])
        if isinstance(tree, list)
        else None
    )


def _volumes(runtime: Mapping[str, Any]) -> tuple[Volume, ...] | None:
    if "volumes" not in runtime:
        return None
    listed = runtime["volumes"]
    return tuple(
        Volume(
            _text(one.get("type")) or "bucket",
            _text(one.get("source")) or "",
            _text(one.get("mountPath")) or _text(one.get("mount_path")) or "",
            bool(one.get("readOnly", one.get("type") not in (None, "bucket"))),
        )
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, Mapping)
    )


def _address(subdomain: Any) -> str | None:
    return f"https://{subdomain}.hf.space" if isinstance(subdomain, str) and re.fullmatch(r"[\w-]{1,200}", subdomain) else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _text(value: Any) -> str | None:
    return cut(clean.plain(value), LONGEST_VALUE) if isinstance(value, str) and value else None


def _number(value: Any) -> int | None:
    return int(value) if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e15 else None


def _truth(value: Any) -> bool | None:
    return None if value is None else bool(value)
