"""Finding candidates: with hyperscan and without, the same."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
import regex

from spacedoctor import Catalogue
from spacedoctor.api import diagnose
from spacedoctor.catalogue import cache
from spacedoctor.match import engine
from spacedoctor.match.loosen import loosen
from tests.entries import GOOD, write

LOGS = sorted((Path(__file__).parent / "logs").glob("*/*.log"))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (r"^Killed$", "web-1 | Killed "),
        (r"No module named '(?P<m>[\w.]{1,80})'", "No module named 'größe.ü'"),
        (r"near \"[^\"]{1,20}\": syntax", 'near "AB": syntax'),
        (r"a{12}b", "a" * 12 + "b"),
        (r"[^\]]x{2,40}", "axxx"),
        (r"(?i)fatal: \S+", "FATAL: x"),
        (r"\bfoo\b(?! bar)", "foo baz"),
        (r"(?P<a>\w{3}) and \1 again", "one and one again"),
        (r"(?:Error|Warning)+: (?P<x>[a-z]{2,9}(?:-[a-z]{1,3})?)?done", "ErrorWarning: done"),
        (r"401 (?:Client Error: )?(?P<x>Unauthorized)", "401 Unauthorized"),
        (r"begin (?:a long optional part of it )?end", "begin end"),
        (r"a literal that is long(?: enough){2} to be cut|short", "a literal that is long enough enough to be cut"),
        ("caf\u00e9 (?P<x>\\d+)", "caf\u00e9 7"),
    ],
)
def test_a_candidate_is_never_lost(text: str, line: str) -> None:
    """Wherever a regex matches a line's content its loosened form matches the line."""
    scan = engine.scanner([text], None)
    ((index, offset),) = scan(f"before\n{line}\nafter\n".encode())
    assert index == 0
    assert len("before\n") <= offset < len("before\n") + len(line.encode())


def test_a_regex_that_hyperscan_refuses_is_searched_the_slower_way() -> None:
    """A regex beyond hyperscan's means is found all the same, and does not keep the others from it."""
    scan = engine.scanner([r"foo (?>a|b)", r"\p{Cyrillic}{3}", "bar"], None)
    assert max(scan("foo a\nbar\nслово\n".encode())) == (2, 8)


def test_no_regex_of_the_catalogue_loosens_to_almost_nothing(catalogue: Catalogue) -> None:
    """A candidate is rare: on lines of an ordinary log hardly any regex of the catalogue finds one."""
    words = [
        "loaded",
        "model",
        "shard",
        "tensor",
        "request",
        "handled",
        "cache",
        "user",
        "session",
        "done",
        "step",
        "epoch",
        "loss",
        "token",
    ]
    dice = random.Random(3)
    lines = (
        f"2026-11-23 20:00:00,000 - app.main - INFO - {' '.join(dice.choices(words, k=9))} {n / 7:.4f}\n" for n in range(2000)
    )
    found = engine.scanner(catalogue.texts, None)("".join(lines).encode())
    assert len(found) < 20


def test_a_branch_that_is_long_enough_does_not_cut_what_follows_a_short_one() -> None:
    """Where one branch of a group needs the rest to be rare, the rest stays."""
    scan = engine.scanner([r"(?:a literal that is long|x|)module 'gone' has"], None)
    assert scan(b"x\nanything\n") == []
    assert [index for index, _ in scan(b"module 'gone' has\n")] == [0]


def test_one_candidate_a_line() -> None:
    """However often a regex matches in a line it is one candidate."""
    scan = engine.scanner(["ab"], None)
    assert [index for index, _ in scan(b"ab ab ab\nxx\nab\n")] == [0, 0]


def test_nothing_crosses_a_line() -> None:
    """Classes that would take in a line break do not."""
    for text in (r"a\s+b", r"a[^x]+b", r"a\Wb", r"a\Db"):
        assert regex.search(loosen(text).encode(), b"a\nb") is None


def test_without_hyperscan_the_reports_are_the_same(catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slower way finds the same."""
    if engine.hyperscan() is None:
        pytest.fail("hyperscan is not installed here: there is nothing to compare with")
    some = LOGS[::7]
    fast = [diagnose(path, catalogue=catalogue).to_dict() for path in some]
    monkeypatch.setattr(engine, "hyperscan", lambda: None)
    again = Catalogue.load()
    assert [diagnose(path, catalogue=again).to_dict() for path in some] == fast


def test_the_compiled_form_is_cached_and_a_broken_file_does_no_harm(tmp_path: Path) -> None:
    """A second load reads the cache; damage means compiling again."""
    log = "ModuleNotFoundError: No module named 'pandas'\n"
    first = diagnose(log, catalogue=Catalogue.load(cache_dir=tmp_path)).to_dict()
    files = sorted(tmp_path.iterdir())
    assert [path.name.split("-")[0] for path in files] == ["catalogue", "hyperscan", "version"]
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)
    before = [path.stat().st_mtime_ns for path in files]
    assert diagnose(log, catalogue=Catalogue.load(cache_dir=tmp_path)).to_dict() == first
    assert [path.stat().st_mtime_ns for path in files] == before
    for path in files:
        path.write_bytes(path.read_bytes()[:-7])
    assert diagnose(log, catalogue=Catalogue.load(cache_dir=tmp_path)).to_dict() == first


def test_a_cache_folder_that_cannot_be_made_is_done_without(tmp_path: Path) -> None:
    """A file in the folder's place is no reason to fail."""
    (tmp_path / "file").write_text("")
    catalogue = Catalogue.load(cache_dir=tmp_path / "file" / "cache")
    assert diagnose("ModuleNotFoundError: No module named 'pandas'\n", catalogue=catalogue).verdict == "failing"


def test_a_run_with_a_warm_cache_reads_no_yaml_and_loosens_nothing(tmp_path: Path) -> None:
    """What only a first run needs is not imported again: validating, YAML, loosening; without a candidate the regex module neither."""
    code = (
        "import sys; from pathlib import Path; from spacedoctor import Catalogue; from spacedoctor.api import diagnose\n"
        f"diagnose('all is well\\n', catalogue=Catalogue.load(cache_dir=Path({str(tmp_path)!r})))\n"
        "print(*sys.modules)"
    )
    first, second = (
        set(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split())
        for _ in range(2)
    )
    only_first = {"pydantic", "yaml", "spacedoctor.match.loosen"}
    assert only_first <= first
    assert not second & {*only_first, "regex", "jinja2", "rich", "huggingface_hub"}


def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    """A catalogue that was edited is not taken from the cache, not even where its size is the same."""
    path = write(tmp_path / "own", GOOD)
    Catalogue.load(tmp_path / "own", cache_dir=tmp_path / "cache")
    path.write_text(path.read_text().replace("out of jiggawatts", "out of kilowatts!"))
    loaded = Catalogue.load(tmp_path / "own", cache_dir=tmp_path / "cache")
    assert loaded["flux-empty"].title.endswith("out of kilowatts!")


def test_the_cache_does_not_grow_without_end(tmp_path: Path) -> None:
    """Of each kind the latest stay."""
    for number in range(cache.KEPT + 5):
        cache.put(tmp_path, f"kind-{number}", b"x")
        os.utime(tmp_path / f"kind-{number}", ns=(number, number))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(f"kind-{n}" for n in range(5, cache.KEPT + 5))
