"""Gradio of several majors with packages that fit and packages that do not."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.reproduce import kit

PACKAGES = ("gradio", "gradio_client", "huggingface_hub", "pydantic", "fastapi", "starlette", "jinja2")
STARTUP = "===== Application Startup at 2026-11-23 10:00:00 =====\n\n"


def gradio3() -> Path:
    """Gradio 3.50.2 as pip installs it today."""
    return kit.venv("gradio-3-unpinned", "gradio==3.50.2", python="3.10")


def gradio4() -> Path:
    """Gradio 4.44.1 as pip installs it today."""
    return kit.venv("gradio-4-unpinned", "gradio==4.44.1", python="3.10")


def gradio4_schema() -> Path:
    """Gradio 4.44.1 with everything old enough but pydantic."""
    pins = ("gradio==4.44.1", "huggingface_hub==0.26.5", "pydantic==2.11.10", "starlette==0.40.0", "jinja2==3.1.4")
    return kit.venv("gradio-4-pydantic", *pins, python="3.10")


def gradio5() -> Path:
    """Gradio 5.49.1 as pip installs it today."""
    return kit.venv("gradio-5", "gradio==5.49.1", python="3.11")


def gradio6() -> Path:
    """The current Gradio 6."""
    return kit.venv("gradio-6", "gradio", python="3.12")


def start(python: Path, code: str, timeout: float = 25, env: Mapping[str, str] | None = None) -> kit.Output:
    """Run `code` as app.py the way a Space does, and stop it after a while if it serves."""
    merged = {"GRADIO_SERVER_NAME": "0.0.0.0", "GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_SSR_MODE": "false", **(env or {})}
    with kit.app({"app.py": code}) as folder:
        text = kit.run([python, "app.py"], cwd=folder, env=merged, timeout=timeout)
    return kit.Output(STARTUP + text, kit.versions(python, *PACKAGES))


ECHO = """\
import gradio as gr

def greet(name):
    return f"Hello {name}"

demo = gr.Interface(fn=greet, inputs="text", outputs="text")
demo.launch()
"""


@kit.case("hf-hub-api-removed", "gradio4-hub2")
def folder_class() -> kit.Output:
    """Gradio 4 imports HfFolder, which huggingface_hub 1.0 removed."""
    return start(gradio4(), ECHO)


@kit.case("gradio-fastapi-mismatch", "gradio3-starlette1")
def template_cache() -> kit.Output:
    """Gradio 3 calls TemplateResponse as starlette 1.0 no longer allows."""
    return start(gradio3(), ECHO)


@kit.case("gradio-schema-bool", "gradio4-pydantic2.11")
def schema_bool() -> kit.Output:
    """The API description of a component fails, so the page answers 500 and the localhost check ends the start."""
    code = "import gradio as gr\n\ndemo = gr.Interface(lambda image: image, gr.Image(), gr.File())\ndemo.launch()\n"
    return start(gradio4_schema(), code)


@contextmanager
def refusing_proxy() -> Iterator[str]:
    """A loopback proxy that lets GET through and answers 502 to HEAD."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_error(502)

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Stay silent."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@kit.case("gradio-localhost-check", "gradio5-proxy")
def localhost_check() -> kit.Output:
    """HTTP_PROXY sends the check of the app's own address to a proxy that cannot answer it."""
    with refusing_proxy() as proxy:
        env = {"HTTP_PROXY": proxy, "HTTPS_PROXY": proxy, "GRADIO_SERVER_NAME": "127.0.0.1"}
        return start(gradio5(), ECHO, env=env)


@kit.case("gradio-localhost-check", "gradio5-startup-events")
def startup_events() -> kit.Output:
    """A proxy that nobody listens on: the first call of Gradio to itself fails."""
    env = {"HTTP_PROXY": "http://127.0.0.1:9", "HTTPS_PROXY": "http://127.0.0.1:9", "GRADIO_SERVER_NAME": "127.0.0.1"}
    return start(gradio5(), ECHO, env=env)


@kit.case("gradio-api-changed", "gradio6-chatbot-type")
def chatbot_type() -> kit.Output:
    """Gradio 6 dropped Chatbot(type=...)."""
    code = 'import gradio as gr\n\nwith gr.Blocks() as demo:\n    gr.Chatbot(type="messages", show_copy_button=True)\n\ndemo.launch()\n'
    return start(gradio6(), code)


@kit.case("gradio-api-changed", "gradio6-launch-show-api")
def launch_show_api() -> kit.Output:
    """Gradio 6 dropped launch(show_api=...)."""
    return start(gradio6(), ECHO.replace("launch()", "launch(show_api=False)"))


@kit.case("gradio-api-changed", "gradio5-inputs-module")
def inputs_module() -> kit.Output:
    """gr.inputs went with Gradio 4."""
    return start(gradio5(), ECHO.replace('inputs="text"', "inputs=gr.inputs.Textbox(lines=2)"))


@kit.case("gradio-api-changed", "gradio5-queue-concurrency-count")
def queue_concurrency() -> kit.Output:
    """queue(concurrency_count=...) went with Gradio 4."""
    return start(gradio5(), ECHO.replace("demo.launch()", "demo.queue(concurrency_count=3).launch()"))


@kit.case("gradio-api-changed", "gradio5-component-style")
def component_style() -> kit.Output:
    """Component.style() went with Gradio 4."""
    code = 'import gradio as gr\n\nwith gr.Blocks() as demo:\n    gr.Gallery().style(grid=2, height="auto")\n\ndemo.launch()\n'
    return start(gradio5(), code)


@kit.case("gradio-api-changed", "gradio4-mcp-server")
def mcp_server() -> kit.Output:
    """launch(mcp_server=...) needs Gradio 5.28."""
    return start(gradio4_schema(), ECHO.replace("launch()", "launch(mcp_server=True)"))


@kit.case("healthy", "gradio6-warnings")
def warnings_6() -> kit.Output:
    """A good start of Gradio 6 with deprecation warnings about moved arguments."""
    code = 'import gradio as gr\n\nwith gr.Blocks(theme=gr.themes.Soft(), css="h1 {}") as demo:\n    gr.Dataframe(col_count=(2, "fixed"))\n\ndemo.launch()\n'
    return start(gradio6(), code, timeout=15)


@kit.case("healthy", "gradio5-chatbot-warning")
def warnings_5() -> kit.Output:
    """A good start of Gradio 5 with the warning about Chatbot's tuples format."""
    code = "import gradio as gr\n\nwith gr.Blocks() as demo:\n    gr.Chatbot()\n\ndemo.queue().launch(share=True if False else None)\n"
    return start(gradio5(), code, timeout=15)


@kit.case("healthy", "gradio4-pins-that-fit")
def pins_4() -> kit.Output:
    """Gradio 4.44.1 with the pins that the remedies name."""
    pins = ("gradio==4.44.1", "huggingface_hub<1.0", "pydantic==2.10.6", "starlette<1.0")
    code = "import gradio as gr\n\ndemo = gr.Interface(lambda image: image, gr.Image(), gr.File())\ndemo.launch()\n"
    return start(kit.venv("gradio-4-pins", *pins, python="3.10"), code, timeout=15)


@kit.case("healthy", "gradio3-pins-that-fit")
def pins_3() -> kit.Output:
    """Gradio 3.50.2 with the pin that the remedy names."""
    return start(kit.venv("gradio-3-pins", "gradio==3.50.2", "starlette<1.0", python="3.10"), ECHO, timeout=15)


@kit.case("hf-hub-api-removed", "gradio5.0-hub2")
def folder_class_5() -> kit.Output:
    """The first Gradio 5 with today's huggingface_hub."""
    return start(kit.venv("gradio-5.0", "gradio==5.0.1", python="3.10"), ECHO)


@kit.case("gradio-api-changed", "gradio5-inputs-import")
def inputs_import() -> kit.Output:
    """From gradio.inputs import ... went with Gradio 4."""
    return start(gradio5(), "from gradio.inputs import Textbox\n")


@kit.case("gradio-api-changed", "gradio5-messages-format")
def messages_format() -> kit.Output:
    """Pairs given to a Chatbot of the type messages."""
    return start(
        gradio5(),
        'import gradio as gr\n\nwith gr.Blocks() as demo:\n    gr.Chatbot([("hi", "hello")], type="messages")\n\ndemo.launch()\n',
    )


@kit.case("gradio-fastapi-mismatch", "gradio3.35-pydantic2")
def old_gradio_3() -> kit.Output:
    """A Gradio of June 2023 as pip installs it today."""
    return start(kit.venv("gradio-3.35", "gradio==3.35.2", python="3.10"), ECHO)


@kit.case("gradio-api-changed", "client-hf-token")
def client_hf_token() -> kit.Output:
    python = kit.venv("gradio-client", "gradio_client", python="3.12")
    code = 'from gradio_client import Client\n\nclient = Client("demo/space", hf_token="none")\n'
    with kit.app({"app.py": code}) as folder:
        text = kit.run([python, "app.py"], cwd=folder)
    return kit.Output(STARTUP + text, kit.versions(python, "gradio_client"))


@kit.case("gradio-api-changed", "image-source-python39")
def image_source_39() -> kit.Output:
    """Before Python 3.10 the message does not name the class."""
    pins = ("gradio==4.44.1", "huggingface_hub==0.26.5", "pydantic==2.10.6", "starlette==0.40.0", "jinja2==3.1.4")
    return start(kit.venv("gradio-4-python39", *pins, python="3.9"), 'import gradio as gr\n\nimage = gr.Image(source="webcam")\n')
