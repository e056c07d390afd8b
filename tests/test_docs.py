"""What the documents say holds."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT

DOCUMENTS = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "docs/architecture.md",
    ROOT / "patterns/README.md",
    ROOT / "docs/github-actions.md",
]
COMMAND = (sys.executable, "-m", "spacedoctor")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_paths_that_documents_name_exist(document: Path) -> None:
    """A path in backticks that begins with a folder of this repo is there."""
    for path in re.findall(r"`((?:spacedoctor|patterns|reports|tests|docs)/[\w./-]+)`", document.read_text()):
        assert (ROOT / path).exists(), path


def test_the_readmes_help_is_the_commands() -> None:
    """The block in the README is what --help prints."""
    shown = subprocess.run(
        [*COMMAND, "--help"], capture_output=True, text=True, timeout=60, check=True, env={"COLUMNS": "100", "PATH": ""}, cwd=ROOT
    ).stdout
    assert f"```text\n{shown}```" in (ROOT / "README.md").read_text()


def test_the_readmes_exit_codes_are_all_there_are() -> None:
    """The table names each code that the tests of the command know."""
    rows = re.findall(r"^\| (\d+) \|", (ROOT / "README.md").read_text(), re.MULTILINE)
    assert rows == ["0", "1", "2", "3", "4", "70", "130"]


def test_the_readmes_python_example_runs() -> None:
    """The example of the Python functions does what it says."""
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    done = subprocess.run([sys.executable, "-c", example], capture_output=True, text=True, cwd=ROOT, timeout=60, check=True)
    assert done.stdout.startswith("failing sqlite-alter-constraint")


def test_the_pages_of_the_catalogue_are_those_of_today(tmp_path: Path) -> None:
    """`spacedoctor patterns pages docs/catalogue` has been run since the last change of an entry."""
    subprocess.run([*COMMAND, "patterns", "pages", str(tmp_path)], check=True, timeout=120, cwd=ROOT)
    made = {path.name: path.read_text() for path in tmp_path.iterdir()}
    stored = {path.name: path.read_text() for path in (ROOT / "docs/catalogue").iterdir()}
    assert made == stored, "run: spacedoctor patterns pages docs/catalogue"


def test_every_dependency_is_declared_and_used() -> None:
    """What the package imports is what pyproject.toml declares."""
    declared = set(
        re.findall(
            r'^  "([\w-]+)[><=]', (ROOT / "pyproject.toml").read_text().split("dependencies = [")[1].split("]\n")[0], re.MULTILINE
        )
    )
    text = "\n".join(path.read_text() for path in (ROOT / "spacedoctor").rglob("*.py"))
    modules = re.findall(r"^\s*(?:from|import) (\w+)", text, re.MULTILINE) + re.findall(r'import_module\("(\w+)"\)', text)
    imported = set(modules) - {"spacedoctor"} - set(sys.stdlib_module_names)
    names = {"yaml": "pyyaml"}
    assert {names.get(name, name) for name in imported} | {"huggingface_hub"} == declared


def test_the_workflow_is_one_and_its_commands_exist() -> None:
    """The workflow in the docs is YAML of the right shape, its hf command is one that the installed hf takes, its options are ours."""
    (text,) = re.findall(r"```yaml\n(.*?)```", (ROOT / "docs/github-actions.md").read_text(), re.DOTALL)
    steps = yaml.safe_load(text)["jobs"]["deploy"]["steps"]
    commands = [step["run"] for step in steps if "run" in step]
    assert any(command.startswith("spacedoctor ") for command in commands)
    hf = [command.split('"$SPACE"')[1].split() for command in commands if command.startswith("hf spaces wait")]
    assert hf == [["--timeout", "30m"]]
    helped = subprocess.run(
        [str(Path(sys.executable).with_name("hf")), "spaces", "wait", "--help"], capture_output=True, text=True, check=True
    )
    assert "--timeout" in helped.stdout
