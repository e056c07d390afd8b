"""The report as Markdown, for an issue or a Space's Community tab."""

from __future__ import annotations

from spacedoctor.diagnosis.model import Diagnosis
from spacedoctor.render import templates


def render(diagnosis: Diagnosis) -> str:
    """Return the report as GitHub-flavoured Markdown."""
    return templates.fill("report.md.j2", diagnosis)
