"""The HTML report in a real Chromium: nothing is loaded, nothing of the evidence runs, it can be used by keyboard and by screen readers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from spacedoctor import Diagnosis
from tests.cases import CASES, INJECTIONS, case, hostile

CHROMIUM = next((path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), None)
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium here: apt-get install chromium")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield started
        started.close()


class Watched:
    """A page, and what it asked for, said on its console, and got wrong."""

    def __init__(self, browser: Browser, path: Path, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.page: Page = self.context.new_page()
        self.asked: list[str] = []
        self.wrong: list[str] = []
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.wrong.append(str(error)))
        self.page.on("console", lambda message: self.wrong.append(message.text))
        self.page.on("dialog", lambda dialog: self.wrong.append(dialog.message))
        self.page.goto(path.as_uri())


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Any]:
    pages: list[Watched] = []

    def of(diagnosis: Diagnosis, **options: Any) -> Watched:
        path = tmp_path / "report.html"
        path.write_text(diagnosis.to_html(), encoding="utf-8")
        pages.append(Watched(browser, path, **options))
        return pages[-1]

    yield of
    for one in pages:
        one.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", CASES)
def test_axe_finds_nothing(opened: Any, name: str, width: int, scheme: str) -> None:
    """Folded and unfolded; and nothing is wider than the screen."""
    watched = opened(case(name), viewport={"width": width, "height": 800}, color_scheme=scheme)
    for _ in range(2):
        violations = Axe().run(watched.page).response["violations"]
        assert not [(one["id"], one["impact"], [node["target"] for node in one["nodes"]]) for one in violations]
        assert watched.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        watched.page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert len(watched.asked) == 1
    assert not watched.wrong


def test_nothing_of_a_hostile_space_or_catalogue_runs_or_is_loaded(opened: Any, tmp_path: Path) -> None:
    """Injections in log, message, README, commits, names, volumes, files, and in every text of an entry stay text."""
    diagnosis = hostile(tmp_path / "own")
    assert any(one.id == "flux-empty" for one in diagnosis.findings)
    watched = opened(diagnosis)
    page = watched.page
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    page.wait_for_timeout(300)
    assert page.evaluate("window.ran") is None
    assert page.locator("script").count() == 1
    assert page.locator("img, iframe, svg, link, object, embed, form, base").count() == 0
    assert (
        page.evaluate(
            "[...document.querySelectorAll('*')].flatMap((e) => e.getAttributeNames()).filter((n) => n.startsWith('on'))"
        )
        == []
    )
    links = page.evaluate("[...document.querySelectorAll('a')].map((one) => one.href)")
    assert all(one.startswith(("https://", "file://")) for one in links)
    assert not [one for one in links if "evil.example" in one]
    assert len(watched.asked) == 1
    assert not watched.wrong
    assert INJECTIONS[0] in page.inner_text("main")


def test_copy_buttons_copy_and_can_be_reached_by_keyboard(opened: Any) -> None:
    watched = opened(case("complex"), permissions=["clipboard-read", "clipboard-write"])
    page, advice = watched.page, case("complex").findings[0].remedies[0]
    button = page.locator("pre.commands button").first
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.textContent === 'Copied'")
    assert page.evaluate("navigator.clipboard.readText()") == "\n".join(advice.commands)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.tagName") in ("A", "SUMMARY", "PRE")


def test_links_of_the_course_lead_to_their_place(opened: Any) -> None:
    """Also to what is folded: it is unfolded."""
    page = opened(case("complex")).page
    links = page.locator(".hits a")
    assert links.count() >= 2
    for number in range(links.count()):
        target = links.nth(number).get_attribute("href")
        links.nth(number).click()
        place = page.locator(f"[id='{target[1:]}']")
        assert place.is_visible()
        assert place.evaluate(
            "(one) => { const box = one.getBoundingClientRect(); return box.top < innerHeight && box.bottom > 0; }"
        )


def test_everything_can_be_read_without_scripts(opened: Any) -> None:
    page = opened(case("complex"), java_script_enabled=False).page
    assert page.locator("button").count() == 0
    assert case("complex").findings[0].remedies[0].title in page.inner_text("main")
    folded = page.locator("details.more summary").first
    folded.click()
    assert page.locator("details.more[open]").count() == 1


@pytest.mark.parametrize("scripts", [True, False])
def test_print_shows_what_is_folded(opened: Any, scripts: bool, tmp_path: Path) -> None:  # noqa: FBT001
    page = opened(case("complex"), java_script_enabled=scripts).page
    page.emulate_media(media="print")
    last = page.locator(".remedies").first.locator("li .steps").last
    assert last.is_visible() or scripts
    assert not page.locator("pre button").first.is_visible()
    path = tmp_path / "report.pdf"
    page.pdf(path=str(path))
    assert path.read_bytes().count(b"/Type /Page\n") + path.read_bytes().count(b"/Type /Page ") >= 1
