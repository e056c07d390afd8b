"""Diagnoses that reports are made of: usual ones, and one of a Space and a catalogue that mean harm."""

from __future__ import annotations

import functools
from pathlib import Path

from spacedoctor import Catalogue, Diagnosis, diagnose
from spacedoctor.catalogue.yaml_files import CONTROL
from tests.conftest import ROOT
from tests.entries import changed, write
from tests.hub import HEAD, OLD, Log, Space
from tests.test_space import ALEMBIC, BOOT, BUILT, TIMED_OUT, runtime, seen, serving

INJECTIONS = (
    "<script>window.ran = 1</script>", "<img src=x onerror='window.ran = 1'>", "</pre></title></style><svg onload=window.ran=1>",
    "\"'><iframe src=https://evil.example></iframe>", "javascript:window.ran=1", "<style>@import 'https://evil.example/x.css'</style>",
    "<link rel=prefetch href=https://evil.example>", "{{ 7 * 7 }}",
)  # fmt: skip
EVIL = " ".join(INJECTIONS)
UNKNOWN = "===== Application Startup at 2026-11-23 20:00:00 =====\nloading widgets\nERROR: frobnicator exploded: code 77\nFATAL: no flux\n"


def hostile(folder: Path, more: str = "") -> Diagnosis:
    """A Space with injections (and `more`) in every field, and a catalogue with those in every text that loading does not refuse."""
    evil = f"{EVIL} {more}".strip()
    shown = CONTROL.sub("", evil)
    entry = changed(("title",), f"Evil {INJECTIONS[0]}")
    entry["cause"] = f"Evil {shown.replace('{', '(').replace('}', ')')} {{what|x}}"
    entry["patterns"] = [{"id": "evil", "regex": r"EVIL (?P<what>.{1,2000})"}]
    entry["remedies"][0] |= {
        "title": f"T {INJECTIONS[1]}",
        "steps": [f"S {INJECTIONS[2]} `{INJECTIONS[3]}`"],
        "commands": ["echo {what}"],
    }
    entry["remedies"][0] |= {"verify": [INJECTIONS[5]], "references": ["https://example.org/ok"]}
    entry["references"] = [{"url": "https://example.org/a", "checked": "2026-11-23"}]
    entry["samples"] = {
        "hit": [{"pattern": "evil", "source": f"https://example.org/{n}", "log": "EVIL x\n"} for n in (1, 2)], "miss": entry["samples"]["miss"],
    }  # fmt: skip
    write(folder, entry)
    readme = (
        "---\nsdk: docker\ntitle: |\n  "
        + evil
        + "\n"
        + "".join(f"k{n}: |\n  {one}\n" for n, one in enumerate(INJECTIONS))
        + "---\n"
    )
    space = Space(
        runtime=runtime("RUNTIME_ERROR", f"Exit code: 1. Reason: {evil}", OLD, volumes=[{"type": evil, "source": evil, "mountPath": EVIL}]),
        readme=readme, commits=((HEAD, evil, 10.0), (OLD, evil, 600.0)), variables=(evil,), secrets=(evil,), files=(evil, "app.py"),
        run=Log((BOOT, evil, f"EVIL {evil}", f"ERROR: {evil}", evil, BOOT, f"EVIL {evil}", f"ERROR: {evil} {evil}")),
        build=Log((*BUILT, f"ERROR: {evil}")),
    )  # fmt: skip
    return seen(space, catalogue=Catalogue.load(folder))


@functools.cache
def case(name: str) -> Diagnosis:
    """Return the diagnosis of a case: simple, complex (a Space with several boots), healthy, unknown, visitor."""
    boots = [line for n in range(3) for line in (BOOT.replace("20:00", f"20:0{n}"), *ALEMBIC[1:])]
    broken = Space(
        runtime=runtime("RUNTIME_ERROR", TIMED_OUT, OLD), commits=((HEAD, "Mend it", 10.0), (OLD, "Break it", 600.0)), variables=("DB_URL",),
        build=Log(BUILT), run=Log((*boots, f"login with {'hf' + '_' + 'Ab1' * 11}")),
    )  # fmt: skip
    if name == "simple":
        return diagnose(ROOT / "tests/logs/sqlite-alter-constraint/raw-add-constraint.log")
    if name == "unknown":
        return diagnose(UNKNOWN)
    if name == "healthy":
        return seen(Space(build=Log(BUILT), run=Log(serving(7860))))
    return seen(broken) if name == "complex" else seen(broken, token=False)


CASES = ("simple", "complex", "healthy", "unknown", "visitor")
