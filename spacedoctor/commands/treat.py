"""`spacedoctor treat SPACE`: carry out a remedy after asking."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from spacedoctor.commands.output import load_catalogue, progress
from spacedoctor.errors import UsageError

if TYPE_CHECKING:
    from spacedoctor.treatment.options import Option
    from spacedoctor.treatment.plan import Plan
    from spacedoctor.treatment.treat import Case, Treatment
    from spacedoctor.verification.model import Event

EXIT_CODES = {"fixed": 0, "other-failure": 1, "same-failure": 1, "unfinished": 4, "unknown": 4}
DIAGNOSED = {"healthy": 0, "failing": 1, "unknown": 4, "empty": 4}


@click.command()
@click.argument("space")
@click.option(
    "--remedy", metavar="ID", help="Which one: its id, or restart, factory-rebuild, pause, recreate, set-variable:NAME, set-secret:NAME, "
    "delete-variable:NAME, delete-secret:NAME, set-sleep-time:SECONDS, request-hardware:NAME, mount-bucket:/PATH.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show the calls and the patch, and do nothing.")
@click.option(
    "--repo", metavar="DIR", type=click.Path(file_okay=False), help="Write a patch into this checkout, and commit nothing."
)
@click.option("--push", is_flag=True, help="Commit a patch to main; without it a pull request is opened.")
@click.option("--save-to", metavar="DIR", type=click.Path(), help="Where recreate saves the Space before it deletes it.")
@click.option("--yes", is_flag=True, help="Do not ask; refused where data would be lost.")
@click.option("--allow-data-loss", is_flag=True, help="With --yes: also where something cannot be had back.")
@click.option("--no-verify", is_flag=True, help="Do not wait to see whether it helped.")
@click.option(
    "--timeout", type=click.FloatRange(min=1, max=86400), default=1800.0, metavar="SECONDS",
    help="How long to wait for the build and the start; 1800.",
)  # fmt: skip
@click.option("--catalogue", "catalogues", multiple=True, metavar="DIR", help="A folder of further entries.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
def treat(
    space: str, remedy: str | None, dry_run: bool, repo: str | None, push: bool, save_to: str | None, yes: bool,  # noqa: FBT001
    allow_data_loss: bool, no_verify: bool, timeout: float, catalogues: tuple[str, ...], debug: bool,  # noqa: FBT001
) -> int:  # fmt: skip
    """Carry out a remedy, after asking.

    Shows what would be called, asks, does it, and looks whether it helped.
    The value of a variable or secret is typed, or piped in; it is shown nowhere.
    """
    del debug
    from spacedoctor.treatment.treat import agreed, carry_out, look, plan

    progress(f"asking the Hub about {space} ...")
    case = look(space, catalogue=load_catalogue(catalogues))
    progress("")
    if remedy is None:
        remedy = _choice(case, ask=not (dry_run or yes))
        if remedy is None:
            return DIAGNOSED[case.diagnosis.verdict]
    planned = plan(case, remedy, repo=repo, push=push, save_to=save_to)
    _show(planned)
    if dry_run or not planned.calls:
        return 0
    if not agreed(planned, None if yes else _confirm, _loss(planned, yes=yes, allowed=allow_data_loss)):
        click.echo("nothing was done", err=True)
        return 0
    done = carry_out(case, planned, values=_value(planned), check=not no_verify, timeout=timeout, progress=_tell)
    progress("")
    return _report(done)


def _choice(case: Case, *, ask: bool) -> str | None:
    """List the remedies and ask for one; None where there is none to ask for."""
    if not case.options:
        _nothing(case)
        return None
    for number, option in enumerate(case.options, 1):
        _row(number, option, case.options[number - 2] if number > 1 else None)
    if not ask or not _somebody():
        click.echo("choose one with --remedy ID", err=True)
        return None
    number = click.prompt("Which one", type=click.IntRange(1, len(case.options)), default=1, err=True)
    return case.options[number - 1].id


def _nothing(case: Case) -> None:
    from spacedoctor.render import words
    from spacedoctor.treatment.options import EXAMPLES

    click.echo(words.headline(case.diagnosis))
    click.echo("no remedy that can be carried out from here")
    click.echo(f"hint: name an action with --remedy, such as {EXAMPLES}", err=True)


def _row(number: int, option: Option, before: Option | None) -> None:
    if before is None or before.finding != option.finding:
        click.echo(f"{option.finding}")
    advice = option.advice
    kind = "patch" if option.patch else "call"
    click.echo(f"  {number}. {option.title}  [{option.id}]")
    if advice:
        click.echo(f"     {kind}; {advice.why}")


def _show(planned: Plan) -> None:
    """Print what would be done, all of it."""
    click.echo(f"{planned.title}  [{planned.remedy}]")
    for step in planned.steps:
        click.echo(f"  {step}")
    if not planned.calls:
        click.echo("Nothing to do: the repository is as it should be already; see whether the newest commit was built.")
    for number, call in enumerate(planned.calls, 1):
        click.echo(f"{number}. {call.words}")
        click.echo(f"   {call.does}")
    if planned.patch:
        click.echo()
        click.echo(_safe(planned.patch), nl=False)
        click.echo()
    for loss in planned.loses:
        click.echo(f"CANNOT BE HAD BACK: {loss}")


def _safe(patch: str) -> str:
    """Return the patch as it is into a pipe; on a terminal, what would steer it is made visible."""
    if not sys.stdout.isatty():
        return patch
    return "".join(c if c.isprintable() or c in "\n\t" else f"\\x{ord(c):02x}" for c in patch)


def _somebody() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _confirm(planned: Plan) -> bool:
    if not _somebody():
        raise UsageError(
            f"there is nobody to ask whether {planned.remedy} may be carried out", "add --yes, or only look with --dry-run"
        )
    return click.confirm("Do it?", err=True)


def _loss(planned: Plan, *, yes: bool, allowed: bool) -> Callable[[Plan], bool] | None:
    """Return who is asked about what is lost: nobody with --allow-data-loss, nobody and in vain with --yes alone."""
    if allowed and yes:
        return lambda _: True
    return None if yes or not _somebody() else (_typed if planned.rescue else _again)


def _again(planned: Plan) -> bool:
    return click.confirm(f"{'; '.join(planned.loses)}: this cannot be had back. Really?", err=True)


def _typed(planned: Plan) -> bool:
    return bool(click.prompt("Type the Space's name to go on", default="", show_default=False, err=True) == planned.space)


def _value(planned: Plan) -> Callable[[str], str] | dict[str, str]:
    """Return where values come from: typed without being shown, or standard input, a line each (all of it where one is asked for)."""
    if not planned.asks:
        return {}
    if _somebody():
        return lambda name: str(click.prompt(f"Value of {name}", hide_input=True, err=True, default="", show_default=False))
    text = sys.stdin.read() if sys.stdin is not None else ""
    text = text.removesuffix("\n").removesuffix("\r")
    return {planned.asks[0]: text} if len(planned.asks) == 1 else dict(zip(planned.asks, text.splitlines(), strict=False))


def _tell(event: Event) -> None:
    if event.kind == "calling":
        progress("")
        click.echo(f"-> {event.text}", err=True)
    else:
        progress(event.text)


def _report(done: Treatment) -> int:
    if done.pull_request:
        click.echo(f"pull request: {done.pull_request}")
    if done.verification is None:
        click.echo("done")
        return 0
    click.echo(done.verification.to_markdown(), nl=False)
    return EXIT_CODES[done.verification.verdict]
