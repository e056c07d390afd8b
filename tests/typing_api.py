"""The types of the public functions: checked by mypy, never run."""

from __future__ import annotations

from pathlib import Path

from spacedoctor import Catalogue, Diagnosis, SpacedoctorError, diagnose

text: Diagnosis = diagnose("a log\n")
path: Diagnosis = diagnose(Path("app.log"), stage="run")
lines: Diagnosis = diagnose(["one", "two"], catalogue=Catalogue.load("mine", cache_dir=Path("cache")))
verdict: str = text.verdict
ids: list[str] = [finding.id for finding in text.findings if finding.role == "cause"]
reports: tuple[str, str, str] = (text.to_markdown(), text.to_html(), text.to_json())
data: dict[str, object] = text.to_dict()
try:
    diagnose(Path("none"))
except SpacedoctorError as error:
    told: tuple[str, str | None, int] = (error.message, error.hint, error.exit_code)
