"""`python -m tests.fuzz TARGET [SECONDS] [FOLDER]`: a coverage-guided run; inputs that fail stay in FOLDER. It needs `pip install --group fuzz`."""

from __future__ import annotations

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["spacedoctor"]):
    import spacedoctor.api
    import spacedoctor.commands
    import spacedoctor.hub.state
    import spacedoctor.render.as_json
    import spacedoctor.render.html
    import spacedoctor.render.markdown
    import spacedoctor.render.terminal  # noqa: F401
    from tests.fuzz import seeds
    from tests.fuzz.targets import TARGETS

SLOW_SECONDS = 10
LONGEST = 1 << 16


def main(name: str, seconds: str = "60", folder: str = "") -> None:
    """Fuzz one target for so long, from the seeds."""
    home = Path(folder or f".fuzz/{name}")
    corpus = home / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(seeds.of(name)):
        (corpus / f"seed-{number}").write_bytes(seed[:LONGEST])
    options = (
        f"-max_total_time={seconds}",
        f"-timeout={SLOW_SECONDS}",
        f"-max_len={LONGEST}",
        f"-artifact_prefix={home}/",
        "-rss_limit_mb=4096",
    )
    atheris.Setup([sys.argv[0], str(corpus), f"-dict={_dictionary(home)}", *options], TARGETS[name])
    atheris.Fuzz()


def _dictionary(home: Path) -> Path:
    path = home / "words.dict"
    path.write_text("".join(f'"{_escaped(word)}"\n' for word in seeds.WORDS))
    return path


def _escaped(word: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in word)


if __name__ == "__main__":
    main(*sys.argv[1:])
