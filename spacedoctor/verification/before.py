"""What was wrong before: from an entry's id, a diagnosis, or a JSON report."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from spacedoctor.catalogue import Catalogue
from spacedoctor.diagnosis.model import Diagnosis
from spacedoctor.errors import InputError, UsageError
from spacedoctor.verification.model import Container, Treated

LARGEST_REPORT = 32 << 20
SCHEMA = "spacedoctor/1"


def read(before: str | Diagnosis | Path | None, catalogue: Catalogue) -> tuple[Treated | None, Container | None]:
    """Return the failure that was treated, and what ran then.

    Args:
        before: an entry's id, a diagnosis, the path of a JSON report, or None.
        catalogue: the known failures.

    Raises:
        UsageError: no entry has that id, or the report tells of no failure.
        InputError: the report cannot be read, or is none.
    """
    if before is None:
        return None, None
    if isinstance(before, str):
        if before not in catalogue:
            raise UsageError(f"no entry {before!r}", "see: spacedoctor patterns list; a report is given by its file's path")
        return Treated(before, catalogue[before].title), None
    return of_report(before.to_dict() if isinstance(before, Diagnosis) else _report(before))


def _report(path: Path) -> Mapping[str, Any]:
    try:
        if path.stat().st_size > LARGEST_REPORT:
            raise InputError(f"{path} is too large for a report")
        report = json.loads(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    except (ValueError, RecursionError):
        report = None
    if not isinstance(report, dict) or report.get("schema") != SCHEMA:
        raise InputError(f"{path} is no JSON report of spacedoctor", "make one with: spacedoctor OWNER/SPACE -o report.json")
    return report


def of_report(report: Mapping[str, Any]) -> tuple[Treated | None, Container | None]:
    """Return the first cause that a report tells of, and what ran then; read tolerantly, for it may come from another version."""
    return _treated(report), _container(report)


def _treated(report: Mapping[str, Any]) -> Treated | None:
    for finding in _mappings(report.get("findings")):
        if finding.get("role") == "cause" and isinstance(finding.get("id"), str):
            captures = _mapping(finding.get("captures"))
            return Treated(
                finding["id"],
                str(finding.get("title") or finding["id"]),
                tuple(sorted((str(name), str(value)) for name, value in captures.items())),
            )
    if report.get("verdict") == "unknown":
        error = next((str(one.get("text") or "") for one in _mappings(report.get("unrecognised"))), "")
        return Treated(None, error[:200] or "a failure that no entry knows")
    return None


def _container(report: Mapping[str, Any]) -> Container:
    space = _mapping(report.get("space"))
    began: dict[str, str] = {}
    for log in _mappings(report.get("logs")):
        for stretch in _mappings(log.get("stretches")):
            if stretch.get("kind") in ("boot", "build") and isinstance(stretch.get("started"), str):
                began[stretch["kind"]] = stretch["started"]
    commits = _text(space.get("deployed_commit")), _text(space.get("head_commit"))
    return Container(_text(space.get("stage")), *commits, began.get("boot"), began.get("build"))


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _mappings(value: Any) -> list[Mapping[str, Any]]:
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None
