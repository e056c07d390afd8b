"""Delete a Space and create it again from its own repository: contents and settings are saved and compared first."""

from __future__ import annotations

import functools
import hashlib
import json
from pathlib import Path
from typing import Any

from huggingface_hub import Volume

from spacedoctor.errors import InputError, UsageError
from spacedoctor.facts import Facts
from spacedoctor.hub.client import Hub
from spacedoctor.treatment.actions import volumes_of
from spacedoctor.treatment.plan import Call, Context, Late

LOST = (
    "the Git history, branches, pull requests and discussions; likes; the values of all secrets ({secrets}), to be set anew; "
    "settings that the Hub does not tell, such as a custom domain or a resource group; what the app wrote outside of volumes"
)
NEEDS = "PRO, or Team or Enterprise for an organization"  # https://huggingface.co/docs/hub/spaces-overview, checked 2026-11-23


def calls(facts: Facts, hub: Hub, folder: Path) -> tuple[Call, ...]:
    """Return the steps, the deletion only after everything is saved.

    Args:
        facts: of the Space.
        hub: where to look up what is there.
        folder: where contents and settings are saved; it must not be there yet.

    Raises:
        UsageError: the Space cannot be created again, or the folder is there.
        HubError: the Hub cannot be asked.
    """
    space = str(facts.space)
    if not facts.sdk or facts.variables is None or facts.secrets is None or not facts.head_commit:
        raise UsageError(f"not enough is known of {space} to create it again", "use a token of its owner")
    if folder.exists():
        raise UsageError(f"{folder} is there already", "name another folder with --save-to")
    _refuse_without_plan(facts, hub)
    volumes = volumes_of(hub.json(f"/api/spaces/{space}/runtime"))
    repo, kept = folder / "repo", dict[str, list[dict[str, str]]]()
    of_repo = {"repo_id": space, "repo_type": "space"}
    saved = {**of_repo, "revision": facts.head_commit, "local_dir": str(repo), "tqdm_class": Late(_silent, "")}
    created = {**of_repo, **_settings(facts), **_late(facts, volumes, kept)}
    uploaded = {**of_repo, "folder_path": str(repo), "commit_message": "Create the Space again"}
    lost = LOST.format(secrets=", ".join(facts.secrets) or "it has none")
    names = "saves the settings, and the names of variables and secrets"
    plan = f"creates it again; for a Gradio or Docker Space the account needs {NEEDS}"
    return (
        Call("save", {"path": str(folder / "settings.json")}, names, work=lambda _: _save(facts, volumes, folder)),
        Call("snapshot_download", saved, "saves the contents of the repository"),
        Call(
            "compare", {"path": str(repo)}, "holds each file against the Hub's checksum", work=lambda c: _compare(c, facts, repo)
        ),
        Call(
            "get_space_variables",
            {"repo_id": space},
            "keeps the variables' values, in memory",
            work=lambda c: _keep(c, space, kept),
        ),
        Call("delete_repo", of_repo, "DELETES THE SPACE", lost),
        Call("create_repo", created, plan),
        Call("upload_folder", uploaded, "uploads the saved contents; the Space builds"),
    )


def rescue(facts: Facts, folder: Path) -> str:
    """Return what to do when it fails after the deletion."""
    create = f"hf repos create {facts.space} --type space --sdk {facts.sdk}"
    upload = f"hf upload {facts.space} {folder / 'repo'} . --repo-type space"
    return f"the saved contents lie in {folder}; create the Space with: {create}, and upload them with: {upload}"


def _refuse_without_plan(facts: Facts, hub: Hub) -> None:
    """Refuse where the Hub would not let the account create what it deletes."""
    who = hub.json("/api/whoami-v2")
    mine = isinstance(who, dict) and who.get("name") == str(facts.space).split("/")[0]
    hardware = facts.requested_hardware or facts.hardware or "cpu-basic"
    if mine and who.get("isPro") is False and facts.sdk != "static" and hardware == "cpu-basic":
        raise UsageError(f"the Hub would refuse to create {facts.space} again: a {facts.sdk} Space on cpu-basic needs {NEEDS}")


def _settings(facts: Facts) -> dict[str, Any]:
    hardware = facts.requested_hardware or facts.hardware
    given = {
        "space_sdk": facts.sdk,
        "private": bool(facts.private),
        "space_hardware": hardware if hardware != "cpu-basic" else None,
        "space_sleep_time": facts.sleep_time if hardware and hardware != "cpu-basic" else None,
    }
    return {name: value for name, value in given.items() if value is not None}


def _late(facts: Facts, volumes: list[Volume], kept: dict[str, list[dict[str, str]]]) -> dict[str, Late]:
    late = {}
    if facts.variables:
        late["space_variables"] = Late(lambda _: kept["variables"], f"[{', '.join(facts.variables)}]")
    if volumes:
        late["space_volumes"] = Late(lambda _: volumes, f"[{', '.join(f'{one.source} at {one.mount_path}' for one in volumes)}]")
    return late


def _silent(_: Context) -> Any:
    """Return a bar that shows nothing: what is done is told step by step."""
    from huggingface_hub.utils import tqdm

    return functools.partial(tqdm, disable=True)


def _save(facts: Facts, volumes: list[Volume], folder: Path) -> None:
    told = {
        "id": facts.space,
        "sdk": facts.sdk,
        "private": facts.private,
        "hardware": facts.requested_hardware or facts.hardware,
        "sleep_time": facts.sleep_time,
        "commit": facts.head_commit,
        "volumes": [one.to_dict() for one in volumes],
        "variables": list(facts.variables or ()),
        "secrets": list(facts.secrets or ()),
    }
    try:
        folder.mkdir(parents=True)
        (folder / "settings.json").write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot write to {folder}: {error.strerror}", "name another folder with --save-to") from error


def _keep(context: Context, space: str, kept: dict[str, list[dict[str, str]]]) -> None:
    variables = context.api.get_space_variables(space).values()
    kept["variables"] = [
        {"key": one.key, "value": one.value, **({"description": one.description} if one.description else {})} for one in variables
    ]


def _compare(context: Context, facts: Facts, repo: Path) -> None:
    """Hold each file against the Hub's checksum.

    Raises:
        InputError: one is missing or differs, or somebody has pushed; nothing was deleted.
    """
    if context.api.repo_info(str(facts.space), repo_type="space").sha != facts.head_commit:
        raise InputError("somebody has pushed to the repository meanwhile", "nothing was deleted; try again")
    listed = context.api.list_repo_tree(str(facts.space), recursive=True, revision=facts.head_commit, repo_type="space")
    for one in listed:
        oid = getattr(one, "blob_id", None)
        if oid is None:  # a folder
            continue
        lfs = getattr(one, "lfs", None)
        file = repo / one.path
        good = file.is_file() and (_sha256(file) == lfs.sha256 if lfs else _git_sha1(file) == oid)
        if not good:
            raise InputError(f"{one.path} was not saved as it is on the Hub", "nothing was deleted; try again")


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _git_sha1(file: Path) -> str:
    digest = hashlib.sha1(f"blob {file.stat().st_size}\0".encode(), usedforsecurity=False)
    with file.open("rb") as content:
        while block := content.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
