"""What is asked of a Space and what it must answer, from a line such as `GET /health 200 json:{"status": "healthy"}`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import yaml

from spacedoctor.errors import UsageError

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
REQUEST = re.compile(r"\s*(?P<method>[A-Za-z]+)\s+(?P<path>/(?!/)[!-\[\]-~]{0,2000})(?=\s|$)")
STATUS = re.compile(r"\s*(?P<status>[1-5]\d\d)(?=\s|$)")
KIND = re.compile(r"\s*(?P<kind>html|json)(?=\s|$)")
JSON = re.compile(r"\s*json:\s*")
TEXT = re.compile(r"\s*text:(?P<text>.+)", re.DOTALL)
HINT = """write METHOD /path [json:BODY] STATUS [html | json | json:EXPECTED | text:WORDS], such as 'GET /health 200 json:{"status": "healthy"}'"""
MOST_CHECKS, LARGEST_FILE = 50, 64 << 10
NAMED_KEYS = 8


@dataclass(frozen=True, slots=True)
class Json:
    """A JSON value; None in its place means that there is none."""

    value: Any


@dataclass(frozen=True, slots=True)
class Check:
    """A request and its expected answer.

    Attributes:
        body: what is sent as JSON.
        status: the HTTP status; None takes any below 500.
        kind: what the answer must be.
        expected: JSON that the answer must hold: of an object the given keys, with these values; of kind text: what it must contain.
    """

    method: str
    path: str
    status: int | None = None
    body: Json | None = None
    kind: Literal["any", "html", "json", "text"] = "any"
    expected: Json | None = None

    @property
    def words(self) -> str:
        """The check in words; of what is sent and expected it names the keys only, for values may be secret."""
        parts = [self.method, self.path]
        if self.body:
            parts.append(f"json:{_keys(self.body.value)}")
        parts.append("answers" if self.status is None else str(self.status))
        if self.kind != "any":
            parts.append(self.kind)
        return " ".join(parts) + (f":{_keys(self.expected.value)}" if self.expected else "")


def _keys(value: Any) -> str:
    if isinstance(value, dict):
        names = [str(name)[:40] for name in value]
        return "{" + ", ".join(names[:NAMED_KEYS]) + (", ..." if len(names) > NAMED_KEYS else "") + "}"
    return "[...]" if isinstance(value, list) else "..."


def parse(text: str) -> Check:
    """Return the check that a line writes.

    Raises:
        UsageError: it cannot be understood.
    """
    request = REQUEST.match(text)
    if not request or request["method"].upper() not in METHODS:
        raise UsageError(f"cannot understand the check {text[:200]!r}", HINT)
    body, at = _json(text, request.end(), text)
    status = STATUS.match(text, at)
    if not status:
        raise UsageError(f"no HTTP status where one should stand in the check {text[:200]!r}", HINT)
    at = status.end()
    words = TEXT.match(text, at)
    if words:
        return Check(request["method"].upper(), request["path"], int(status["status"]), body, "text", Json(words["text"].strip()))
    expected, end = _json(text, at, text)
    kind = KIND.match(text, end)
    if text[kind.end() if kind else end :].strip() or (kind and expected):
        raise UsageError(f"cannot understand the end of the check {text[:200]!r}", HINT)
    named: Any = "json" if expected else kind["kind"] if kind else "any"
    return Check(request["method"].upper(), request["path"], int(status["status"]), body, named, expected)


def _json(text: str, at: int, whole: str) -> tuple[Json | None, int]:
    """Return the JSON that follows `json:`, and where it ends; None where no `json:` stands there."""
    begun = JSON.match(text, at)
    if not begun:
        return None, at
    try:
        value, end = json.JSONDecoder().raw_decode(text, begun.end())
    except (ValueError, RecursionError) as error:
        where = f" ({error.msg})" if isinstance(error, json.JSONDecodeError) else ""
        raise UsageError(f"what follows json: is no JSON{where} in the check {whole[:200]!r}", HINT) from error
    return Json(value), end


def of_file(content: bytes, name: str) -> list[str]:
    """Return the lines of a YAML file that write checks: a list, alone or under `checks`.

    Raises:
        UsageError: it is no such file.
    """
    try:
        data = _yaml(content[: LARGEST_FILE + 1])
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        reason = getattr(error, "problem", None) or str(error)
        raise UsageError(f"cannot read the checks of {name}: {reason}", "it is a YAML list of checks") from error
    listed = data.get("checks") if isinstance(data, dict) else data
    if not isinstance(listed, list) or not listed or len(listed) > MOST_CHECKS or not all(isinstance(one, str) for one in listed):
        raise UsageError(f"{name} holds no list of 1 to {MOST_CHECKS} checks", "put each check into single quotes, after a dash")
    return listed


def _yaml(content: bytes) -> Any:
    if len(content) > LARGEST_FILE:
        raise ValueError(f"larger than {LARGEST_FILE >> 10} kB")
    text = content.decode()
    if any(isinstance(token, yaml.AliasToken) for token in yaml.scan(text, Loader=yaml.SafeLoader)):
        raise ValueError("aliases are not read")
    return yaml.safe_load(text)


def missing(expected: Any, actual: Any, where: str = "") -> Iterator[str]:
    """Yield in words what of the expected JSON the actual one does not hold."""
    place = where or "the answer"
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            yield f"{place} is no object"
            return
        for name, value in expected.items():
            inner = f"{where}.{name}" if where else name
            if name not in actual:
                yield f"{inner} is missing"
            else:
                yield from missing(value, actual[name], inner)
    elif isinstance(expected, list):
        if not isinstance(actual, list) or len(actual) != len(expected):
            yield f"{place} is no list of {len(expected)}"
            return
        for number, value in enumerate(expected):
            yield from missing(value, actual[number], f"{where}[{number}]")
    elif expected != actual or isinstance(expected, bool) != isinstance(actual, bool):
        yield f"{place} is {json.dumps(actual, ensure_ascii=False)[:80]}, not {json.dumps(expected, ensure_ascii=False)[:80]}"
