"""The report as one HTML file that loads nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib

from markupsafe import Markup

from spacedoctor import resources
from spacedoctor.diagnosis.model import Diagnosis
from spacedoctor.render import templates


def render(diagnosis: Diagnosis, template: str = "report.html.j2", **more: object) -> str:
    """Return the report as HTML; its policy lets run only the script that is in it. `more` is what another template asks for."""
    style, script = (
        resources.folder("templates").joinpath(name).read_text(encoding="utf-8") for name in ("report.css", "report.js")
    )
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return templates.fill(
        template,
        diagnosis,
        style=Markup(style),  # noqa: S704  (our own file)
        script=Markup(script),  # noqa: S704  (our own file)
        script_hash=f"sha256-{digest}",
        **more,
    )
