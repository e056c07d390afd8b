"""Loading the catalogue: what is wrong is told with file, line, field and reason."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from spacedoctor import Catalogue
from spacedoctor.catalogue import validate
from spacedoctor.errors import CatalogueError
from tests.conftest import ROOT
from tests.entries import GOOD, changed, write

PATTERN = ("patterns", 0)
REMEDY = ("remedies", 0)


def test_a_good_entry_is_added(own_catalogue: Path) -> None:
    """A folder of one's own adds its entries, and the origin tells where each came from."""
    write(own_catalogue, GOOD)
    catalogue = Catalogue.load(own_catalogue)
    assert catalogue["flux-empty"].title == GOOD["title"]
    assert catalogue.origins["flux-empty"] == str(own_catalogue)
    assert len(catalogue) == len(Catalogue.load()) + 1


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (changed(("colour",), "red"), "colour: unexpected keyword argument"),
        (changed(("blame",), "weather"), "blame: input should be 'code'"),
        (changed(("title",), None), "title: field required"),
        (changed((*PATTERN, "regex"), "(unclosed"), "patterns.0.regex: bad regex"),
        (changed((*PATTERN, "regex"), "x*"), "patterns.0.regex: matches the empty text"),
        (changed((*PATTERN, "context"), [{"regex": "a", "before": 99}]), "before and after reach from 0 to 60"),
        (changed(("patterns", 1, "id"), "too-few"), "patterns.1.id: 'too-few' is given twice"),
        (changed((*REMEDY, "chance"), "certain"), "remedies.0.chance: input should be 'cures'"),
        (changed((*REMEDY, "steps"), ["Use {nothing|x}"]), "remedies.0.steps: nothing captures {nothing}"),
        (changed((*REMEDY, "steps"), []), "remedies.0.steps: no step"),
        (changed((*REMEDY, "risk"), "data-loss"), "remedies.0.loses: goes with risk: data-loss"),
        (changed((*REMEDY, "when"), {"patterns": ["none"]}), "no pattern 'none'"),
        (changed(("cause",), "Because of {mystery|x}."), "cause: nothing captures {mystery}"),
        (changed(("patterns",), []), "patterns: neither patterns nor facts"),
        (changed(("id",), "other"), "id: is told by the file's name"),
        (changed(("explains",), ["flux-empty"]), "explains: names the entry itself"),
    ],
)
def test_what_is_wrong_is_told(own_catalogue: Path, entry: dict[str, Any], said: str) -> None:
    """Each mistake is told as file:line: field: reason."""
    path = write(own_catalogue, entry)
    with pytest.raises(CatalogueError) as caught:
        Catalogue.load(own_catalogue)
    (problem,) = caught.value.problems[:1]
    assert problem.startswith(f"{path}:")
    assert int(problem.removeprefix(f"{path}:").split(":")[0]) > 0
    assert said in problem


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("title: a\ntitle: b\n", 2, "given twice"),
        ("title: &a x\ncause: *a\n", 1, "anchors and aliases"),
        ("title: !!python/object/apply:os.system [x]\n", 1, "is not allowed"),
        ("title: [unclosed\n", 2, "expected"),
        ("[" * 40, 1, "nested deeper"),
        ("", 1, "holds no entry"),
        ("title: x\ncause: 'a\n", 3, "unexpected end of stream"),
    ],
)
def test_yaml_is_read_strictly(own_catalogue: Path, text: str, line: int, said: str) -> None:
    """Duplicate keys, anchors, tags, deep nesting and broken YAML are refused at their line."""
    path = own_catalogue / "resources" / "x.yaml"
    path.parent.mkdir()
    path.write_text(text)
    with pytest.raises(CatalogueError) as caught:
        Catalogue.load(own_catalogue)
    problem = caught.value.problems[0]
    assert said in problem
    assert problem.startswith(f"{path}:{line}:")


def test_a_circle_of_explanations_is_refused(own_catalogue: Path) -> None:
    """Two entries cannot explain each other."""
    write(own_catalogue, changed(("explains",), ["flux-other"]))
    write(own_catalogue, {**changed(("explains",), ["flux-empty"]), "title": "Another"}, "flux-other")
    with pytest.raises(CatalogueError, match="a circle"):
        Catalogue.load(own_catalogue)


TREATMENTS = [
    ("action", [{"kind": "explode"}], "remedies.0.action.0.kind"),
    ("action", [{"kind": "set-secret"}], "kind: set-secret needs name"),
    ("action", [{"kind": "restart", "name": "A"}], "name: does not go with restart"),
    ("action", [{"kind": "set-secret", "name": "A", "value": "x"}], "value: does not go with set-secret"),
    ("action", [{"kind": "set-variable", "name": "A B"}], "name: no name that can be used"),
    ("action", [{"kind": "set-variable", "name": "{nobody}"}], "nothing captures {nobody}"),
    ("action", [{"kind": "request-hardware", "hardware": "huge"}], "hardware: no hardware"),
    ("action", [{"kind": "mount-bucket", "path": "data"}], "path: no path"),
    ("action", [{"kind": "recreate"}], "only when it is asked for by name"),
    ("patch", [{"file": "app.py", "pin": ["a"]}], "remedies.0.patch.0.file"),
    ("patch", [{"file": "requirements.txt"}], "nothing is changed"),
    ("patch", [{"file": "requirements.txt", "pin": ["a @ https://example.org/a.whl"]}], "with an address"),
    ("patch", [{"file": "requirements.txt", "pin": ["a b"]}], "pin: no requirement"),
    ("patch", [{"file": "requirements.txt", "line": ["a"]}], "line: does not go with requirements.txt"),
    ("patch", [{"file": "README.md", "front_matter": {"emoji": "x"}}], "no setting 'emoji'"),
    ("patch", [{"file": "README.md", "front_matter": {"app_port": "http"}}], "no app_port"),
    ("patch", [{"file": "Dockerfile", "env": {"A-B": "x"}}], "no name of a variable"),
]


@pytest.mark.parametrize(("field", "value", "said"), TREATMENTS)
def test_what_cannot_be_carried_out_is_told_with_its_line(own_catalogue: Path, field: str, value: Any, said: str) -> None:
    """Actions and patches are checked when the catalogue is read."""
    path = write(own_catalogue, changed(("remedies", 0, field), value))
    with pytest.raises(CatalogueError) as caught:
        Catalogue.load(own_catalogue)
    line = next(n for n, text in enumerate(path.read_text().splitlines(), 1) if text.strip() == f"{field}:")
    (problem,) = [one for one in caught.value.problems if said in one]
    assert int(problem.split(":")[1]) >= line


def test_a_remedy_has_an_action_or_a_patch(own_catalogue: Path) -> None:
    entry = changed(("remedies", 0, "action"), [{"kind": "restart"}])
    entry["remedies"][0]["patch"] = [{"file": "requirements.txt", "pin": ["a"]}]
    write(own_catalogue, entry)
    with pytest.raises(CatalogueError, match="does not go with action"):
        Catalogue.load(own_catalogue)


def test_an_entry_of_the_same_id_replaces_the_built_in_one(own_catalogue: Path) -> None:
    """A later folder wins."""
    write(own_catalogue, GOOD, "module-not-found", "python")
    assert Catalogue.load(own_catalogue)["module-not-found"].title == GOOD["title"]


def test_no_such_folder() -> None:
    """A folder that is none is an error of the catalogue."""
    with pytest.raises(CatalogueError, match="is no folder"):
        Catalogue.load("/does/not/exist")


def test_the_schema_in_the_repo_is_that_of_the_code_and_accepts_every_entry() -> None:
    """Editors get the schema that the loader has, and the catalogue is valid by it."""
    stored = json.loads((ROOT / "docs" / "entry.schema.json").read_text())
    assert stored == validate.schema()
    for path in sorted((ROOT / "patterns").glob("*/*.yaml")):
        data = yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # noqa: S506
        jsonschema.validate(_typed(data), stored)


def _typed(data: Any) -> Any:
    """BaseLoader leaves all scalars text: give numbers and truth values their types back."""
    if isinstance(data, dict):
        return {
            key: _scalar(value) if key in ("before", "after", "at_least", "required") else _typed(value)
            for key, value in data.items()
        }
    return [_typed(item) for item in data] if isinstance(data, list) else data


def _scalar(value: str) -> Any:
    return {"true": True, "false": False}.get(value, value if not value.isdigit() else int(value))
