"""The report as one HTML file that loads nothing from anywhere."""

from __future__ import annotations

from spacedoctor.diagnosis.model import Diagnosis
from spacedoctor.render import templates


def render(diagnosis: Diagnosis) -> str:
    """Return the report as HTML."""
    return templates.fill("report.html.j2", diagnosis)
