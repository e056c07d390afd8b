"""`spacedoctor patterns`: read the catalogue and check it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from spacedoctor import resources
from spacedoctor.errors import UsageError

if TYPE_CHECKING:
    from spacedoctor.catalogue.entry import Entry

catalogue_option = click.option("--catalogue", "catalogues", multiple=True, metavar="DIR", help="A folder of further entries.")


@click.group()
def patterns() -> None:
    """The catalogue of known failures: list, show, lint, test."""


@patterns.command("list")
@click.option("--area", help="Only this area.")
@catalogue_option
def list_(area: str | None, catalogues: tuple[str, ...]) -> None:
    """List the entries: id, area, title."""
    from spacedoctor.commands.output import load_catalogue

    entries = [entry for entry in load_catalogue(catalogues).values() if area in (None, entry.area)]
    if not entries:
        raise UsageError(f"no area {area!r}", "see the areas with: spacedoctor patterns list")
    wide = max(len(entry.id) for entry in entries)
    for entry in entries:
        click.echo(f"{entry.id:{wide}}  {entry.area:9}  {entry.title}")


@patterns.command()
@click.argument("name", metavar="ID")
@catalogue_option
def show(name: str, catalogues: tuple[str, ...]) -> None:
    """Show one entry: what it looks like, why, what to do."""
    from spacedoctor.render import page

    click.echo(page.render(_entry(name, catalogues)), nl=False)


@patterns.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@catalogue_option
def pages(folder: Path, catalogues: tuple[str, ...]) -> None:
    """Write a page for each entry, and an index, into FOLDER."""
    from spacedoctor.render import page

    entries = _entries(catalogues)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {f"{entry.id}.md": page.render(entry) for entry in entries.values()} | {"README.md": page.index(entries)}
    for old in folder.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


def _entries(catalogues: tuple[str, ...]) -> dict[str, Entry]:
    """Load the entries with their samples, which a diagnosis does not need."""
    from spacedoctor.catalogue import catalogue_files, loading
    from spacedoctor.errors import CatalogueError

    entries, _, _, problems = loading.read(catalogue_files(_folders(catalogues)))
    if problems:
        raise CatalogueError(problems)
    return entries


def _entry(name: str, catalogues: tuple[str, ...]) -> Entry:
    import difflib

    entries = _entries(catalogues)
    if name not in entries:
        near = difflib.get_close_matches(name, entries, 3)
        raise UsageError(f"no entry {name!r}", f"near: {', '.join(near)}" if near else "see: spacedoctor patterns list")
    return entries[name]


def _folders(catalogues: tuple[str, ...]) -> list[Path]:
    return [resources.folder("patterns"), *(Path(folder) for folder in catalogues)]


@patterns.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option(
    "--logs", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Stored logs: <id or healthy>/<name>.log"
)
@catalogue_option
def lint(ids: tuple[str, ...], logs: Path | None, catalogues: tuple[str, ...]) -> int:
    """Check entries (all, or those named) and say what is wrong with them."""
    from spacedoctor.lint import lint as run

    folders = _folders(catalogues)
    beside = folders[0].parent / "tests" / "logs"
    issues = list(run(folders, set(ids) or None, logs or (beside if beside.is_dir() else None)))
    for issue in issues:
        click.echo(str(issue))
    click.echo(f"{len(issues)} problems" if issues else "no problems", err=True)
    return 1 if issues else 0


@patterns.command()
@click.argument("name", metavar="ENTRY")
@click.argument("logs", nargs=-1, required=True, metavar="LOG...")
@catalogue_option
def test(name: str, logs: tuple[str, ...], catalogues: tuple[str, ...]) -> int:
    """Try an entry on logs: which lines its patterns hit, what they capture, and which entry comes first."""
    from spacedoctor.api import diagnose_sources
    from spacedoctor.commands.output import load_catalogue
    from spacedoctor.log import read

    found = 0
    entry_id = Path(name).stem
    catalogue = load_catalogue(catalogues)
    if entry_id not in catalogue:
        raise UsageError(f"no entry {entry_id!r}", "see: spacedoctor patterns list")
    for log in logs:
        diagnosis = diagnose_sources([read.file_source(log)], catalogue)
        first = diagnosis.findings[0].id if diagnosis.findings else diagnosis.verdict
        click.echo(f"{log}: first is {first}")
        for finding in diagnosis.findings:
            if finding.id == entry_id:
                found += 1
                hit = next((line for line in finding.evidence if line.hit), None)
                click.echo(f"  {finding.role}, by {finding.found_by}, {finding.count} times, captures {dict(finding.captures)}")
                click.echo(f"  {hit.line if hit else 0}: {hit.text if hit else ''}")
    return 0 if found else 1
