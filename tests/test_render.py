"""The reports: what they say, and that hostile log lines stay text."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from markdown_it import MarkdownIt

from spacedoctor import Catalogue, Diagnosis
from spacedoctor.api import diagnose
from spacedoctor.render import terminal, words
from tests.cases import CASES, case, hostile
from tests.conftest import ROOT

STORY = (ROOT / "tests/logs/sqlite-alter-constraint/raw-add-constraint.log").read_text()
EVIL = (
    "<script>alert(1)</script>",
    "</pre></details><img src=https://evil.example/x onerror=alert(1)>",
    "`````` ]( https://evil.example) **bold** @everyone #1",
    "```\n## All is well\n```",
    "{{ 7 * 7 }} {% raw %}",
    "\x1b]0;title\x07\x1b[2Jcleared \x9b31m",
    "\u202egnorw\u202c",
)


def evil_log(evil: str) -> str:
    return f"{evil}\nModuleNotFoundError: No module named 'pandas' {evil}\n{evil}\nERROR: {evil}\n"


@pytest.fixture(scope="module")
def story(catalogue: Catalogue) -> Diagnosis:
    return diagnose(STORY, catalogue=catalogue)


def test_the_owners_report_names_table_and_constraint_and_the_remedies_in_order(story: Diagnosis) -> None:
    """SQLite cannot do it; constraints inside CREATE TABLE or batch mode, the operator, then a factory rebuild; deleting the file is named with its loss."""
    finding = story.findings[0]
    assert finding.id == "sqlite-alter-constraint"
    assert finding.captures["table"] == "users"
    assert finding.captures["constraint"] in finding.cause
    assert "users" in finding.cause
    told = [" ".join((advice.title, *advice.steps, *advice.commands)) for advice in finding.remedies]
    assert "CREATE TABLE" in told[0] or "render_as_batch" in told[0]
    assert any("~*" in text for text in told)
    assert any("--factory-reboot" in text for text in told)
    losing = [advice for advice in finding.remedies if advice.risk == "data-loss"]
    assert all(advice.loses for advice in losing)
    assert losing
    assert finding.remedies.index(losing[0]) == len(finding.remedies) - len(losing)


@pytest.mark.parametrize("width", [40, 80, 110])
def test_terminal_fits_its_width(story: Diagnosis, width: int) -> None:
    """No line is wider than the terminal, and without colour there is no escape."""
    text = terminal.render(story, width)
    assert max(len(line) for line in text.split("\n")) <= width
    assert "\x1b" not in text
    assert "\x1b[" in terminal.render(story, width, colour=True)


LINK = re.compile(r"\x1b\]8;[^;]*;(?P<address>[^\x1b]*)\x1b\\")


@pytest.mark.parametrize("width", [40, 80, 110, 200])
def test_links_of_a_terminal_come_from_the_catalogue_alone(catalogue: Catalogue, width: int) -> None:
    """OSC 8 only where asked for, its addresses are those of the findings, and the text without codes is the same."""
    log = STORY.replace("email ~*", "https://evil.example/x \x1b]8;;https://evil.example\x1b\\click\x1b]8;;\x1b\\ email ~*")
    diagnosis = diagnose(log, catalogue=catalogue)
    text = terminal.render(diagnosis, width, colour=True, links=True)
    found = {one["address"] for one in LINK.finditer(text)} - {""}
    known = {url for one in diagnosis.findings for url in words.read_more(one)}
    assert found <= known | {url for one in diagnosis.findings for advice in one.remedies for url in words.further(advice, one)}
    assert set(words.read_more(diagnosis.findings[0])) <= found
    assert "\x1b]8" not in terminal.render(diagnosis, width, colour=True)
    bare = re.sub(r"\x1b\[[\d;]*m", "", LINK.sub("", text))
    assert [line.rstrip() for line in bare.split("\n")] == terminal.render(diagnosis, width).split("\n")


def test_every_form_tells_the_same(catalogue: Catalogue) -> None:
    """Verdict, cause, evidence with its place, every remedy with why, what it costs and how to see that it worked, earlier boots, versions."""
    boots = "".join(f"===== Application Startup at 2026-11-23 20:0{n}:00 =====\n2026-11-23T20:0{n}:01Z {STORY}" for n in (1, 2))
    diagnosis = diagnose(boots, catalogue=catalogue)
    finding = diagnosis.findings[0]
    hit = next(line for line in finding.evidence if line.hit)
    texts = [
        words.headline(diagnosis), finding.id, str(hit.line), hit.text, "boot 1", "boot 2", diagnosis.tool_version, diagnosis.catalogue_version,
        *(text for one in finding.remedies for text in (one.title, one.why, *one.steps, *one.commands, *one.verify)),
        *(url.removeprefix("https://") for url in finding.references),
        *(one.title for one in diagnosis.findings),
    ]  # fmt: skip
    for report in (terminal.render(diagnosis, 4000), diagnosis.to_markdown(), diagnosis.to_html()):
        bare = plainest(report)
        assert not [text for text in texts if plainest(text) not in bare]


def plainest(text: str) -> str:
    """Return only the letters and digits: what is left when each form has quoted a text in its way."""
    return re.sub(r"[\W_]+", "", re.sub(r"<(?!https)[^<>]*>", "", html.unescape(re.sub(r"</?(?!https)[a-z][^<>]*>", "", text))))


@pytest.mark.parametrize("evil", EVIL)
def test_log_lines_stay_text_in_html(catalogue: Catalogue, evil: str) -> None:
    """No element, attribute or address of a log line becomes part of the page; nothing is loaded."""
    page = diagnose(evil_log(evil), catalogue=catalogue).to_html()
    head, rest = page.split("<main")
    body, script = rest.split("<script>")
    digest = base64.b64encode(hashlib.sha256(script.split("</script>")[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in head
    assert "<script" not in head + body
    assert "<img" not in page
    assert "default-src 'none'" in page
    assert not re.search(r'(?:src|href)="(?!https://|#[\w-]+")', body)
    assert "evil.example" not in "".join(re.findall(r"<[^>]*>", body))


@pytest.mark.parametrize("evil", EVIL)
def test_log_lines_stay_text_in_markdown(catalogue: Catalogue, evil: str) -> None:
    """Nothing of a log line gets out of its fence."""
    text = diagnose(evil_log(evil), catalogue=catalogue).to_markdown()
    tokens = MarkdownIt("commonmark", {"html": True}).parse(text)
    outside = " ".join(token.content for token in tokens if token.type in ("inline", "html_block"))
    assert "evil.example" not in outside
    assert "@everyone" not in outside
    assert "<script" not in outside
    assert [token for token in tokens if token.type == "heading_open"][1:] == []


@pytest.mark.parametrize("evil", EVIL)
def test_log_lines_cannot_steer_the_terminal(catalogue: Catalogue, evil: str) -> None:
    """Control characters of a log line do not reach the terminal, and colours are ours alone."""
    text = terminal.render(diagnose(evil_log(evil), catalogue=catalogue), 80)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_a_hostile_space_or_catalogue_cannot_steer_the_terminal(tmp_path: Path) -> None:
    """Nor make a link: codes in an entry's texts, the platform's message, README, commits and names are not handed on."""
    diagnosis = hostile(tmp_path / "own", more="\x1b]0;title\x07 \x1b]8;;https://evil.example\x1b\\\\x \x1b[2J \x9b31m \u202e")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", terminal.render(diagnosis, 80))
    linked = terminal.render(diagnosis, 80, colour=True, links=True)
    assert not [one for one in LINK.finditer(linked) if "evil" in one["address"]]
    assert "\x07" not in linked
    assert "\x1b[2J" not in linked
    assert "\x1b]0" not in linked


@pytest.mark.parametrize("name", CASES)
def test_reports_of_spaces_are_valid(name: str) -> None:
    jsonschema.validate(json.loads(case(name).to_json()), json.loads((ROOT / "docs/report.schema.json").read_text()))


def test_every_report_of_the_stored_logs_is_valid(catalogue: Catalogue) -> None:
    """JSON reports follow their schema, and all forms can be made."""
    schema = json.loads((ROOT / "docs/report.schema.json").read_text())
    for path in sorted((ROOT / "tests/logs").glob("*/*.log"))[::5]:
        diagnosis = diagnose(path, catalogue=catalogue)
        jsonschema.validate(json.loads(diagnosis.to_json()), schema)
        assert diagnosis.to_html().endswith("</html>\n")
        assert diagnosis.to_markdown().startswith("## ")


def test_every_field_of_the_report_is_described() -> None:
    """The schema says of each field what it holds."""

    def silent(schema: dict[str, Any], path: str = "") -> list[str]:
        found = [f"{path}/{name}" for name, field in schema.get("properties", {}).items() if not field.get("description")]
        parts = {
            **schema.get("properties", {}),
            **schema.get("$defs", {}),
            **({"items": schema["items"]} if "items" in schema else {}),
        }
        return found + [one for name, part in parts.items() for one in silent(part, f"{path}/{name}")]

    assert not silent(json.loads((ROOT / "docs/report.schema.json").read_text()))


def test_secrets_are_masked_everywhere(catalogue: Catalogue) -> None:
    """A secret of the log is in no report, the same one has one placeholder; --no-redact is the only way to see it."""
    token, password = "hf_" + "Ab1" * 12, "s3cr3tpass"
    log = f"using {token}\nModuleNotFoundError: No module named 'pandas'\nERROR: {token} postgresql://me:{password}@db/x\n"
    diagnosis = diagnose(log, catalogue=catalogue)
    for text in (diagnosis.to_json(), diagnosis.to_html(), diagnosis.to_markdown(), terminal.render(diagnosis)):
        assert token not in text
        assert password not in text
    assert diagnosis.to_json().count("<hf-token-1>") == 2
