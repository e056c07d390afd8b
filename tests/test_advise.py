"""Which remedies are offered, and in which order."""

from __future__ import annotations

from typing import Any

import pytest
from huggingface_hub import SpaceHardware

from spacedoctor.catalogue.actions import HARDWARE, Action, Patch, of_words
from spacedoctor.catalogue.entry import Entry, Remedy, When
from spacedoctor.diagnosis.advise import advise
from spacedoctor.facts import Facts


def remedy(name: str, **more: Any) -> Remedy:
    return Remedy(
        **{
            "id": name,
            "title": name,
            "steps": ("do it",),
            "chance": "cures",
            "effort": "line",
            "risk": "none",
            "cost": "free",
            **more,
        }
    )


def order(*remedies: Remedy, found_by: str = "a", facts: Facts | None = None, **captures: str) -> list[str]:
    entry = Entry("t", ("run",), "code", "fatal", "c", remedies, id="x", area="python")
    return [advice.id for advice in advise(entry, found_by, captures, facts or Facts())]


def test_each_part_of_the_rank() -> None:
    """No data lost, chance, no money, made for the pattern, risk, effort, cost, then the author's order."""
    assert order(remedy("loses", risk="data-loss", loses="all"), remedy("last", chance="last-resort")) == ["last", "loses"]
    assert order(remedy("helps", chance="helps"), remedy("cures")) == ["cures", "helps"]
    assert order(remedy("general"), remedy("special", when=When(patterns=("a",)), risk="rebuild")) == ["special", "general"]
    assert order(remedy("rebuild", risk="rebuild"), remedy("none")) == ["none", "rebuild"]
    assert order(remedy("code", effort="code"), remedy("line")) == ["line", "code"]
    assert order(remedy("paid", cost="paid"), remedy("free", risk="rebuild")) == ["free", "paid"]
    assert order(remedy("plan", cost="plan"), remedy("free")) == ["free", "plan"]
    assert order(remedy("first"), remedy("second")) == ["first", "second"]


def test_when() -> None:
    """What does not apply is left out; a fact that is not known rules nothing out."""
    docker = remedy("docker", when=When(facts={"sdk": ("docker",)}))
    assert order(docker) == ["docker"]
    assert order(docker, facts=Facts(sdk="gradio")) == []
    assert order(remedy("b", when=When(patterns=("b",))), remedy("any")) == ["any"]
    assert order(remedy("cv2", when=When(captures={"module": "cv2"})), module="cv2") == ["cv2"]
    assert order(remedy("cv2", when=When(captures={"module": "cv2"})), module="cv2extra") == []


def test_commands_are_filled_and_what_cannot_be_filled_is_left_out() -> None:
    """Captures and the Space's id go in; a remedy that lacks one is not shown half done."""
    entry = Entry(
        "t",
        ("run",),
        "code",
        "fatal",
        "c",
        (remedy("x", commands=("hf spaces restart {space} # {table}",)),),
        id="x",
        area="python",
    )
    (advice,) = advise(entry, "a", {"table": "users"}, Facts(space="me/app"))
    assert advice.commands == ("hf spaces restart me/app # users",)
    assert advice.rank == 1
    assert "cures the cause" in advice.why
    assert advise(entry, "a", {}, Facts()) == ()


def carried_out(captures: dict[str, str], **more: Any) -> tuple[tuple[Action, ...], tuple[Patch, ...]]:
    entry = Entry("t", ("run",), "code", "fatal", "c", (remedy("x", **more),), id="x", area="python")
    (advice,) = advise(entry, "a", captures, Facts(space="me/app"))
    return advice.action, advice.patch


def test_what_can_be_carried_out_is_filled() -> None:
    """Captures go into actions and patches."""
    action, _ = carried_out({"variable": "API_KEY"}, action=(Action("set-secret", name="{variable}"), Action("restart")))
    assert action == (Action("set-secret", name="API_KEY"), Action("restart"))
    _, patch = carried_out({"port": "8000"}, patch=(Patch("README.md", front_matter={"app_port": "{port}"}),))
    assert patch == (Patch("README.md", front_matter={"app_port": "8000"}),)
    assert carried_out({}, action=(Action("set-secret", name="{variable}"),)) == ((), ())


HOSTILE = [
    (Action("set-secret", name="{x}"), ["A B", "A=B", "A/../B", "1A", "Ä", "A\n", "", "A" * 300, "../secrets"]),
    (Action("request-hardware", hardware="{x}"), ["t4-small/../restart", "gpu", "", "cpu-basic\n", "T4-SMALL"]),
    (Action("mount-bucket", path="{x}"), ["data", "/", "/data/../etc", "/..", "//data", "/data/", "/da ta", "/data\n"]),
    (Action("set-sleep-time", seconds="{x}"), ["0", "-2", "1e9", "60; restart", "٣"]),
    (Action("set-variable", name="A", value="{x}"), ["a\nb", "\0", "a\x7f"]),
    (Patch("requirements.txt", pin=("{x}",)), ["-r /etc/passwd", "x @ https://evil.example/x.whl", "--index-url=https://e", "a b", "a\nb", ""]),
    (Patch("packages.txt", line=("{x}",)), ["a b", "-y", "a;b", "$(id)", "a\nb"]),
    (Patch("README.md", front_matter={"app_port": "{x}"}), ["8000\nsdk: static", "0", "a", "123456"]),
    (Patch("README.md", front_matter={"app_file": "{x}"}), ["../app.py", "a\nb", "/etc/passwd", "a: b"]),
    (Patch("Dockerfile", env={"HOME": "{x}"}), ["/a\nRUN id", "$(id)", '"', "`id`", "a\\"]),
]  # fmt: skip


@pytest.mark.parametrize(("one", "texts"), HOSTILE)
def test_a_hostile_capture_is_carried_out_nowhere(one: Action | Patch, texts: list[str]) -> None:
    """A capture that is no name, hardware, path, package or port takes the action away; the words stay."""
    more = {"action": (one,)} if isinstance(one, Action) else {"patch": (one,)}
    for text in texts:
        assert carried_out({"x": text}, **more) == ((), ()), text


def test_the_known_hardware_is_that_of_huggingface_hub() -> None:
    assert set(HARDWARE) == {one.value for one in SpaceHardware}


@pytest.mark.parametrize(
    ("words", "action"),
    [
        ("restart", Action("restart")),
        ("set-secret:API_KEY", Action("set-secret", name="API_KEY")),
        ("mount-bucket:/data", Action("mount-bucket", path="/data")),
        ("set-sleep-time:-1", Action("set-sleep-time", seconds="-1")),
        ("restart:now", None),
        ("set-secret", None),
        ("set-secret:A B", None),
        ("install-cv2", None),
    ],
)
def test_actions_by_their_words(words: str, action: Action | None) -> None:
    assert of_words(words) == action
