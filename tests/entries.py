"""Entries that tests make: a good one, and the same with parts replaced."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

GOOD: dict[str, Any] = {
    "title": "The flux capacitor is out of jiggawatts",
    "stages": ["run"],
    "blame": "configuration",
    "severity": "fatal",
    "cause": "The flux capacitor {name|of the app} asked for {watts|more} jiggawatts than the plug gives, and the app stopped at once.",
    "patterns": [
        {"id": "too-few", "regex": r"flux capacitor (?P<name>\w{1,20}) needs (?P<watts>[\d.]{1,8}) jiggawatts"},
        {"id": "older-wording", "regex": r"FluxError: not enough jiggawatts"},
    ],
    "remedies": [
        {
            "id": "plug-in",
            "title": "Give it {watts|more} jiggawatts",
            "steps": ["Set the variable JIGGAWATTS to {watts|1.21} and restart."],
            "commands": ["hf spaces variables add {space} -e JIGGAWATTS={watts|1.21}"],
            "chance": "cures",
            "effort": "setting",
            "risk": "restart",
            "cost": "free",
        },
        {
            "id": "new-car",
            "title": "Take another car",
            "steps": ["Buy another car and throw this one away."],
            "chance": "cures",
            "effort": "command",
            "risk": "data-loss",
            "loses": "everything in the boot",
            "cost": "free",
        },
    ],
    "references": [{"url": "https://example.org/flux", "checked": "2026-11-23"}],
    "samples": {
        "hit": [
            {
                "pattern": "too-few",
                "source": "https://example.org/a",
                "captures": {"watts": "1.21"},
                "log": "flux capacitor A1 needs 1.21 jiggawatts\n",
            },
            {"pattern": "older-wording", "source": "https://example.org/b", "log": "FluxError: not enough jiggawatts\n"},
        ],
        "miss": [{"id": "enough", "why": "It runs.", "source": "made", "log": "flux capacitor A1 has 1.21 jiggawatts\n"}],
    },
}


def changed(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """Return the good entry with one part replaced (or removed, with None)."""
    entry = copy.deepcopy(GOOD)
    part: Any = entry
    for key in path[:-1]:
        part = part[key]
    if value is None:
        del part[path[-1]]
    else:
        part[path[-1]] = value
    return entry


def write(folder: Path, entry: dict[str, Any], name: str = "flux-empty", area: str = "resources") -> Path:
    """Write an entry into a catalogue folder and return its file."""
    path = folder / area / f"{name}.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(entry, sort_keys=False))
    return path
