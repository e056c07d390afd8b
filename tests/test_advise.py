"""Which remedies are offered, and in which order."""

from __future__ import annotations

from typing import Any

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
