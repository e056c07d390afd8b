"""What the facts add to what a log tells: the variable that is nearly the wanted one, the file that is nearly there, how much memory there is."""

from __future__ import annotations

import difflib
import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence

from spacedoctor.facts.model import Facts, File

NEAR = 0.6
POINTER_BYTES = range(100, 200)  # an LFS pointer is three short lines: https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md
TEXT_ENDINGS = (".py", ".txt", ".md", ".json", ".yaml", ".yml", ".toml", ".ini", ".cfg", ".csv", ".html", ".js", ".css", ".sh")
SHOWN_NAMES = 12
MEMORY_GB = {  # https://huggingface.co/docs/hub/spaces-gpus, checked 2026-11-23
    "cpu-basic": 16, "cpu-upgrade": 32, "t4-small": 15, "t4-medium": 30, "l4x1": 30, "l40sx1": 62,
    "a10g-small": 15, "a10g-large": 46, "a100-large": 142,
}  # fmt: skip
APP_FOLDERS = ("/home/user/app/", "/app/", "/code/", "/usr/src/app/", "/workspace/", "./")


def sharpen(area: str, captures: Mapping[str, str], facts: Facts) -> tuple[dict[str, str], list[str]]:
    """Return what the facts add to a finding: further captures, and sentences for its cause.

    Args:
        area: the finding's area.
        captures: what the log told; looked at are `variable`, `file`, `path` and, for the area resources, the hardware.
        facts: what is known of the Space.
    """
    more: dict[str, str] = {}
    notes: list[str] = []
    for told, note in _told(area, captures, facts):
        more |= told
        notes.append(note)
    return more, notes


def _told(area: str, captures: Mapping[str, str], facts: Facts) -> Iterator[tuple[dict[str, str], str]]:
    if wanted := captures.get("variable"):
        yield from _variable(wanted, facts)
    if path := captures.get("file") or captures.get("path"):
        yield from _file(path, facts)
        yield from _volume(path, facts)
    hardware = facts.hardware or facts.requested_hardware
    if area == "resources" and hardware:
        memory = MEMORY_GB.get(hardware)
        yield {}, f"The Space's hardware is {hardware}{f' with {memory} GB of memory' if memory else ''}."


def _variable(wanted: str, facts: Facts) -> Iterator[tuple[dict[str, str], str]]:
    if facts.variables is None and facts.secrets is None:
        return
    known = sorted({*(facts.variables or ()), *(facts.secrets or ())})
    if wanted in known:
        kind = "secret" if wanted in (facts.secrets or ()) else "variable"
        yield {"is_set": kind}, f"The Space has a {kind} {wanted}: it may be empty, or the app was started before it was set."
        return
    near = nearest(wanted, known)
    if near:
        yield {"near_variable": near}, f"{near} is set, {wanted} is wanted."
    elif known:
        yield {"known_variables": _few(known)}, f"{wanted} is not among the Space's variables and secrets ({_few(known)})."
    else:
        yield {"known_variables": "none"}, "The Space has no variables and no secrets."


def nearest(wanted: str, known: Sequence[str]) -> str | None:
    """Return the name that was probably meant: the same but for case, `-` and `_`, or with a part left out, or much alike."""
    plain = {_plain(name): name for name in known}
    if _plain(wanted) in plain:
        return plain[_plain(wanted)]
    close = difflib.get_close_matches(_plain(wanted), list(plain), n=1, cutoff=0.75)
    if close:
        return plain[close[0]]
    last = wanted.rsplit("_", 1)[-1]
    alike = [name for name in known if name.rsplit("_", 1)[-1] == last and _ratio(wanted, name) >= NEAR]
    return max(alike, key=lambda name: _ratio(wanted, name), default=None)


def _plain(name: str) -> str:
    return name.lower().replace("-", "").replace("_", "")


def _ratio(one: str, other: str) -> float:
    return difflib.SequenceMatcher(None, one.lower(), other.lower()).ratio()


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN_NAMES]) + (f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else "")


def _file(path: str, facts: Facts) -> Iterator[tuple[dict[str, str], str]]:
    name = in_repository(path)
    if facts.files is None or name is None:
        return
    for look in (_pointer, _present, _folder, _alike):
        told = look(name, facts.files)
        if told:
            yield told
            return
    yield {"in_repo": "no"}, f"The repository does not hold {name}."


def _volume(path: str, facts: Facts) -> Iterator[tuple[dict[str, str], str]]:
    for one in facts.volumes or ():
        if f"{path}/".startswith(f"{one.path.rstrip('/')}/"):
            only_read = one.read_only or one.type != "bucket"
            yield {}, f"At {one.path} the {one.type} {one.source} is mounted{', which can only be read' if only_read else ''}."
            return
    if facts.volumes is not None and f"{path}/".startswith("/data/"):
        yield {}, "No volume is mounted at /data, so it does not last, if it is there at all."


def in_repository(path: str) -> str | None:
    """Return the path as it would stand in the repository, None for one that lies elsewhere in the container."""
    for folder in APP_FOLDERS:
        if path.startswith(folder):
            return posixpath.normpath(path[len(folder) :]) or None
    return None if path.startswith(("/", "~", "$")) or "\\" in path or "://" in path else posixpath.normpath(path)


Look = Callable[[str, Sequence[File]], tuple[dict[str, str], str] | None]


def _pointer(name: str, files: Sequence[File]) -> tuple[dict[str, str], str] | None:
    for one in files:
        if one.path == name and one.size in POINTER_BYTES and not one.stored_apart and not name.endswith(TEXT_ENDINGS):
            what = f"{name} is only {one.size} bytes in the repository: a Git LFS pointer may be there in place of its content."
            return {"in_repo": "pointer"}, what
    return None


def _present(name: str, files: Sequence[File]) -> tuple[dict[str, str], str] | None:
    if any(one.path == name for one in files):
        what = (
            f"The repository holds {name}: it is not copied to where the app looks for it, or the app starts in another folder."
        )
        return {"in_repo": "yes"}, what
    return None


def _folder(name: str, files: Sequence[File]) -> tuple[dict[str, str], str] | None:
    if any(one.path.startswith(f"{name}/") for one in files):
        return {"in_repo": "yes"}, f"The repository holds the folder {name}: it is not copied to where the app looks for it."
    top = name.split("/", 1)[0]
    if "/" in name and not any(one.path.startswith(f"{top}/") for one in files):
        return {"in_repo": "no", "missing_folder": top}, f"The repository has no folder {top}."
    return None


def _alike(name: str, files: Sequence[File]) -> tuple[dict[str, str], str] | None:
    paths = [one.path for one in files]
    base = posixpath.basename(name)
    elsewhere = next((path for path in paths if posixpath.basename(path) == base), None)
    cased = next((path for path in paths if path.lower() == name.lower()), None)
    close = difflib.get_close_matches(name, paths, n=1, cutoff=0.85)
    near = cased or elsewhere or (close[0] if close else None)
    return ({"in_repo": "no", "near_file": near}, f"The repository holds {near}, and {name} is wanted.") if near else None


CAPTURES = frozenset({"is_set", "near_variable", "known_variables", "in_repo", "near_file", "missing_folder"})
