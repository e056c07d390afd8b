"""No secret gets through: of every kind, in every place of the input, through every form of the report, on standard error, when posted."""

from __future__ import annotations

import itertools
import json
import os
from pathlib import Path
from typing import Any

import pytest

from spacedoctor import Catalogue, cli, diagnose
from spacedoctor.render import terminal
from tests.canaries import CANARIES, HF, LOOK_ALIKES, MIXED, PASSWORD, Canary
from tests.entries import changed, write
from tests.hub import HEAD, OLD, Hub, Log, Space
from tests.test_attach import run
from tests.test_space import CRASH, runtime

PROBE = r"PROBE (?P<what>.{1,4000})"
ADVICE: dict[str, Any] = {
    "id": "probe",
    "title": "Look at {what}",
    "steps": ["Look at {what} again."],
    "commands": ["echo {what}"],
    "verify": ["{what} is gone"],
    "chance": "cures",
    "effort": "setting",
    "risk": "restart",
    "cost": "free",
}


@pytest.fixture(scope="module")
def probing(tmp_path_factory: pytest.TempPathFactory) -> Catalogue:
    """The catalogue with an entry that captures whole lines and says them in its cause, steps and commands."""
    folder = tmp_path_factory.mktemp("own")
    entry = changed(("remedies",), [ADVICE])
    entry["cause"] = "The app says {what}."
    entry["patterns"] = [{"id": "probe", "regex": PROBE}]
    entry["samples"]["hit"] = [{"pattern": "probe", "source": f"https://example.org/{n}", "log": "PROBE x\n"} for n in (1, 2)]
    write(folder, entry)
    return Catalogue.load(folder)


def forms(log: str, catalogue: Catalogue) -> dict[str, str]:
    diagnosis = diagnose(log, catalogue=catalogue)
    return {
        "json": diagnosis.to_json(),
        "html": diagnosis.to_html(),
        "markdown": diagnosis.to_markdown(),
        "terminal": terminal.render(diagnosis, 4000),
        "screen": "".join(terminal.render(diagnosis, 60, colour=True).split()),
    }


@pytest.mark.parametrize("canary", CANARIES, ids=lambda one: one.kind)
@pytest.mark.parametrize("place", ["evidence", "capture", "unrecognised"])
def test_no_canary_gets_through(probing: Catalogue, canary: Canary, place: str) -> None:
    log = {
        "evidence": f"{canary.text}\nModuleNotFoundError: No module named 'pandas'\n{canary.text}\n",
        "capture": "\n".join(f"PROBE {line}" for line in canary.text.split("\n")[:1]) + f"\n{canary.text}\n",
        "unrecognised": f"ERROR: {canary.text}\n",
    }[place]
    through = [(form, part) for form, text in forms(log, probing).items() for part in canary.parts if part in text]
    assert not through


@pytest.mark.parametrize("text", LOOK_ALIKES)
def test_no_look_alike_is_eaten(probing: Catalogue, text: str) -> None:
    log = f"{text}\nModuleNotFoundError: No module named 'pandas'\n{text}\n"
    for form, report in forms(log, probing).items():
        if form in ("json", "terminal"):
            assert json.dumps(text.strip())[1:-1] in report or text.strip() in report, form


def test_a_secret_is_known_again_where_nothing_tells_what_it_is(probing: Catalogue) -> None:
    """The value alone, in another place than the line that tells that it is a password."""
    log = f"PROBE refused {PASSWORD}\nERROR: postgresql://me:{PASSWORD}@db/x\n"
    assert not [form for form, text in forms(log, probing).items() if PASSWORD in text]


@pytest.mark.parametrize("length", range(360, 440, 3))
def test_no_half_of_a_token_is_left_where_a_text_is_cut(probing: Catalogue, length: int) -> None:
    log = f"ERROR: {'words ' * (length // 6)}{HF} and more\n"
    assert not [form for form, text in forms(log, probing).items() if HF[:12] in text]


@pytest.fixture(scope="module")
def leaky() -> Space:
    """A Space that has canaries in every field: logs, the platform's message, README, commits, names of variables."""
    texts = [canary.text for canary in CANARIES]
    return Space(
        runtime=runtime("RUNTIME_ERROR", "\n".join(["Exit code: 1. Reason:", *CRASH[1:], *texts]), OLD),
        readme="---\nsdk: docker\ntitle: "
        + json.dumps(HF)
        + "\nlist:\n"
        + "".join(f"  - {json.dumps(text)}\n" for text in texts)
        + "---\n",
        commits=((HEAD, f"Set {HF}", 10.0), (OLD, f"postgresql://me:{PASSWORD}@db/x", 600.0)),
        variables=(HF, "LOG_LEVEL"),
        secrets=("OPENAI_KEY",),
        run=Log((*CRASH, *itertools.chain.from_iterable(f"ERROR: {text}".split("\n") for text in texts))),
        build=Log([f"ERROR: {text}" for text in texts if "\n" not in text]),
    )


def through(text: str) -> list[str]:
    """Return what stands around a canary's secret in a text."""
    return [text[max(text.find(part) - 30, 0) :][:60] for canary in CANARIES for part in canary.parts if part in text][:3]


@pytest.mark.parametrize("form", ["terminal", "markdown", "html", "json"])
def test_no_canary_of_a_space_gets_through_the_command(leaky: Space, form: str, tmp_path: Path) -> None:
    """Nor to standard error, to the job's summary, or into what is posted."""
    summary = tmp_path / "summary.md"
    with Hub(leaky) as hub:
        done = run(
            hub, "me/app", "--format", form, "--attach", "discussion", "--yes", "--debug", GITHUB_STEP_SUMMARY=str(summary)
        )
        ((_, body),) = hub.posted
    assert done.returncode == 1, done.stderr
    assert not through(done.stdout)
    assert not through(done.stderr)
    assert not through(summary.read_text())
    assert not through(json.dumps(body, ensure_ascii=False))


def test_no_canary_gets_through_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    """What goes wrong may name an address or an answer with a secret in it."""
    for canary in CANARIES:
        cli.tell(f"cannot read {canary.text}", f"look at {canary.text}", 3)
    assert not through(capsys.readouterr().err)


def test_no_canary_gets_through_a_traceback(tmp_path: Path) -> None:
    with Hub() as hub:
        done = run(hub, f"me/{HF}", "--debug")
        (tmp_path / "hub").mkdir()
        (tmp_path / "hub" / "own.yaml").write_text(f"title: {HF}\n")
        broken = run(hub, os.devnull, "--catalogue", str(tmp_path), "--debug")
    assert "Traceback" in done.stderr
    assert "Traceback" in broken.stderr
    assert MIXED not in done.stderr + broken.stderr


def test_a_bug_shows_its_traceback_without_secrets(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def broken(**_: object) -> None:
        raise RuntimeError(f"no room for {HF}")

    monkeypatch.setattr(cli.cli, "main", broken)
    assert cli.main(["some.log"]) == cli.BUG
    told = capsys.readouterr().err
    assert "Traceback" in told
    assert "no room for <hf-token-1>" in told
