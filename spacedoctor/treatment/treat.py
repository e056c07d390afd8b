"""Carry out a remedy on a Space: plan it, ask, do it, and see whether it helped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timezone
from pathlib import Path

from spacedoctor import api
from spacedoctor.catalogue import Catalogue
from spacedoctor.diagnosis.model import Diagnosis
from spacedoctor.errors import UsageError
from spacedoctor.facts import Facts
from spacedoctor.hub.client import Deadline, Hub
from spacedoctor.hub.patient import visit
from spacedoctor.treatment import actions, delivery, perform, recreate
from spacedoctor.treatment.checkout import Checkout
from spacedoctor.treatment.options import Option, chosen, options
from spacedoctor.treatment.patches import changes
from spacedoctor.treatment.plan import Plan
from spacedoctor.verification.model import Progress, Verification
from spacedoctor.verification.verify import TIMEOUT, verify

AT_REST = frozenset({"pause", "set-sleep-time"})


@dataclass(frozen=True, slots=True)
class Treatment:
    """What came of it.

    Attributes:
        plan: what was to be done, with the patch.
        done: the calls that were made, in order, without any value that may be in no output.
        pull_request: the address of the pull request that was opened.
        verification: whether it helped; None where nothing was started by it, or nobody asked.
    """

    plan: Plan
    done: tuple[str, ...] = ()
    pull_request: str | None = None
    verification: Verification | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A Space that was looked at, and what can be carried out on it."""

    facts: Facts
    diagnosis: Diagnosis
    options: tuple[Option, ...]
    catalogue: Catalogue
    token: str | bool | None = None
    endpoint: str | None = None

    def hub(self, seconds: float = api.SPACE_SECONDS) -> Hub:
        """Return the Hub, with so many seconds for its answers."""
        return Hub(Deadline(seconds), token=self.token, endpoint=self.endpoint)


def look(
    space: str, *, token: str | bool | None = None, endpoint: str | None = None,
    timeout: float = api.SPACE_SECONDS, catalogue: Catalogue | None = None,
) -> Case:  # fmt: skip
    """Diagnose a Space, and see what can be carried out.

    Raises:
        HubError: there is no such Space, no access to it, or no network.
        CatalogueError: the catalogue is not as it should be.
    """
    catalogue = catalogue or api.built_in()
    patient = visit(space, Hub(Deadline(timeout), token=token, endpoint=endpoint))
    diagnosis = api.diagnose_patient(patient, catalogue)
    return Case(patient.facts, diagnosis, options(diagnosis), catalogue, token, endpoint)


def plan(
    case: Case, remedy: str, *, repo: str | Path | None = None, push: bool = False, save_to: str | Path | None = None
) -> Plan:
    """Return what would be done. Nothing is changed by it.

    Args:
        case: the Space.
        remedy: `FINDING/REMEDY` or the remedy's id alone, or an action by its words: `restart`, `factory-rebuild`, `pause`, `recreate`,
            `set-variable:NAME`, `set-secret:NAME`, `delete-variable:NAME`, `delete-secret:NAME`, `set-sleep-time:SECONDS`,
            `request-hardware:NAME`, `mount-bucket:/PATH`.
        repo: a local checkout, into whose work tree a patch is written.
        push: whether a patch is committed to main; else a pull request is opened.
        save_to: where `recreate` saves the Space; a new folder in the current one by default.

    Raises:
        UsageError: there is no such remedy, or it cannot be meant here.
        PatchError: the repository's files are not of a form that can be changed safely.
        HubError: the Hub cannot be asked.
    """
    option = chosen(remedy, case.options, case.diagnosis)
    facts, advice = case.facts, option.advice
    if option.action and (repo or push):
        raise UsageError(f"{option.id} changes no file", "leave out --repo and --push")
    made = Plan(
        str(facts.space), option.id, option.title, advice.steps if advice else (), also_loses=advice.loses if advice else None
    )
    if option.patch:
        return _patch(made, option, case, repo, push=push)
    if option.action[0].kind == "recreate":
        folder = Path(save_to) if save_to else Path(f"{made.space.replace('/', '-')}-{datetime.now(timezone.utc):%Y%m%d-%H%M%S}")
        return replace(made, calls=recreate.calls(facts, case.hub(), folder), rescue=recreate.rescue(facts, folder))
    calls = actions.calls(option.action, facts, case.hub())
    return replace(
        made, calls=calls, asks=actions.asks(option.action), starts=any(one.kind not in AT_REST for one in option.action)
    )


def _patch(made: Plan, option: Option, case: Case, repo: str | Path | None, *, push: bool) -> Plan:
    if repo and push:
        raise UsageError("a patch goes into --repo or is pushed, not both")
    checkout = Checkout(repo) if repo else None
    changed = changes(option.patch, checkout or delivery.OnTheHub(case.facts, case.hub()), case.facts.sdk)
    calls = delivery.write(changed, checkout) if checkout else delivery.commit(changed, case.facts, option.title, push=push)
    return replace(made, calls=calls, changes=changed, starts=push)


def treat(
    space: str,
    remedy: str,
    *,
    values: Mapping[str, str] | Callable[[str], str] | None = None,
    repo: str | Path | None = None,
    push: bool = False,
    save_to: str | Path | None = None,
    dry_run: bool = False,
    confirm: Callable[[Plan], bool] | None = None,
    confirm_loss: Callable[[Plan], bool] | None = None,
    check: bool = True,
    timeout: float = TIMEOUT,
    token: str | bool | None = None,
    endpoint: str | None = None,
    catalogue: Catalogue | None = None,
    progress: Progress | None = None,
) -> Treatment:
    """Carry out a remedy on a Space.

    Args:
        space: its id `OWNER/NAME`, the address of its page, or the hf.space address where it is served.
        remedy: its id, or an action by its words, as for `plan`.
        repo: a local checkout, into whose work tree a patch is written.
        push: whether a patch is committed to main; else a pull request is opened.
        save_to: where `recreate` saves the Space.
        values: of variables and secrets, by name, or a function that is asked for each. They are in no output.
        dry_run: only plan it.
        confirm: is shown the plan, and says whether to go on; None goes on.
        confirm_loss: is asked in addition where something cannot be had back; None refuses that.
        check: whether to wait afterwards and look whether it helped.
        timeout: seconds to wait for the build and the start.
        token: a token of the Hub that may write; None takes the one that huggingface_hub knows (HF_TOKEN, `hf auth login`).
        endpoint: the Hub's address; None takes that of huggingface_hub (HF_ENDPOINT).
        catalogue: the known failures; None takes the built-in ones.
        progress: is told of each step, from the calling thread.

    Raises:
        UsageError: there is no such remedy, a value is missing, or data would be lost and nobody agreed.
        PatchError: the repository's files are not of a form that can be changed safely.
        TreatmentError: the Hub refused a call; what was done before is told.
        HubError: there is no such Space, no access to it, or no network.
    """
    case = look(space, token=token, endpoint=endpoint, catalogue=catalogue)
    planned = plan(case, remedy, repo=repo, push=push, save_to=save_to)
    if dry_run or not planned.calls or not agreed(planned, confirm, confirm_loss):
        return Treatment(planned)
    return carry_out(case, planned, values=values, check=check, timeout=timeout, progress=progress)


def agreed(planned: Plan, confirm: Callable[[Plan], bool] | None, confirm_loss: Callable[[Plan], bool] | None) -> bool:
    """Return whether it is to be done.

    Raises:
        UsageError: something would be lost, and there is nobody to ask.
    """
    if planned.loses and confirm_loss is None:
        raise UsageError(f"{planned.remedy} loses {'; '.join(planned.loses)}", "allow it with --allow-data-loss")
    return (confirm is None or confirm(planned)) and (not planned.loses or confirm_loss is None or confirm_loss(planned))


def carry_out(
    case: Case, planned: Plan, *, values: Mapping[str, str] | Callable[[str], str] | None = None, check: bool = True,
    timeout: float = TIMEOUT, progress: Progress | None = None,
) -> Treatment:  # fmt: skip
    """Do what was planned, without asking, and look whether it helped.

    Raises:
        UsageError: a value is missing.
        TreatmentError: the Hub refused a call; what was done before is told.
    """
    tell = progress or (lambda _: None)
    done, pull_request = perform.perform(planned, perform.given(planned, values), case.hub, tell)
    verification = None
    if check and planned.starts:
        verification = verify(
            planned.space, before=case.diagnosis, timeout=timeout, token=case.token, endpoint=case.endpoint,
            catalogue=case.catalogue, progress=progress,
        )  # fmt: skip
    return Treatment(planned, done, pull_request, verification)
