"""The wheel: it carries the catalogue and the templates, and works in a clean environment from another folder."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
        timeout=300,
    )
    return next(folder.glob("*.whl"))


def test_the_wheel_carries_its_data(wheel: Path) -> None:
    """Every entry, the marks, every template and the type marker are inside; the tests are not."""
    names = set(zipfile.ZipFile(wheel).namelist())
    for path in [*(ROOT / "patterns").glob("*/*.yaml"), ROOT / "patterns/marks.yaml"]:
        assert f"spacedoctor/_data/patterns/{path.relative_to(ROOT / 'patterns')}" in names
    for path in (ROOT / "reports/templates").iterdir():
        assert f"spacedoctor/_data/templates/{path.name}" in names
    assert "spacedoctor/py.typed" in names
    assert not any(name.startswith("tests") for name in names)


def test_the_installed_wheel_works_from_another_folder(wheel: Path, tmp_path: Path) -> None:
    """In a clean environment the command diagnoses a log and makes each report."""
    home = tmp_path / "clean"
    subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, timeout=120)
    subprocess.run([str(home / "bin/pip"), "install", "--quiet", str(wheel)], check=True, capture_output=True, timeout=600)
    log = b"ModuleNotFoundError: No module named 'pandas'\n"
    for form in ("json", "markdown", "html", "terminal"):
        done = subprocess.run(
            [str(home / "bin/spacedoctor"), "--format", form],
            input=log,
            capture_output=True,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )
        assert done.returncode == 1, done.stderr
        if form == "json":
            assert json.loads(done.stdout)["findings"][0]["id"] == "module-not-found"
    listed = subprocess.run(
        [str(home / "bin/spacedoctor"), "patterns", "list"], capture_output=True, cwd=tmp_path, timeout=60, check=True
    )
    assert listed.stdout.count(b"\n") == len(list((ROOT / "patterns").glob("*/*.yaml")))
