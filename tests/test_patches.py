"""Patches of requirements.txt, packages.txt, README.md and the Dockerfile, over the forms in which people write them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from spacedoctor.catalogue.actions import Patch
from spacedoctor.errors import InputError
from spacedoctor.treatment.checkout import Checkout
from spacedoctor.treatment.patches import Change, changes
from spacedoctor.treatment.text import PatchError

README = "---\ntitle: App\nsdk: docker\n---\n# App\n"


class Held:
    """A repository in memory."""

    def __init__(self, files: Mapping[str, str | bytes]) -> None:
        self.files = {path: text.encode() if isinstance(text, str) else text for path, text in files.items()}

    def names(self) -> Collection[str]:
        """Return the paths."""
        return self.files

    def read(self, path: str) -> bytes:
        """Return a file."""
        return self.files[path]


def patched(files: Mapping[str, str | bytes], *patches: Patch, sdk: str | None = "gradio") -> dict[str, bytes]:
    return {one.path: one.after for one in changes(patches, Held(files), sdk)}


def pinned(text: str, *pins: str, drop: tuple[str, ...] = ()) -> str:
    """Return requirements.txt after the pins, itself where nothing changes."""
    made = patched({"requirements.txt": text}, Patch("requirements.txt", pin=pins, drop=drop))
    return made.get("requirements.txt", text.encode()).decode()


PINS = [
    ("", "bcrypt==4.0.1", "bcrypt==4.0.1\n"),
    ("fastapi\n", "bcrypt==4.0.1", "fastapi\nbcrypt==4.0.1\n"),
    ("fastapi", "bcrypt==4.0.1", "fastapi\nbcrypt==4.0.1\n"),
    ("fastapi\r\nuvicorn\r\n", "bcrypt==4.0.1", "fastapi\r\nuvicorn\r\nbcrypt==4.0.1\r\n"),
    ("bcrypt\n", "bcrypt==4.0.1", "bcrypt==4.0.1\n"),
    ("bcrypt", "bcrypt==4.0.1", "bcrypt==4.0.1"),
    ("a\r\nbcrypt>=3\r\nb", "bcrypt==4.0.1", "a\r\nbcrypt==4.0.1\r\nb"),
    ("bcrypt==4.2.0  # for passlib\n", "bcrypt==4.0.1", "bcrypt==4.0.1  # for passlib\n"),
    ("# bcrypt is old\nfastapi\n", "bcrypt==4.0.1", "# bcrypt is old\nfastapi\nbcrypt==4.0.1\n"),
    ("Flask_SQLAlchemy==2\n", "flask-sqlalchemy>=3", "Flask_SQLAlchemy>=3\n"),
    ("python.Multipart\n", "python-multipart", "python.Multipart\n"),
    ("uvicorn [standard] ==0.20\n", "uvicorn>=0.31", "uvicorn[standard]>=0.31\n"),
    ("flask==3.0.0\n", "flask[async]", "flask[async]==3.0.0\n"),
    ("pydantic [dotenv] >=1 ; python_version<'3.12' # old\n", "pydantic[email]==2.10.6", "pydantic[dotenv,email]==2.10.6 ; python_version<'3.12' # old\n"),
    ("numpy==1.26; python_version < '3.12'\nnumpy==2.1; python_version >= '3.12'\n", "numpy<2", "numpy==1.26; python_version < '3.12'\nnumpy<2; python_version >= '3.12'\n"),
    ("numpy==1.26.4\n", "numpy<2", "numpy==1.26.4\n"),
    ("numpy==1.*\n", "numpy<1.24", "numpy<1.24\n"),
    ("email-validator==2.2.0\n", "email-validator", "email-validator==2.2.0\n"),
    ("torch \\\n  ==2.1 \\\n  # cpu\nfastapi\n", "torch>=2.6", "torch>=2.6  # cpu\nfastapi\n"),
    ("--extra-index-url https://download.pytorch.org/whl/cpu\ntorch==2.1+cpu\n", "torch>=2.6", "--extra-index-url https://download.pytorch.org/whl/cpu\ntorch>=2.6\n"),
    ("bcrypt==4.2 --no-binary bcrypt\n", "bcrypt==4.0.1", "bcrypt==4.0.1 --no-binary bcrypt\n"),
    ("\ufeffbcrypt\n", "bcrypt==4.0.1", "\ufeffbcrypt==4.0.1\n"),
    ("pydantic>=2\n", "pydantic>=1.10.13,<2", "pydantic>=1.10.13,<2\n"),
    ("", 'audioop-lts; python_version >= "3.13"', 'audioop-lts; python_version >= "3.13"\n'),
    ("pip install x\n<<<<<<< HEAD\n${A}\n", "bcrypt<5", "pip install x\n<<<<<<< HEAD\n${A}\nbcrypt<5\n"),
    ("passlib[bcrypt]\nbcrypt-tools\n", "bcrypt==4.0.1", "passlib[bcrypt]\nbcrypt-tools\nbcrypt==4.0.1\n"),
    ("git+https://github.com/a/other.git#egg=other\n", "bcrypt<5", "git+https://github.com/a/other.git#egg=other\nbcrypt<5\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "pin", "after"), PINS)
def test_a_requirement_is_added_or_changed_in_its_place(before: str, pin: str, after: str) -> None:
    """Comments, extras, markers, options, line ends and the end of the file stay as they are."""
    assert pinned(before, pin) == after


DROPS = [
    ("fastapi\njwt==1.3  # auth\nuvicorn\n", ("jwt",), ("PyJWT",), "fastapi\nPyJWT\nuvicorn\n"),
    ("jwt\nPyJWT==2\n", ("jwt",), ("PyJWT",), "PyJWT==2\n"),
    ("opencv_python==4\nJWT\nopencv-python-headless\n", ("opencv-python",), ("opencv-python-headless",), "JWT\nopencv-python-headless\n"),
    ("gradio[oauth]==4.44 \\\n  ; python_version > '3'\na\n", ("gradio",), (), "a\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "drop", "pins", "after"), DROPS)
def test_a_package_is_taken_out(before: str, drop: tuple[str, ...], pins: tuple[str, ...], after: str) -> None:
    assert pinned(before, *pins, drop=drop) == after


@pytest.mark.parametrize(
    ("before", "pin", "said"),
    [
        ("bcrypt==4.2.0 --hash=sha256:aa\n", "bcrypt==4.0.1", "locked with hashes"),
        ("fastapi==1 \\\n    --hash=sha256:aa\n", "bcrypt==4.0.1", "locked with hashes"),
        ("bcrypt @ https://example.org/b.whl\n", "bcrypt==4.0.1", "from an address"),
        ("-e git+https://github.com/a/b.git#egg=bcrypt\n", "bcrypt==4.0.1", "from an address"),
    ],
)
def test_what_cannot_be_pinned_safely_is_refused(before: str, pin: str, said: str) -> None:
    with pytest.raises(PatchError, match=said) as caught:
        pinned(before, pin)
    assert caught.value.hint


@pytest.mark.parametrize("raw", ["fastapi\n".encode("utf-16"), b"fast\xff\n", b"a\0b\n"])
def test_what_is_no_text_is_refused(raw: bytes) -> None:
    with pytest.raises(PatchError):
        patched({"requirements.txt": raw}, Patch("requirements.txt", pin=("bcrypt<5",)))


def test_a_locked_file_that_holds_it_already_is_left_alone() -> None:
    assert pinned("bcrypt==4.0.1 --hash=sha256:aa\n", "bcrypt<5") == "bcrypt==4.0.1 --hash=sha256:aa\n"


def test_files_that_are_read_in_are_looked_at() -> None:
    """-r and -c are followed within the repository; a circle ends."""
    files = {
        "requirements.txt": "-r requirements/base.txt\n--constraint=limits.txt\n-r ../outside.txt\n",
        "requirements/base.txt": "bcrypt\n-r ../requirements.txt\n",
        "limits.txt": "numpy==2.1\n",
    }
    assert patched(files, Patch("requirements.txt", pin=("bcrypt==4.0.1",))) == {
        "requirements/base.txt": b"bcrypt==4.0.1\n-r ../requirements.txt\n"
    }
    numpy = patched(files, Patch("requirements.txt", pin=("numpy<2",)))
    assert numpy["limits.txt"] == b"numpy<2\n"
    assert numpy["requirements.txt"].endswith(b"numpy<2\n")


def test_where_requirements_lie() -> None:
    """A Gradio Space gets a new file; a Docker Space only a change of the one that there is."""
    pin = Patch("requirements.txt", pin=("bcrypt<5",))
    assert patched({"app.py": ""}, pin) == {"requirements.txt": b"bcrypt<5\n"}
    assert patched({"api/requirements.txt": "a\n"}, pin, sdk="docker") == {"api/requirements.txt": b"a\nbcrypt<5\n"}
    for files in ({"pyproject.toml": ""}, {"a/requirements.txt": "", "b/requirements.txt": ""}):
        with pytest.raises(PatchError, match="has no requirements"):
            patched(files, pin, sdk="docker")


PACKAGES = [
    ("ffmpeg", ("libgl1",), (), "ffmpeg\nlibgl1\n"),
    ("ffmpeg libgl1\n", ("libgl1",), (), "ffmpeg libgl1\n"),
    ("a\r\nlibgl1-mesa-glx b\r\n", ("libgl1",), ("libgl1-mesa-glx",), "a\r\nb\r\nlibgl1\r\n"),
    ("libgl1-mesa-glx\nb\n", (), ("libgl1-mesa-glx",), "b\n"),
]


@pytest.mark.parametrize(("before", "lines", "drop", "after"), PACKAGES)
def test_system_packages(before: str, lines: tuple[str, ...], drop: tuple[str, ...], after: str) -> None:
    made = patched({"packages.txt": before}, Patch("packages.txt", line=lines, drop=drop))
    assert made.get("packages.txt", before.encode()).decode() == after


SETTINGS = [
    (README, {"app_port": "8000"}, "---\ntitle: App\nsdk: docker\napp_port: 8000\n---\n# App\n"),
    ("---\r\nsdk: docker\r\napp_port: 80 # web\r\n---\r\nx", {"app_port": "8000"}, "---\r\nsdk: docker\r\napp_port: 8000 # web\r\n---\r\nx"),
    ("---\nsdk: docker\n---", {"app_port": "8000"}, "---\nsdk: docker\napp_port: 8000\n---"),
    ("---\napp_port: '80'\nsdk: docker\n---\napp_port: 9\n", {"app_port": "8000"}, "---\napp_port: 8000\nsdk: docker\n---\napp_port: 9\n"),
    (README, {"startup_duration_timeout": "1h"}, README.replace("sdk: docker\n", 'sdk: docker\nstartup_duration_timeout: "1h"\n')),
    (README, {"hf_oauth": "true"}, README.replace("sdk: docker\n", "sdk: docker\nhf_oauth: true\n")),
]  # fmt: skip


@pytest.mark.parametrize(("before", "settings", "after"), SETTINGS)
def test_settings_are_written_in_their_place(before: str, settings: dict[str, str], after: str) -> None:
    made = patched({"README.md": before}, Patch("README.md", front_matter=settings), sdk="docker")
    assert made["README.md"].decode() == after


def test_a_version_of_python_stays_text() -> None:
    """3.10 without quotes is the number 3.1."""
    made = patched(
        {"README.md": "---\nsdk: gradio\npython_version: 3.13\n---\n"},
        Patch("README.md", front_matter={"python_version": "3.10"}),
    )
    assert made["README.md"] == b'---\nsdk: gradio\npython_version: "3.10"\n---\n'


@pytest.mark.parametrize(
    "readme",
    ["# App\n", "---\nsdk: [\n---\n", "---\nsdk: docker\n'app_port': 80\n---\n", "---\nsdk: docker\napp_port: >\n  80\n---\n", "---\n{sdk: docker, app_port: 80}\n---\n"],
)  # fmt: skip
def test_settings_that_are_no_lines_are_refused(readme: str) -> None:
    with pytest.raises(PatchError):
        patched({"README.md": readme}, Patch("README.md", front_matter={"app_port": "8000"}), sdk="docker")


@pytest.mark.parametrize(("setting", "sdk"), [("app_port", "gradio"), ("python_version", "docker"), ("sdk_version", "docker")])
def test_a_setting_that_the_sdk_does_not_read_is_refused(setting: str, sdk: str) -> None:
    with pytest.raises(PatchError, match=r"README\.md"):
        patched({"README.md": README}, Patch("README.md", front_matter={setting: "3"}), sdk=sdk)


DOCKERFILES = [
    ("FROM python:3.11\nCMD python app.py\n", "FROM python:3.11\nENV HOME=/home/user\nCMD python app.py\n"),
    ('FROM a AS b\nCMD x\nFROM python\nUSER user\nENTRYPOINT ["y"]\nCMD z', 'FROM a AS b\nCMD x\nFROM python\nUSER user\nENV HOME=/home/user\nENTRYPOINT ["y"]\nCMD z'),
    ("from python\r\nuser user\r\ncmd x\r\n", "from python\r\nuser user\r\nENV HOME=/home/user\r\ncmd x\r\n"),
    ("FROM python\nRUN <<EOF\nCMD no\nEOF\nRUN a \\\n  # note\n  CMD \\\n  b\nCMD x\n", "FROM python\nRUN <<EOF\nCMD no\nEOF\nRUN a \\\n  # note\n  CMD \\\n  b\nENV HOME=/home/user\nCMD x\n"),
    ("# escape=`\nFROM python\nRUN a `\n  CMD b\nCMD x\n", "# escape=`\nFROM python\nRUN a `\n  CMD b\nENV HOME=/home/user\nCMD x\n"),
    ("FROM python\nENV HOME=/home/user\nCMD x\n", None),
    ("FROM python\nENV HOME=/root A=b\nCMD x\n", "FROM python\nENV HOME=/root A=b\nENV HOME=/home/user\nCMD x\n"),
    ("FROM python\nCMD x\nUSER user\n", "FROM python\nCMD x\nUSER user\nENV HOME=/home/user\n"),
    ("FROM python", "FROM python\nENV HOME=/home/user\n"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "after"), DOCKERFILES)
def test_variables_of_the_last_stage(before: str, after: str | None) -> None:
    made = patched({"Dockerfile": before}, Patch("Dockerfile", env={"HOME": "/home/user"}), sdk="docker")
    assert (made["Dockerfile"].decode() if made else None) == after


APT = "RUN apt-get update && apt-get install -y --no-install-recommends libgl1 && rm -rf /var/lib/apt/lists/*\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("FROM python:3.11-slim\nUSER user\n", f"FROM python:3.11-slim\n{APT}USER user\n"),
        ("FROM node:20 AS web\nFROM python:3.11 as base\nFROM base\nCMD x\n", f"FROM node:20 AS web\nFROM python:3.11 as base\nFROM base\n{APT}CMD x\n"),
        ("FROM python:3.11\nRUN apt-get update && apt-get install -y \\\n  libgl1 \\\n  git\n", None),
    ],
)  # fmt: skip
def test_system_packages_of_a_docker_space_go_into_its_dockerfile(before: str, after: str | None) -> None:
    made = patched({"Dockerfile": before}, Patch("packages.txt", line=("libgl1",)), sdk="docker")
    assert (made["Dockerfile"].decode() if made else None) == after


@pytest.mark.parametrize(
    "image", ["python:3.11-alpine", "me/base", "$BASE", "gcr.io/distroless/python3", "evil.example/python:3"]
)
def test_an_image_that_may_have_no_apt_is_refused(image: str) -> None:
    with pytest.raises(PatchError, match="not known whether"):
        patched({"Dockerfile": f"FROM {image}\n"}, Patch("packages.txt", line=("libgl1",)), sdk="docker")


FORMS = ["a\nb\nc\n", "a\nb", "a\r\nb\r\n", "", "a", "\ufeffa\n", "bcrypt", "x\ny\nz\nbcrypt>3\nu\nv\nw\nlast"]


@pytest.mark.parametrize("before", FORMS)
def test_git_takes_the_diff(before: str, tmp_path: Path) -> None:
    """What is shown is a patch: `git apply` makes of the old file the new one, byte for byte."""
    files = {"requirements.txt": before} if before else {"app.py": "x\n"}
    (change,) = changes([Patch("requirements.txt", pin=("bcrypt==4.0.1",))], Held(files), "gradio")
    if change.before is not None:
        (tmp_path / change.path).write_bytes(change.before)
    git = [shutil.which("git") or "git", "-c", "core.autocrlf=false", "apply"]
    subprocess.run(
        git,
        input=change.diff.encode(),
        cwd=tmp_path,
        check=True,
        env={**os.environ, "GIT_CEILING_DIRECTORIES": str(tmp_path.parent)},
    )
    assert (tmp_path / change.path).read_bytes() == change.after


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """A folder with a repository, and one beside it that nobody may touch."""
    (tmp_path / "repo" / "sub").mkdir(parents=True)
    (tmp_path / "repo" / ".git").mkdir()
    (tmp_path / "repo" / ".git" / "requirements.txt").write_text("x\n")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "requirements.txt").write_text("secret\n")
    return Checkout(tmp_path / "repo")


def test_a_checkout_is_changed_in_its_work_tree(checkout: Checkout) -> None:
    file = checkout.folder / "requirements.txt"
    file.write_bytes(b"fastapi\r\n")
    file.chmod(0o640)
    for change in changes([Patch("requirements.txt", pin=("bcrypt<5",))], checkout, "gradio"):
        checkout.write(change)
    assert file.read_bytes() == b"fastapi\r\nbcrypt<5\r\n"
    assert file.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in checkout.folder.iterdir()) == [".git", "requirements.txt", "sub"]


@pytest.mark.parametrize("path", ["../outside/requirements.txt", "/etc/passwd", "a//b", "./a", "a\\b", "C:a", "", ".."])
def test_nothing_outside_is_written(checkout: Checkout, path: str) -> None:
    with pytest.raises(PatchError, match="does not lie"):
        checkout.write(Change(path, None, b"x"))


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_links_are_not_followed(checkout: Checkout) -> None:
    """A file or folder that is a link leads elsewhere: it is no file of the repository, and is not written."""
    outside = checkout.folder.parent / "outside"
    (checkout.folder / "requirements.txt").symlink_to(outside / "requirements.txt")
    (checkout.folder / "link").symlink_to(outside)
    assert checkout.names() == set()
    for path in ("requirements.txt", "link/requirements.txt", "link/new.txt"):
        with pytest.raises(PatchError, match="through a link"):
            checkout.write(Change(path, None, b"x"))
    with pytest.raises(PatchError, match="through a link"):
        checkout.write(changes([Patch("requirements.txt", pin=("a",))], checkout, "gradio")[0])
    assert (outside / "requirements.txt").read_text() == "secret\n"
    assert [path.name for path in outside.iterdir()] == ["requirements.txt"]


def test_a_file_that_was_changed_meanwhile_is_left_alone(checkout: Checkout) -> None:
    (checkout.folder / "requirements.txt").write_text("a\n")
    (change,) = changes([Patch("requirements.txt", pin=("b",))], checkout, "gradio")
    (checkout.folder / "requirements.txt").write_text("other\n")
    with pytest.raises(PatchError, match="changed meanwhile"):
        checkout.write(change)
    assert (checkout.folder / "requirements.txt").read_text() == "other\n"


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no folder"):
        Checkout(tmp_path / "none")
