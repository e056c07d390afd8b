"""Catalogues from strangers: refused with file and line, bounded in time, and nothing in them is executed, followed or fetched."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from spacedoctor import Catalogue
from spacedoctor.api import diagnose
from spacedoctor.catalogue import strangers
from spacedoctor.diagnosis.advise import _matches
from spacedoctor.errors import CatalogueError
from spacedoctor.lint import lint
from spacedoctor.match.matcher import PATIENCE
from tests.entries import GOOD, changed, write

COMMANDS = ("remedies", 0, "commands")
STEPS = ("remedies", 0, "steps")
REGEX = ("patterns", 0, "regex")


def problem_of(folder: Path) -> str:
    with pytest.raises(CatalogueError) as caught:
        Catalogue.load(folder)
    return caught.value.problems[0]


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (changed(COMMANDS, ["hf spaces restart {space}\u202e"]), "characters that are not shown"),
        (changed(COMMANDS, ["echo \x1b[8mhidden"]), "characters that are not shown"),
        (changed(COMMANDS, ["hf sp\u0430ces restart {space}"]), "look alike"),
        (changed(("title",), "Nothing\x9b2J"), "characters that are not shown"),
        (changed(("cause",), GOOD["cause"] + "\U000e0041"), "characters that are not shown"),
        (changed(STEPS, ["Look at {space.__class__.__mro__}"]), "begins no placeholder"),
        (changed(STEPS, ["{% for x in y %}again{% endfor %}"]), "begins no placeholder"),
        (changed(COMMANDS, ["echo {name[0]}"]), "begins no placeholder"),
        (changed(("references", 0, "url"), "https://example.org/> [x](https://evil.example)"), "no address"),
        (changed(("references", 0, "url"), "javascript:alert(1)"), "no address"),
        (changed(REGEX, "(" * 500 + "jiggawatts" + ")" * 500), "more than 100 groups"),
        (changed(REGEX, "x" * 5000), "longer than 4000"),
        (changed(REGEX, r"flux(?:a(?R)?)"), "is not for patterns"),
        (changed(REGEX, r"(?:flux capacitor){e<=5}"), "is not for patterns"),
    ],
)  # fmt: skip
def test_an_entry_that_hides_or_computes_something_is_refused(own_catalogue: Path, entry: dict[str, Any], said: str) -> None:
    path = write(own_catalogue, entry)
    problem = problem_of(own_catalogue)
    assert problem.startswith(f"{path}:")
    assert said in problem


@pytest.mark.parametrize("name", ["..", "UPPER", "a b", "`x`", "a\nb"])
def test_a_name_that_is_no_id_is_refused(own_catalogue: Path, name: str) -> None:
    write(own_catalogue, GOOD, name)
    assert "is no id" in problem_of(own_catalogue)


@pytest.mark.parametrize("number", ["!!int --5", "!!int \u00b2", "1" * 5000])
def test_numbers_that_are_none_are_text(own_catalogue: Path, number: str) -> None:
    """What Python's int() would raise for is told as what it is: no number."""
    path = write(own_catalogue, GOOD)
    path.write_text(path.read_text().replace("- id: too-few", f"- id: too-few\n  at_least: {number}"))
    assert "patterns.0.at_least: " in problem_of(own_catalogue)


def test_links_out_of_the_folder_are_not_followed(own_catalogue: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.write_text("token: x\n")
    link = own_catalogue / "resources" / "linked.yaml"
    link.parent.mkdir()
    link.symlink_to(secret)
    assert problem_of(own_catalogue) == f"{link}:1: file: leads out of the folder"


def test_pipes_folders_and_huge_files_are_not_opened(own_catalogue: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe would hold us up for ever; a huge file is told by its size alone."""
    area = own_catalogue / "resources"
    area.mkdir()
    os.mkfifo(area / "a.yaml")
    (area / "b.yaml").mkdir()
    with (area / "c.yaml").open("wb") as file:
        file.truncate(100 << 30)
    with pytest.raises(CatalogueError) as caught:
        Catalogue.load(own_catalogue)
    assert [one.split(": ", 2)[2] for one in caught.value.problems] == ["is no file", "is no file", "larger than 1000000 bytes"]
    monkeypatch.setattr(strangers, "MOST_FILES", 2)
    assert "holds more than 2 entries" in problem_of(own_catalogue)


def test_aliases_do_not_multiply(own_catalogue: Path) -> None:
    """The billion laughs: refused at the first anchor."""
    area = own_catalogue / "resources"
    area.mkdir()
    (area / "x.yaml").write_text(
        "a: &a [x]\n" + "".join(f"{b}: &{b} [*{a},*{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    )
    assert problem_of(own_catalogue).startswith(f"{area / 'x.yaml'}:1: ")


def test_a_catastrophic_regex_is_stopped_named_and_the_rest_goes_on(own_catalogue: Path) -> None:
    """After a few lines it is left out: a log of thousands of such lines is read to its end."""
    write(own_catalogue, changed(REGEX, r"flux (?P<name>x)?(?P<watts>y)?(?:a|aa)+(?=jiggawatts)"))
    log = ("flux " + "a" * 3000 + "\n") * 2000 + "FluxError: not enough jiggawatts\n"
    diagnosis = diagnose(log, catalogue=Catalogue.load(own_catalogue))
    assert diagnosis.findings[0].id == "flux-empty"
    assert [one.reason for one in diagnosis.skipped] == [f"pattern flux-empty/too-few was stopped on {PATIENCE} lines: too slow"]


def test_a_condition_of_a_remedy_that_never_ends_does_not_hold() -> None:
    assert not _matches(r"(?:a|aa)+b", "a" * 200)
    assert _matches(r"a+", "aaa")


def test_a_problem_in_a_folder_with_a_colon_in_its_name_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "C:"
    write(folder, {**GOOD, "blame": "weather"})
    assert next(iter(lint([folder]))).line > 0
