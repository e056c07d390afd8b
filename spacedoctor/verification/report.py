"""A verification as a report: its own summary, and the report of the diagnosis after it."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from spacedoctor.verification.model import Verification

SCHEMA = "spacedoctor-verification/1"


def as_data(verification: Verification) -> dict[str, Any]:
    """Return the report as plain data."""
    return {
        "schema": SCHEMA,
        "verdict": verification.verdict,
        "space": verification.space,
        "treated": verification.treated
        and {"id": verification.treated.id, "title": verification.treated.title, "captures": dict(verification.treated.captures)},
        "before": verification.before and dataclasses.asdict(verification.before),
        "after": dataclasses.asdict(verification.after),
        "signs": [dataclasses.asdict(sign) for sign in verification.signs],
        "checks": [dataclasses.asdict(check) for check in verification.checks],
        "persistence": verification.persistence and dataclasses.asdict(verification.persistence),
        "doubts": list(verification.doubts),
        "seconds": round(verification.seconds, 1),
        "diagnosis": verification.diagnosis.to_dict(),
    }


def as_json(verification: Verification) -> str:
    """Return the report as JSON text, ended by a newline."""
    return json.dumps(as_data(verification), indent=2, ensure_ascii=False) + "\n"


def as_markdown(verification: Verification) -> str:
    """Return the report as Markdown."""
    return verification.diagnosis.to_markdown()


def as_html(verification: Verification) -> str:
    """Return the report as HTML."""
    return verification.diagnosis.to_html()
