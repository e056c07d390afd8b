"""The Markdown report through GitHub's own implementation: hostile evidence stays text, links lead where the catalogue says."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from spacedoctor import Catalogue, Diagnosis
from spacedoctor.api import diagnose
from spacedoctor.render import markdown, words
from tests.cases import CASES, case, hostile

OURS = {
    "h2", "p", "strong", "code", "pre", "ol", "ul", "li", "details", "summary", "table", "thead", "tbody", "tr", "th", "td", "sub", "a",
    "blockquote",
}  # fmt: skip
BREAKERS = (
    "```", "````````", "~~~~", "``` \n", "</details>", "<!-- ", "]]>", "| a | b |", "> quoted", "# Heading", "- [ ] task", "[x](https://evil.example)",
    "![x](https://evil.example/x.png)", "<https://evil.example>", "https://evil.example", "www.evil.example", "evil@evil.example", "@everyone",
    "me/app#12", "#12", "GH-12", "[^1]", "[ref]: https://evil.example", "&lt;b&gt;", "\\", "$x$", ":tada:", "\u2028@all", "`", "`` ` ``", "*x*", "~~x~~",
)  # fmt: skip


class Page(HTMLParser):
    """Tags, addresses of links and images, and the text outside code."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.text = ""
        self.open: list[str] = []
        html = cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in a tag and its address."""
        self.tags.add(tag)
        self.links |= {value or "" for name, value in attrs if name in ("href", "src")}
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Every end has its beginning."""
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        """Keep what is not code."""
        if not {"code", "pre"} & set(self.open):
            self.text += data


def known(diagnosis: Diagnosis) -> set[str]:
    """Return the addresses that the catalogue gives."""
    revoke = {page for leak in diagnosis.leaks if (page := words.revoke_page(leak))}
    of_findings = {address for one in diagnosis.findings for address in words.read_more(one)}
    return (
        revoke
        | of_findings
        | {url for one in diagnosis.findings for advice in one.remedies for url in words.further(advice, one)}
    )


def check(diagnosis: Diagnosis, text: str) -> None:
    page = Page(text)
    assert page.tags <= OURS
    assert page.links <= known(diagnosis)
    assert not page.open
    rest = re.sub("|".join(map(re.escape, sorted(known(diagnosis), key=len, reverse=True))) or "$^", "", page.text)
    assert not re.findall(r".{0,40}(?:@\w|#\d|\bgh-\d|\bwww\.|https?://).{0,40}", rest, re.IGNORECASE)


@pytest.mark.parametrize("name", CASES)
def test_the_page_is_whole(name: str) -> None:
    """Every fold is closed, tables are tables, every link is one of the catalogue."""
    text = case(name).to_markdown()
    check(case(name), text)
    page = Page(text)
    assert ("table" in page.tags) == (case(name).space is not None)
    assert page.links or name in ("healthy", "unknown")


@pytest.mark.parametrize("evil", BREAKERS)
def test_evidence_cannot_break_out(catalogue: Catalogue, evil: str) -> None:
    log = f"{evil}\nModuleNotFoundError: No module named 'pandas' {evil}\n{evil}\nERROR: {evil} {evil}\n{evil} Error: {evil}\n"
    diagnosis = diagnose(log, catalogue=catalogue)
    assert diagnosis.verdict == "failing"
    check(diagnosis, diagnosis.to_markdown())


def test_a_hostile_space_and_catalogue_stay_text(tmp_path: Path) -> None:
    diagnosis = hostile(tmp_path / "own", more=" ".join(one for one in BREAKERS if "\n" not in one))
    check(diagnosis, diagnosis.to_markdown())


@pytest.mark.parametrize("limit", [20_000, 8_000, 6_000])
def test_what_is_cut_is_whole_too(limit: int) -> None:
    text = markdown.render(case("complex"), limit)
    assert len(text) <= limit
    check(case("complex"), text)
