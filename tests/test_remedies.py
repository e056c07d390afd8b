"""The catalogue's remedies: commands that exist, dates that are not old, numbers that have a source."""

from __future__ import annotations

import datetime
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT

FILES = sorted((ROOT / "patterns").glob("*/*.yaml"))
ENTRIES: dict[str, dict[str, Any]] = {path.stem: yaml.safe_load(path.read_text()) for path in FILES}
COMMANDS = sorted(
    {c.strip() for e in ENTRIES.values() for r in e["remedies"] for c in r.get("commands", []) if c.strip().startswith("hf ")}
)
VALUES = {"space": "me/app", "repo": "acme/model", "version": "1.2.3"}
GONE = re.compile(r"(?i)\bpersistent storage\b|\bhuggingface-cli\b|\bhf spaces sleep\b|\bapi-inference\.huggingface\.co\b")
OLD = datetime.timedelta(days=365)


def filled(command: str) -> list[str]:
    text = re.sub(r"\{([a-z_]+)(?:\|[^{}]*)?\}", lambda part: VALUES.get(part[1], "value"), command)
    return shlex.split(text.split(" | ")[0].split(" > ")[0].split(" && ")[0], comments=True)


def parse(words: list[str]) -> None:
    """Parse a command with the installed `hf`, without running it."""
    from huggingface_hub.cli import hf

    command: Any = hf.app
    context = None
    while True:
        context = command.make_context(words[0], words[1:], parent=context, resilient_parsing=False)
        if not hasattr(command, "resolve_command"):
            return
        _, command, rest = command.resolve_command(context, [*context._protected_args, *context.args])
        words = [command.name, *rest]


@pytest.mark.parametrize("command", COMMANDS)
def test_the_installed_hf_understands(command: str) -> None:
    """Every `hf` command of the catalogue is one that the installed client has, options and all."""
    for line in command.splitlines():
        if line.strip().startswith("hf "):
            parse(filled(line.strip()))


@pytest.mark.parametrize("words", [["hf", "spaces", "sleep", "me/app"], ["hf", "spaces", "restart", "me/app", "--factory"]])
def test_a_command_that_does_not_exist_is_found(words: list[str]) -> None:
    """The parse that the test above relies on refuses what is not there."""
    import click

    with pytest.raises(click.UsageError):
        parse(words)


@pytest.mark.parametrize("name", ENTRIES)
def test_remedies_name_nothing_that_is_gone(name: str) -> None:
    """No remedy sells what the platform no longer has."""
    text = yaml.safe_dump(ENTRIES[name]["remedies"], width=10**6)
    found = [
        hit[0]
        for hit in GONE.finditer(text)
        if not re.search(
            r"(?i)no longer|not |old|instead|former|replace|moved|gone|address", text[max(0, hit.start() - 80) : hit.end() + 80]
        )
    ]
    assert not found


def test_setting_volumes_says_that_it_replaces_the_list() -> None:
    """`hf spaces volumes set` drops the volumes that are there: each remedy that uses it says so."""
    for name, entry in ENTRIES.items():
        for remedy in entry["remedies"]:
            if any("hf spaces volumes set" in command for command in remedy.get("commands", [])):
                assert re.search(r"(?i)replace|whole list|drop|again", " ".join(remedy["steps"])), f"{name}/{remedy['id']}"


def test_references_are_looked_at_once_a_year() -> None:
    """A reference whose page nobody has looked at for a year is due."""
    today = datetime.datetime.now(tz=datetime.timezone.utc).date()
    due = [
        f"{name}: {one['url']}"
        for name, entry in ENTRIES.items()
        for one in entry["references"]
        if today - _day(one["checked"]) > OLD
    ]
    assert not due


def _day(value: Any) -> datetime.date:
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(value)


def test_scripts_that_samples_name_exist() -> None:
    """A reproduced sample leads to the script that made it."""
    for name, entry in ENTRIES.items():
        for sample in [*entry.get("samples", {}).get("hit", []), *entry.get("samples", {}).get("miss", [])]:
            if "script" in sample:
                assert Path(ROOT / sample["script"]).is_file(), f"{name}: {sample['script']}"


def _treatments(field: str) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    return [
        (f"{name}/{remedy['id']}", remedy, one)
        for name, entry in ENTRIES.items()
        for remedy in entry["remedies"]
        for one in remedy.get(field, [])
    ]


def _plain(text: str) -> str:
    """Return a text without the words that stand in for what was not captured."""
    return re.sub(r"\{(\w+)\|[^{}]*\}", r"{\1}", text)


def _words(remedy: dict[str, Any]) -> str:
    return _plain(" ".join([remedy["title"], *remedy["steps"], *remedy.get("commands", [])]))


def test_actions_do_what_the_words_of_their_remedy_say() -> None:
    """The variable, secret, hardware or path of an action stands in the remedy that people read, and a rebuild is called one."""
    wrong = []
    for name, remedy, action in _treatments("action"):
        said = _words(remedy)
        named = [_plain(action[field]) for field in ("name", "hardware", "path", "value") if field in action]
        if not all(text in said for text in named):
            wrong.append(f"{name}: {named}")
        if action["kind"] == "factory-rebuild" and not re.search(r"(?i)rebuild|build|--factory-reboot", said):
            wrong.append(f"{name}: no rebuild")
        if action["kind"] == "request-hardware" and remedy["cost"] == "free" and action["hardware"] != "zero-a10g":
            wrong.append(f"{name}: hardware is not free")
        if action["kind"] == "pause" and remedy["risk"] != "downtime":
            wrong.append(f"{name}: a pause is a downtime")
    assert not wrong


def test_patches_change_what_the_words_of_their_remedy_say() -> None:
    """Each requirement, package and setting of a patch stands in the remedy that people read."""
    wrong = []
    for name, remedy, patch in _treatments("patch"):
        said = _words(remedy).lower()
        named = [
            *patch.get("pin", []),
            *patch.get("drop", []),
            *patch.get("line", []),
            *patch.get("env", {}),
            *patch.get("front_matter", {}),
        ]
        bare = [re.split(r"[\s<>=!~;\[]", text.lower())[0] for text in named]
        versions = re.findall(r"(?<=[<>=])[\d.]+", " ".join(patch.get("pin", [])))
        values = [value for value in patch.get("front_matter", {}).values() if not value.startswith("{")]
        wrong += [f"{name}: {text}" for text in (*bare, *versions, *values) if text not in said]
    assert not wrong


def test_what_is_one_command_can_be_carried_out() -> None:
    """A remedy that is nothing but a restart, a rebuild or a pause of this Space has its action."""
    plain = {
        "hf spaces restart {space}": "restart",
        "hf spaces restart {space} --factory-reboot": "factory-rebuild",
        "hf spaces pause {space}": "pause",
    }
    missing = [
        f"{name}/{remedy['id']}"
        for name, entry in ENTRIES.items()
        for remedy in entry["remedies"]
        if remedy["effort"] == "command"
        and len(remedy.get("commands", [])) == 1
        and remedy["commands"][0] in plain
        and "action" not in remedy
    ]
    assert set(missing) <= {"database-corrupt/restore-copy", "pip-build-failed/replace-archive"}  # a file comes first
