"""The JSON report, version 1: a form of its own, so that the classes inside may change. Its schema: docs/report.schema.json."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from spacedoctor.catalogue.actions import Action, Patch
from spacedoctor.diagnosis.model import Advice, Diagnosis, Finding
from spacedoctor.render import words

SCHEMA = "spacedoctor/1"


def render(diagnosis: Diagnosis) -> str:
    """Return the report as JSON text, ended by a newline."""
    return json.dumps(report(diagnosis), indent=2, ensure_ascii=False) + "\n"


def report(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return the report as plain data."""
    return {
        "schema": SCHEMA,
        "verdict": diagnosis.verdict,
        "findings": [_finding(finding) for finding in diagnosis.findings],
        "unrecognised": [
            {"text": one.text, "count": one.count, "line": one.line, "source": one.source} for one in diagnosis.unrecognised
        ],
        "skipped": [{"source": one.source, "reason": one.reason} for one in diagnosis.skipped],
        "space": dict(diagnosis.space) if diagnosis.space is not None else None,
        "logs": [
            {
                "source": one.source,
                "stage": one.stage,
                "lines": one.lines,
                "bytes": one.size,
                "boots": one.boots,
                "stretches": [
                    {
                        "kind": part.kind,
                        "number": part.number,
                        "started": part.started,
                        "first_line": part.first_line,
                        "last_line": part.last_line,
                        "outcome": part.outcome,
                    }
                    for part in one.stretches
                ],
            }
            for one in diagnosis.logs
        ],
        "leaks": [
            {
                "kind": one.kind,
                "source": one.source,
                "line": one.line,
                "advice": words.revoke(one),
                "page": words.revoke_page(one),
            }
            for one in diagnosis.leaks
        ],
        "says": [{"who": one.who, "what": one.what} for one in diagnosis.says],
        "letters": [{"kind": one.kind, "to": one.to, "subject": one.subject, "text": one.text} for one in diagnosis.letters],
        "signs": [{"source": one.source, "line": one.line, "text": one.text} for one in diagnosis.signs],
        "catalogue": {"version": diagnosis.catalogue_version, "entries": diagnosis.catalogue_entries},
        "tool": {"version": diagnosis.tool_version},
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "title": finding.title,
        "area": finding.area,
        "stage": finding.stage,
        "role": finding.role,
        "confidence": finding.confidence,
        "blame": finding.blame,
        "cause": finding.cause,
        "captures": dict(finding.captures),
        "count": finding.count,
        "first_line": finding.first_line,
        "last_line": finding.last_line,
        "boot": finding.boot,
        "evidence": [
            {"source": one.source, "line": one.line, "text": one.text, "hit": one.hit, "timestamp": one.timestamp}
            for one in finding.evidence
        ],
        "explains": list(finding.explains),
        "remedies": [_remedy(advice) for advice in finding.remedies],
        "references": list(finding.references),
    }


def _remedy(advice: Advice) -> dict[str, Any]:
    return {
        "rank": advice.rank,
        "id": advice.id,
        "title": advice.title,
        "steps": list(advice.steps),
        "commands": list(advice.commands),
        "chance": advice.chance,
        "effort": advice.effort,
        "risk": advice.risk,
        "loses": advice.loses,
        "cost": advice.cost,
        "why": advice.why,
        "verify": list(advice.verify),
        "references": list(advice.references),
        "action": [_given(one) for one in advice.action],
        "patch": [_given(one) for one in advice.patch],
    }


def _given(one: Action | Patch) -> dict[str, Any]:
    """Return the fields that say something."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in dataclasses.asdict(one).items() if value}
