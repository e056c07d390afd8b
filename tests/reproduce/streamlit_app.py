"""Streamlit apps that misuse its API, in an old and in the current version."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.reproduce import kit

STARTUP = "===== Application Startup at 2026-11-23 10:00:00 =====\n\n"
FLAGS = (
    "--server.port",
    "8501",
    "--server.address",
    "0.0.0.0",
    "--server.headless",
    "true",
    "--browser.gatherUsageStats",
    "false",
)


def old() -> Path:
    """Streamlit 1.30."""
    return kit.venv("streamlit-1.30", "streamlit==1.30.0", "pyarrow==17.0.0", python="3.11")


def new() -> Path:
    """The current Streamlit."""
    return kit.venv("streamlit-new", "streamlit", python="3.12")


VISIT = """\
import time

from websockets.sync.client import connect

for _ in range(40):
    try:
        with connect("ws://127.0.0.1:8501/_stcore/stream", subprotocols=["streamlit"], proxy=None) as page:
            page.send(bytes([0x5A, 0]))
            time.sleep(5)
        break
    except OSError:
        time.sleep(0.5)
"""


def start(python: Path, code: str, *, bare: bool = False, secrets: str = "") -> kit.Output:
    """Run `code` as app.py, visit its page once, and stop it."""
    files = {"app.py": code, "visit.py": VISIT, **({".streamlit/secrets.toml": secrets} if secrets else {})}
    with kit.app(files) as folder:
        command: Sequence[str | Path] = [python, "app.py"] if bare else [python, "-m", "streamlit", "run", "app.py", *FLAGS]
        visitor = (
            None if bare else subprocess.Popen([str(kit.venv("websockets", "websockets", python="3.12")), "visit.py"], cwd=folder)
        )
        text = kit.run(command, cwd=folder, timeout=14)
        if visitor:
            visitor.wait(30)
    return kit.Output(STARTUP + text, kit.versions(python, "streamlit"))


PAGE_CONFIG = 'import streamlit as st\n\nst.title("Demo")\nst.set_page_config(page_title="Demo")\n'
SAME_ID = 'import streamlit as st\n\nst.button("Go")\nst.button("Go")\n'
SAME_KEY = 'import streamlit as st\n\nst.text_input("Name", key="name")\nst.text_input("Surname", key="name")\n'
SECRETS = 'import streamlit as st\n\nkey = st.secrets["OPENAI_API_KEY"]\nst.write(len(key))\n'


@kit.case("streamlit-misuse", "old-set-page-config")
def page_config() -> kit.Output:
    """set_page_config is not the first command (an error until Streamlit 1.46)."""
    return start(old(), PAGE_CONFIG)


@kit.case("streamlit-misuse", "old-duplicate-widget")
def same_id_old() -> kit.Output:
    """Two equal buttons, in the words of 1.30."""
    return start(old(), SAME_ID)


@kit.case("streamlit-misuse", "new-duplicate-element")
def same_id() -> kit.Output:
    """Two equal buttons, in today's words."""
    return start(new(), SAME_ID)


@kit.case("streamlit-misuse", "new-duplicate-key")
def same_key() -> kit.Output:
    """Two widgets with one key."""
    return start(new(), SAME_KEY)


@kit.case("streamlit-misuse", "old-secrets")
def secrets_old() -> kit.Output:
    """st.secrets without a secrets.toml, in the words of 1.30."""
    return start(old(), SECRETS)


@kit.case("streamlit-misuse", "new-secrets")
def secrets() -> kit.Output:
    """st.secrets without a secrets.toml, in today's words."""
    return start(new(), SECRETS)


@kit.case("streamlit-misuse", "new-bare-mode")
def bare() -> kit.Output:
    """Python app.py in place of streamlit run app.py."""
    return start(new(), 'import streamlit as st\n\nst.title("Demo")\nname = st.text_input("Name")\n', bare=True)


@kit.case("streamlit-misuse", "old-bare-mode")
def bare_old() -> kit.Output:
    """The same in 1.30."""
    return start(old(), 'import streamlit as st\n\nst.title("Demo")\nname = st.text_input("Name")\n', bare=True)


@kit.case("healthy", "streamlit-deprecations")
def deprecations() -> kit.Output:
    """A good start and a visit, with a deprecation warning."""
    code = 'import streamlit as st\n\nst.title("Demo")\nst.dataframe({"a": [1]}, use_container_width=True)\n'
    return start(new(), code)


@kit.case("streamlit-misuse", "new-secret-key")
def secret_key() -> kit.Output:
    """A secrets.toml without the key that is asked for."""
    return start(new(), SECRETS, secrets='OTHER = "1"\n')


@kit.case("streamlit-misuse", "new-state-after-widget")
def state_after_widget() -> kit.Output:
    """A widget's value set after the widget was drawn."""
    return start(new(), 'import streamlit as st\n\nst.text_input("Name", key="name")\nst.session_state.name = "a"\n')


@kit.case("streamlit-misuse", "new-unhashable")
def unhashable() -> kit.Output:
    """An argument of a cached function that cannot be hashed."""
    code = (
        "import threading\n\nimport streamlit as st\n\n@st.cache_data\ndef load(lock):\n    return 1\n\nload(threading.Lock())\n"
    )
    return start(new(), code)


@kit.case("streamlit-misuse", "new-state-not-set")
def state_not_set() -> kit.Output:
    """A value of the session that nothing has set."""
    return start(new(), 'import streamlit as st\n\nfor message in st.session_state["messages"]:\n    st.write(message)\n')
