"""How often the first finding is right: `python -m benchmarks.accuracy [FOLDER | CASES.jsonl ...]`.

Without arguments: all samples of the catalogue and the logs of tests/logs. A folder holds `<cause>/<name>.log`; a JSON-lines file has
an object a line with `log`, `cause` and, if several answers are right, `accept`. Prints the accuracy, the pairs that are mistaken
for each other, and the entries that never came first.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from spacedoctor import Catalogue, resources
from spacedoctor.api import diagnose
from spacedoctor.catalogue import catalogue_files, loading

LOGS = Path(__file__).resolve().parent.parent / "tests" / "logs"
WITHOUT_ENTRY = {"healthy", "unknown", "empty"}


@dataclass(frozen=True)
class Case:
    """One labelled log: the right answers are entries' ids, or a verdict."""

    name: str
    log: str
    right: frozenset[str]
    wanted: str


def samples() -> Iterator[Case]:
    """Yield the hits of the catalogue."""
    entries, _, _, _ = loading.read(catalogue_files([resources.folder("patterns")]))
    for entry in entries.values():
        for number, hit in enumerate(entry.samples.hit):
            yield Case(f"{entry.id} sample {number}", hit.log + "\n", frozenset({entry.id}), entry.id)


def folder(path: Path) -> Iterator[Case]:
    """Yield the logs of a folder `<cause>/<name>.log`."""
    for log in sorted(path.glob("*/*.log")):
        yield Case(
            f"{log.parent.name}/{log.stem}", log.read_text(errors="replace") + "\n", frozenset({log.parent.name}), log.parent.name
        )


def json_lines(path: Path) -> Iterator[Case]:
    """Yield the cases of a JSON-lines file."""
    for line in path.read_text().splitlines():
        case = json.loads(line)
        yield Case(case.get("id", ""), case["log"] + "\n", frozenset({case["cause"], *case.get("accept", [])}), case["cause"])


def cases(arguments: Iterable[str]) -> Iterator[Case]:
    """Yield the cases that the arguments name."""
    for argument in arguments:
        path = Path(argument)
        yield from folder(path) if path.is_dir() else json_lines(path)


def report(chosen: Iterable[Case], catalogue: Catalogue) -> Iterator[str]:
    """Yield the lines of the table."""
    right, total = 0, 0
    confused: Counter[tuple[str, str]] = Counter()
    fired: set[str] = set()
    for case in chosen:
        diagnosis = diagnose(case.log, catalogue=catalogue)
        got = diagnosis.causes[0].id if diagnosis.causes else diagnosis.verdict
        fired.add(got)
        total += 1
        if got in case.right:
            right += 1
        else:
            confused[case.wanted, got] += 1
    yield f"{right} of {total} right: {right / max(total, 1):.4f}"
    for (wanted, got), times in confused.most_common():
        yield f"{times:5}  {wanted} taken for {got}"
    yield f"never first: {', '.join(sorted(set(catalogue) - fired)) or 'none'}"


def main(arguments: list[str]) -> None:
    """Print the table."""
    chosen = cases(arguments) if arguments else (case for source in (samples(), folder(LOGS)) for case in source)
    for line in report(chosen, Catalogue.load()):
        print(line)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
