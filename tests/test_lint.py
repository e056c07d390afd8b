"""The lint itself: the good entry passes, and each check finds what it is for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from spacedoctor.lint import lint
from tests.entries import GOOD, changed, write

HIT = ("samples", "hit")
NEIGHBOUR = {
    **GOOD,
    "title": "The hoverboard does not work on water",
    "patterns": [{"id": "water", "regex": "HoverError: no power on water"}],
    "cause": "Hoverboards do not work on water, unless they have power, which this one has not.",
    "remedies": [{**GOOD["remedies"][0], "title": "Leave the water", "steps": ["Steer it back to the shore."], "commands": []}],
}


def checks(folder: Path, only: str = "flux-empty") -> set[str]:
    write(folder, NEIGHBOUR, "hover-water")
    return {issue.check for issue in lint([folder], {only})}


def test_the_good_entry_passes(own_catalogue: Path) -> None:
    """Nothing is found where nothing is wrong."""
    write(own_catalogue, GOOD)
    assert checks(own_catalogue) == set()


@pytest.mark.parametrize(
    ("check", "entry"),
    [
        ("loads", changed(("blame",), "weather")),
        ("title", changed(("title",), "A title that ends with a full stop.")),
        ("title", changed(("title",), "x" * 81)),
        ("title", changed(("title",), "The Hoverboard does not work on water")),
        ("said-something", changed(("cause",), "See the references.")),
        ("said-something", changed(("remedies", 0, "steps"), ["Fix it."])),
        ("explains-known", changed(("explains",), ["no-such-entry"])),
        ("references", changed(("references",), [])),
        ("references", changed(("references", 0, "url"), "http://example.org")),
        ("references", changed(("references", 0, "checked"), "2999-01-01")),
        ("regex-form", changed(("patterns", 1, "regex"), ".*FluxError: not enough jiggawatts")),
        ("regex-form", changed(("patterns", 1, "regex"), "FluxError: .* jiggawatts")),
        ("regex-form", changed(("patterns", 1, "regex"), r"(\w{3})Error: not \1")),
        ("regex-form", changed(("patterns", 1, "regex"), r"[A-Z]\d{3}\w{2}: x")),
        (
            "regex-fast",
            changed(("patterns", 1, "regex"), r"FluxError: (?:a|aa)+(?=jiggawatts)"),
        ),
        ("placeholders", changed(("cause",), GOOD["cause"].replace("{watts|more}", "{watts}"))),
        ("samples", changed(HIT, GOOD["samples"]["hit"][:1])),
        ("samples", changed(("samples", "miss"), [])),
        ("samples", changed((*HIT, 1), {**GOOD["samples"]["hit"][0], "log": "flux capacitor A1 needs 9.99 jiggawatts\n"})),
        ("sample-source", changed((*HIT, 0, "source"), "made")),
        ("sample-source", changed((*HIT, 0, "source"), "reproduced")),
        ("sample-source", changed((*HIT, 0, "source"), "somewhere")),
        ("no-secret", changed((*HIT, 1, "log"), "FluxError: not enough jiggawatts for hf_" + "a1" * 17 + "\n")),
        (
            "pattern-proved",
            changed(
                (*HIT, 1), {**GOOD["samples"]["hit"][0], "log": "the flux capacitor Z9 needs 88 jiggawatts now\n", "captures": {}}
            ),
        ),
        ("hit-found", changed((*HIT, 1, "log"), "nothing of the kind\n")),
        ("hit-exact", changed((*HIT, 0, "captures"), {"watts": "2"})),
        ("hit-exact", changed((*HIT, 1, "pattern"), "too-few")),
        (
            "hit-wins",
            changed((*HIT, 1, "log"), "HoverError: no power on water\nFluxError: not enough jiggawatts\n"),
        ),
        ("remedy-left", changed(("remedies",), [GOOD["remedies"][1]])),
        ("remedy-left", changed(("remedies",), [{**GOOD["remedies"][0], "steps": ["Set the variable to {watts}."]}])),
        ("miss-missed", changed(("samples", "miss", 0, "log"), "FluxError: not enough jiggawatts\n")),
    ],
)
def test_each_check_finds_what_it_is_for(own_catalogue: Path, check: str, entry: dict[str, Any]) -> None:
    """A bad entry is found by the check that its fault belongs to."""
    write(own_catalogue, entry)
    assert check in checks(own_catalogue)


def test_stored_logs_are_judged(own_catalogue: Path, tmp_path: Path) -> None:
    """A stored log that is judged otherwise than its folder says is an issue."""
    write(own_catalogue, GOOD)
    for name, text in (
        ("flux-empty/a", "FluxError: not enough jiggawatts\n"),
        ("flux-empty/b", "all is well\n"),
        ("healthy/c", "FluxError: not enough jiggawatts\n"),
    ):
        path = tmp_path / "logs" / f"{name}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    found = list(lint([own_catalogue], {"flux-empty"}, tmp_path / "logs"))
    assert sorted(Path(issue.path).stem for issue in found) == ["b", "c"]
    assert {issue.check for issue in found} == {"stored-log"}
