"""Stored logs, made by real software, and what becomes of them on their way."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import pytest

from spacedoctor import Catalogue, Diagnosis
from spacedoctor.api import diagnose, diagnose_sources
from spacedoctor.log import read
from tests import manglings
from tests.conftest import ROOT

LOGS = sorted((Path(__file__).parent / "logs").glob("*/*.log"))
FAILING = [path for path in LOGS if path.parent.name != "healthy"]
NAMES = [f"{path.parent.name}/{path.stem}" for path in LOGS]
MACHINE = re.compile(r"/root/\.pyenv|/tmp/spacedoctor")
CONTEXT = 12  # the lines near the hit that its pattern may need
KNOWN_LIMITS = json.loads((Path(__file__).parent / "mangling-limits.json").read_text())


def first(diagnosis: Diagnosis) -> str:
    return diagnosis.causes[0].id if diagnosis.causes else diagnosis.verdict


@pytest.mark.parametrize("path", LOGS, ids=NAMES)
def test_the_folder_names_the_first_finding(path: Path, catalogue: Catalogue) -> None:
    """The cause comes first, with a remedy that loses nothing; a healthy log has no cause."""
    diagnosis = diagnose(path, catalogue=catalogue)
    assert first(diagnosis) == path.parent.name
    if diagnosis.causes:
        assert diagnosis.causes[0].remedies[0].risk != "data-loss"


@pytest.mark.parametrize("path", LOGS, ids=NAMES)
def test_each_log_tells_where_it_came_from(path: Path) -> None:
    """Beside each log stand its script and the versions that printed it; the log names no machine."""
    about = json.loads(path.with_suffix(".json").read_text())
    assert (ROOT / about["script"]).is_file()
    assert about["versions"]
    assert about["cause"] == path.parent.name
    assert not MACHINE.search(path.read_text())


def test_a_log_that_was_cut_keeps_its_first_finding(catalogue: Catalogue) -> None:
    """Half of what stands before the hit, or half of what stands behind it, is gone, in the middle of a line: the finding stays."""
    wrong = []
    for path in FAILING:
        text = path.read_text()
        finding = diagnose(text, catalogue=catalogue).causes[0]
        lines = text.splitlines(keepends=True)
        before = sum(map(len, lines[: max(finding.first_line - CONTEXT, 0)])) // 2
        after = len(text) - sum(map(len, lines[finding.last_line + CONTEXT :])) // 2
        for name, cut in (("head", text[before:]), ("tail", text[:after])):
            if first(diagnose(cut + "\n", catalogue=catalogue)) != path.parent.name:
                wrong.append(f"{name} {path.parent.name}/{path.stem}")
    assert not set(wrong) - set(KNOWN_LIMITS.get("cut", []))


@pytest.mark.parametrize("mangle", manglings.ALL, ids=lambda one: one.__name__)
def test_no_mangling_changes_the_first_finding(mangle: manglings.Mangle, catalogue: Catalogue) -> None:
    """Each way in which logs are spoilt on their way leaves the first finding as it is, but for the logs listed in mangling-limits.json."""
    wrong = []
    for path in FAILING:
        spoilt = io.BufferedReader(io.BytesIO(mangle(path.read_text())))
        if first(diagnose_sources([read.stream_source(spoilt, "x")], catalogue)) != path.parent.name:
            wrong.append(f"{path.parent.name}/{path.stem}")
    assert not set(wrong) - set(KNOWN_LIMITS.get(mangle.__name__, []))
