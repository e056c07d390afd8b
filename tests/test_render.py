"""The reports: what they say, and that hostile log lines stay text."""

from __future__ import annotations

import base64
import hashlib
import json
import re

import jsonschema
import pytest
from markdown_it import MarkdownIt

from spacedoctor import Catalogue, Diagnosis
from spacedoctor.api import diagnose
from spacedoctor.render import terminal
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


def test_every_report_of_the_stored_logs_is_valid(catalogue: Catalogue) -> None:
    """JSON reports follow their schema, and all forms can be made."""
    schema = json.loads((ROOT / "docs/report.schema.json").read_text())
    for path in sorted((ROOT / "tests/logs").glob("*/*.log"))[::5]:
        diagnosis = diagnose(path, catalogue=catalogue)
        jsonschema.validate(json.loads(diagnosis.to_json()), schema)
        assert diagnosis.to_html().endswith("</html>\n")
        assert diagnosis.to_markdown().startswith("## ")


def test_secrets_are_masked_everywhere(catalogue: Catalogue) -> None:
    """A secret of the log is in no report, the same one has one placeholder; --no-redact is the only way to see it."""
    token, password = "hf_" + "Ab1" * 12, "s3cr3tpass"
    log = f"using {token}\nModuleNotFoundError: No module named 'pandas'\nERROR: {token} postgresql://me:{password}@db/x\n"
    diagnosis = diagnose(log, catalogue=catalogue)
    for text in (diagnosis.to_json(), diagnosis.to_html(), diagnosis.to_markdown(), terminal.render(diagnosis)):
        assert token not in text
        assert password not in text
    assert diagnosis.to_json().count("<hf-token-1>") == 2
