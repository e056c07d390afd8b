"""huggingface_hub and transformers of several majors against a loopback Hub that refuses in the Hub's own words.

The stored logs show https://huggingface.co where the client was pointed at the loopback server.
"""

from __future__ import annotations

import http.server
import json
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.reproduce import kit

STARTUP = "===== Application Startup at 2026-11-23 10:00:00 =====\n\n"
COMMIT = "3f0a1b2c4d5e6f708192a3b4c5d6e7f801234567"
REQUEST_ID = "Root=1-6921a0b7-1f2e3d4c5b6a79880f1e2d3c;0b1c2d3e-4f50-4a6b-8c7d-9e0f1a2b3c4d"


@dataclass(frozen=True)
class Answer:
    """What the loopback Hub says to every request, or to those whose path holds `only`."""

    status: int
    error: str = ""
    code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    only: str = ""
    body: bytes = b""
    promised: int | None = None
    cut: bool = False


def handler(answers: tuple[Answer, ...]) -> type[http.server.BaseHTTPRequestHandler]:
    """Build a request handler that gives the first answer that fits the path."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            answer = next((a for a in answers if a.only in self.path), Answer(404, "Not found"))
            body = answer.body or (json.dumps({"error": answer.error}).encode() if answer.error else b"")
            whole = answer.promised if answer.promised is not None else len(body)
            size = whole if self.command == "HEAD" or answer.cut else len(body)
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            self.send_response(answer.status)
            named = {"X-Error-Code": answer.code, "X-Error-Message": answer.error, "X-Request-Id": REQUEST_ID}
            for name, value in {**named, **answer.headers, "Content-Length": str(size)}.items():
                if value:
                    self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)
            self.close_connection = answer.cut

        do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = answer  # noqa: N815

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Stay silent."""

    return Handler


@contextmanager
def hub(*answers: Answer) -> Iterator[str]:
    """Serve `answers` on a loopback port."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(answers))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


def client(version: str) -> Path:
    """An environment with that huggingface_hub."""
    python = {"0": "3.10", "1": "3.11", "2": "3.12"}[version[0]]
    name = "hub-" + (version.split(".", maxsplit=1)[0] if version[0] != "0" else version[: version.rindex(".")])
    return kit.venv(name, f"huggingface_hub=={version}", python=python)


def transformers5() -> Path:
    """The current transformers with the current huggingface_hub."""
    return kit.venv("transformers-5", "transformers", python="3.11")


def transformers4() -> Path:
    """The last transformers 4 line with huggingface_hub 0.x."""
    return kit.venv("transformers-4", "transformers==4.57.1", python="3.11")


def start(python: Path, code: str, *answers: Answer, env: Mapping[str, str] | None = None, endpoint: str = "") -> kit.Output:
    """Run `code` as app.py against the loopback Hub, without any saved token."""
    packages = ["huggingface_hub", *(["transformers"] if "transformers" in str(python) else [])]
    with hub(*answers) as url, kit.app({"app.py": code}) as folder:
        where = endpoint or url
        merged = {"HF_ENDPOINT": where, "HF_HOME": str(folder / ".cache"), **(env or {})}
        text = kit.run([python, "app.py"], cwd=folder, env=merged, timeout=120)
    text = text.replace(where, "https://huggingface.co")
    text = re.sub(r"host=(\\?')127\.0\.0\.1\\?', port=\d+", r"host=\1huggingface.co\1, port=443", text)
    text = text.replace("HTTPConnectionPool", "HTTPSConnectionPool").replace("HTTPSSConnection", "HTTPSConnection")
    return kit.Output(STARTUP + text, kit.versions(python, *packages))


DOWNLOAD = """\
from huggingface_hub import hf_hub_download

path = hf_hub_download("{repo}", "{file}")
print("loaded", path)
"""
CONFIG = """\
from transformers import AutoConfig

config = AutoConfig.from_pretrained("{repo}")
print(config)
"""
TOKENIZER = CONFIG.replace("AutoConfig", "AutoTokenizer").replace("config", "tokenizer")


def download(repo: str = "acme/model", file: str = "model.safetensors") -> str:
    """An app that downloads one file."""
    return DOWNLOAD.format(repo=repo, file=file)


ASK = "Access to model acme/llama is restricted and you are not in the authorized list. Visit https://huggingface.co/acme/llama to ask for access."
LOG_IN = "Access to model acme/llama is restricted. You must have access to it and be authenticated to access it. Please log in."
REVIEW = "Your request to access model acme/llama is awaiting a review from the repo authors."


@kit.case("hub-gated-repo", "hub0.20-not-in-list")
def gated_403() -> kit.Output:
    """403: a token is sent, its account was not let in."""
    return start(client("0.20.3"), download("acme/llama", "config.json"), Answer(403, ASK, "GatedRepo"))


@kit.case("hub-gated-repo", "hub2-log-in")
def gated_401() -> kit.Output:
    """401: no token is sent to a gated repo."""
    return start(client("2.4.0"), download("acme/llama", "config.json"), Answer(401, LOG_IN, "GatedRepo"))


@kit.case("hub-gated-repo", "hub1-awaiting-review")
def gated_review() -> kit.Output:
    """403: access was asked for and not yet given."""
    return start(client("1.4.1"), download("acme/llama", "config.json"), Answer(403, REVIEW, "GatedRepo"))


@kit.case("hub-gated-repo", "transformers5-log-in")
def gated_transformers() -> kit.Output:
    """The same beneath transformers' OSError."""
    return start(transformers5(), CONFIG.format(repo="acme/llama"), Answer(401, LOG_IN, "GatedRepo"))


@kit.case("hub-gated-repo", "transformers4-tokenizer")
def gated_tokenizer() -> kit.Output:
    """A tokenizer of a gated repo, transformers 4."""
    return start(transformers4(), TOKENIZER.format(repo="acme/llama"), Answer(403, ASK, "GatedRepo"))


GONE = Answer(404, "Repository not found", "RepoNotFound")


@kit.case("hub-repo-not-found", "hub2-404")
def repo_404() -> kit.Output:
    """A repo that does not exist, asked for with a valid token."""
    return start(client("2.4.0"), download("acme/no-such-model"), GONE, env={"HF_TOKEN": "hf_" + "x" * 34})


@kit.case("hub-repo-not-found", "hub0.28-404")
def repo_404_old() -> kit.Output:
    """The same in huggingface_hub 0.28."""
    return start(client("0.28.1"), download("acme/no-such-model"), GONE)


@kit.case("hub-repo-not-found", "transformers5-404")
def repo_transformers() -> kit.Output:
    """Transformers says that it is no valid model identifier."""
    return start(transformers5(), CONFIG.format(repo="acme/no-such-model"), GONE)


@kit.case("hub-repo-not-found", "transformers4-tokenizer-404")
def repo_tokenizer() -> kit.Output:
    """The tokenizer of a repo that does not exist, transformers 4."""
    return start(transformers4(), TOKENIZER.format(repo="acme/no-such-model"), GONE)


@kit.case("hub-repo-not-found", "hub2-repo-id-is-a-path")
def repo_id_path() -> kit.Output:
    """A local path that does not exist is taken for a repo id."""
    return start(client("2.4.0"), download("/home/user/app/models/whisper-small"), GONE)


@kit.case("hub-file-not-found", "hub0.36-entry")
def entry_404() -> kit.Output:
    """The repo is there, the file is not."""
    return start(client("0.36.0"), download(file="adapter_model.bin"), Answer(404, "Entry not found", "EntryNotFound"))


@kit.case("hub-file-not-found", "hub2-entry")
def entry_404_new() -> kit.Output:
    """The same in huggingface_hub 2."""
    return start(client("2.4.0"), download(file="adapter_model.bin"), Answer(404, "Entry not found", "EntryNotFound"))


@kit.case("hub-file-not-found", "hub1-revision")
def revision_404() -> kit.Output:
    """A branch that the repo does not have."""
    code = download().replace('"model.safetensors")', '"model.safetensors", revision="fp16")')
    return start(client("1.4.1"), code, Answer(404, "Invalid rev id: fp16", "RevisionNotFound"))


@kit.case("hub-file-not-found", "transformers5-no-config")
def no_config() -> kit.Output:
    """A repo without config.json."""
    return start(transformers5(), CONFIG.format(repo="acme/lora"), Answer(404, "Entry not found", "EntryNotFound"))


BAD_TOKEN = Answer(401, "Invalid credentials in Authorization header")


@kit.case("hub-token-invalid", "hub2-invalid-credentials")
def token_bad() -> kit.Output:
    """A revoked token on a public repo."""
    return start(client("2.4.0"), download(), BAD_TOKEN, env={"HF_TOKEN": "hf_" + "x" * 34})


@kit.case("hub-token-invalid", "hub0.28-invalid-credentials")
def token_bad_old() -> kit.Output:
    """The same in 0.28, which calls it a repo that is not found."""
    return start(client("0.28.1"), download(), BAD_TOKEN, env={"HF_TOKEN": "hf_" + "x" * 34})


@kit.case("hub-token-invalid", "transformers4-invalid-credentials")
def token_bad_transformers() -> kit.Output:
    """A revoked token beneath transformers' OSError."""
    return start(transformers4(), CONFIG.format(repo="acme/model"), BAD_TOKEN, env={"HF_TOKEN": "hf_" + "x" * 34})


@kit.case("hub-token-invalid", "hub1-login")
def login_bad() -> kit.Output:
    """login() with a revoked token."""
    code = "import os\n\nfrom huggingface_hub import login\n\nlogin(token=os.environ['MY_TOKEN'])\n"
    return start(client("1.4.1"), code, Answer(401, "Invalid username or password."), env={"MY_TOKEN": "hf_" + "x" * 34})


@kit.case("hub-token-invalid", "hub0.28-login")
def login_bad_old() -> kit.Output:
    """login() with a revoked token in 0.28."""
    code = "import os\n\nfrom huggingface_hub import login\n\nlogin(token=os.environ['MY_TOKEN'])\n"
    return start(client("0.28.1"), code, Answer(401, "Invalid username or password."), env={"MY_TOKEN": "hf_" + "x" * 34})


@kit.case("hub-token-invalid", "hub2-token-required")
def token_required() -> kit.Output:
    """token=True with no token in the Space."""
    code = download().replace('"model.safetensors")', '"model.safetensors", token=True)')
    return start(client("2.4.0"), code, BAD_TOKEN)


@kit.case("hub-token-invalid", "hub1-empty-token")
def token_empty() -> kit.Output:
    """An empty token makes a header that httpx refuses."""
    code = download().replace('"model.safetensors")', '"model.safetensors", token="")')
    return start(client("1.4.1"), code, BAD_TOKEN)


@kit.case("hub-rate-limited", "hub0.28-429")
def rate_old() -> kit.Output:
    """429 in 0.28."""
    text = "We had to rate limit your IP (192.0.2.7). To continue using our service, create a HF account or login to your existing account, and make sure you pass a HF_TOKEN if you're using the API."
    code = 'from huggingface_hub import snapshot_download\n\nsnapshot_download("acme/model")\n'
    return start(client("0.28.1"), code, Answer(429, text))


@kit.case("hub-rate-limited", "hub1-429")
def rate_headers() -> kit.Output:
    """429 with the RateLimit headers in 1.x."""
    headers = {"RateLimit": '"resolvers";r=0;t=217', "RateLimit-Policy": '"fixed window";"resolvers";q=3000;w=300'}
    code = 'from huggingface_hub import HfApi\n\nprint(HfApi().model_info("acme/model"))\n'
    return start(client("1.4.1"), code, Answer(429, "", headers=headers))


@kit.case("hub-rate-limited", "hub2-429")
def rate_new() -> kit.Output:
    """429 with the RateLimit headers in 2.x."""
    headers = {"RateLimit": '"api";r=0;t=121', "RateLimit-Policy": '"fixed window";"api";q=500;w=300'}
    code = 'from huggingface_hub import HfApi\n\nprint(HfApi().model_info("acme/model"))\n'
    return start(client("2.4.0"), code, Answer(429, "", headers=headers))


@kit.case("hub-rate-limited", "transformers4-429")
def rate_transformers() -> kit.Output:
    """429 beneath transformers' OSError."""
    return start(transformers4(), CONFIG.format(repo="acme/model"), Answer(429, "We had to rate limit your IP (192.0.2.7)."))


FINE_GRAINED = Answer(
    403, "Please enable access to public gated repositories in your fine-grained token settings to view this repository."
)


@kit.case("hub-permission-denied", "hub0.28-fine-grained")
def fine_grained() -> kit.Output:
    """A fine-grained token without the right to read gated repos."""
    return start(client("0.28.1"), download("acme/llama"), FINE_GRAINED, env={"HF_TOKEN": "hf_" + "x" * 34})


@kit.case("hub-permission-denied", "hub2-fine-grained")
def fine_grained_new() -> kit.Output:
    """The same in 2.x."""
    return start(client("2.4.0"), download("acme/llama"), FINE_GRAINED, env={"HF_TOKEN": "hf_" + "x" * 34})


@kit.case("hub-permission-denied", "hub1-upload")
def upload_denied() -> kit.Output:
    """An upload with a read token."""
    code = 'from huggingface_hub import HfApi\n\nHfApi().upload_file(path_or_fileobj=b"a", path_in_repo="log.txt", repo_id="acme/logs", repo_type="dataset")\n'
    text = "Forbidden: you must use a write token to upload to a repository."
    return start(client("1.4.1"), code, Answer(403, text), env={"HF_TOKEN": "hf_" + "x" * 34})


@kit.case("hub-permission-denied", "hub0.20-create-repo")
def create_denied() -> kit.Output:
    """A repo in a namespace that the token may not write."""
    code = 'from huggingface_hub import HfApi\n\nHfApi().create_repo("acme/logs", repo_type="dataset")\n'
    text = 'You don\'t have the rights to create a dataset under the namespace "acme"'
    return start(client("0.20.3"), code, Answer(403, text), env={"HF_TOKEN": "hf_" + "x" * 34})


@kit.case("hub-unreachable", "hub2-refused")
def refused() -> kit.Output:
    """Nobody listens at the Hub's address."""
    return start(client("2.4.0"), download(), endpoint="http://127.0.0.1:9")


@kit.case("hub-unreachable", "hub2-api-refused")
def refused_api() -> kit.Output:
    """A call of the API, no download, with nobody at the Hub's address."""
    code = "from huggingface_hub import HfApi\n\nprint(HfApi().model_info('acme/model').sha)\n"
    return start(client("2.4.0"), code, endpoint="http://127.0.0.1:9")


@kit.case("hub-unreachable", "hub0.28-refused")
def refused_old() -> kit.Output:
    """The same with requests beneath."""
    return start(client("0.28.1"), download(), endpoint="http://127.0.0.1:9")


@kit.case("hub-unreachable", "hub2-no-such-host")
def no_name() -> kit.Output:
    """The Hub's name does not resolve."""
    return start(client("2.4.0"), download(), endpoint="http://hub.invalid")


@kit.case("hub-unreachable", "hub2-offline")
def offline() -> kit.Output:
    """HF_HUB_OFFLINE=1 and nothing in the cache."""
    return start(client("2.4.0"), download(), env={"HF_HUB_OFFLINE": "1"})


@kit.case("hub-unreachable", "hub1-504")
def gateway() -> kit.Output:
    """The Hub answers 504."""
    code = 'from huggingface_hub import HfApi\n\nprint(HfApi().dataset_info("acme/data"))\n'
    return start(client("1.4.1"), code, Answer(504))


@kit.case("hub-unreachable", "hub0.36-503")
def unavailable() -> kit.Output:
    """The Hub answers 503 to the download."""
    return start(client("0.36.0"), download(), Answer(503))


@kit.case("hub-unreachable", "transformers5-refused")
def refused_transformers() -> kit.Output:
    """Transformers cannot connect."""
    return start(transformers5(), CONFIG.format(repo="acme/model"), endpoint="http://127.0.0.1:9")


@kit.case("hub-unreachable", "transformers4-refused")
def refused_transformers_4() -> kit.Output:
    """Transformers 4 cannot connect."""
    return start(transformers4(), TOKENIZER.format(repo="acme/model"), endpoint="http://127.0.0.1:9")


SHORT = Answer(
    200, body=b"x" * 1024, promised=4096, headers={"ETag": '"0123456789abcdef0123456789abcdef"', "X-Repo-Commit": COMMIT}
)


@kit.case("hub-download-corrupt", "hub0.28-consistency")
def truncated_old() -> kit.Output:
    """Fewer bytes arrive than the Hub announced."""
    return start(client("0.28.1"), download(), SHORT)


@kit.case("hub-download-corrupt", "hub2-consistency")
def truncated() -> kit.Output:
    """The same in 2.x."""
    return start(client("2.4.0"), download(), SHORT)


FILE = {"ETag": '"0123456789abcdef0123456789abcdef"', "X-Repo-Commit": COMMIT}


def config_answer(body: bytes) -> Answer:
    """A config.json that the loopback Hub serves."""
    return Answer(200, body=body, headers=FILE, only="config.json")


@kit.case("transformers-too-old", "transformers4-model-type")
def unknown_type() -> kit.Output:
    """A model type that this transformers does not know."""
    answers = (config_answer(b'{"model_type": "qwen3_5_moe"}'), Answer(404, "Entry not found", "EntryNotFound"))
    return start(transformers4(), CONFIG.format(repo="acme/qwen"), *answers)


@kit.case("transformers-too-old", "transformers4.36-key-error")
def unknown_type_old() -> kit.Output:
    """The same in 4.36, which ends with the bare KeyError."""
    python = kit.venv("transformers-4.36", "transformers==4.36.2", python="3.10")
    answers = (config_answer(b'{"model_type": "qwen2"}'), Answer(404, "Entry not found", "EntryNotFound"))
    return start(python, CONFIG.format(repo="acme/qwen"), *answers)


@kit.case("transformers-too-old", "transformers4-tokenizer-class")
def unknown_tokenizer() -> kit.Output:
    """A tokenizer class that this transformers does not have."""
    answers = (
        Answer(200, body=b'{"tokenizer_class": "TokenizersBackend"}', headers=FILE, only="tokenizer_config.json"),
        config_answer(b'{"model_type": "llama"}'),
        Answer(404, "Entry not found", "EntryNotFound"),
    )
    return start(transformers4(), TOKENIZER.format(repo="acme/llama"), *answers)


@kit.case("trust-remote-code", "transformers4-prompt")
def remote_code() -> kit.Output:
    """A repo with its own configuration class, and nobody to answer the prompt."""
    body = b'{"model_type": "acme", "auto_map": {"AutoConfig": "configuration_acme.AcmeConfig"}}'
    return start(transformers4(), CONFIG.format(repo="acme/custom"), config_answer(body))


@kit.case("trust-remote-code", "transformers5-prompt")
def remote_code_new() -> kit.Output:
    """The same in transformers 5."""
    body = b'{"model_type": "acme", "auto_map": {"AutoConfig": "configuration_acme.AcmeConfig"}}'
    return start(transformers5(), CONFIG.format(repo="acme/custom"), config_answer(body))


@kit.case("hf-hub-api-removed", "hub0.28-errors-module")
def errors_module() -> kit.Output:
    """The errors moved to huggingface_hub.errors."""
    return start(client("0.28.1"), "from huggingface_hub.utils._errors import RepositoryNotFoundError\n", GONE)


@kit.case("hf-hub-api-removed", "hub2-repository")
def repository_class() -> kit.Output:
    """The git based Repository class went with 1.0."""
    return start(client("2.4.0"), "from huggingface_hub import Repository\n", GONE)


@kit.case("transformers-too-new", "transformers5-vision2seq")
def vision2seq() -> kit.Output:
    """A class that transformers 5 renamed."""
    return start(transformers5(), "from transformers import AutoModelForVision2Seq\n", GONE)


@kit.case("transformers-too-new", "transformers5-tools")
def agent_tools() -> kit.Output:
    """The agents moved to smolagents."""
    return start(transformers5(), "from transformers.tools import HfAgent\n", GONE)


@kit.case("transformers-too-new", "transformers5-adamw")
def adamw() -> kit.Output:
    """AdamW is torch's now."""
    return start(transformers5(), "from transformers import AdamW, get_linear_schedule_with_warmup\n", GONE)


CUT = Answer(200, body=b"x" * 1024, promised=4096, headers=SHORT.headers, cut=True)


@kit.case("hub-download-corrupt", "hub0.20-broken-off")
def broken_off() -> kit.Output:
    """The connection closes in the middle of the file (huggingface_hub 0.20 does not resume)."""
    return start(client("0.20.3"), download(), CUT)


@kit.case("hub-gated-repo", "hub0.28-no-words")
def gated_bare() -> kit.Output:
    """A gated repo, and an answer without a message."""
    return start(client("0.28.1"), download("acme/llama", "config.json"), Answer(403, "", "GatedRepo"))


@kit.case("hub-gated-repo", "transformers4-no-words")
def gated_bare_transformers() -> kit.Output:
    """The same beneath transformers."""
    return start(transformers4(), CONFIG.format(repo="acme/llama"), Answer(403, "", "GatedRepo"))


@kit.case("hub-repo-not-found", "hub2-bucket")
def bucket() -> kit.Output:
    """A bucket that does not exist."""
    code = 'from huggingface_hub import HfApi\n\nprint(HfApi().bucket_info("acme/no-such-bucket"))\n'
    return start(client("2.4.0"), code, Answer(404, "Bucket not found", "RepoNotFound"))


@kit.case("hub-file-not-found", "transformers4-revision")
def revision_transformers() -> kit.Output:
    """A branch that the repo does not have, transformers 4."""
    code = CONFIG.format(repo="acme/model").replace('"acme/model"', '"acme/model", revision="fp16"')
    return start(transformers4(), code, Answer(404, "Invalid rev id: fp16", "RevisionNotFound"))


@kit.case("hub-token-invalid", "hub0.28-line-end")
def token_line_end() -> kit.Output:
    """A token that was stored with a line end."""
    code = download().replace('"model.safetensors")', '"model.safetensors", token="hf_example\\n")')
    return start(client("0.28.1"), code, BAD_TOKEN)


@kit.case("hf-hub-api-removed", "hub2-attribute")
def attribute_gone() -> kit.Output:
    """A removed name used through the package."""
    return start(client("2.4.0"), "import huggingface_hub\n\ntoken = huggingface_hub.HfFolder.get_token()\n", GONE)


@kit.case("hf-hub-api-removed", "hub2-method")
def method_gone() -> kit.Output:
    """A removed method of HfApi."""
    code = 'from huggingface_hub import HfApi\n\nHfApi().request_space_storage("acme/space", "small")\n'
    return start(client("2.4.0"), code, GONE)


@kit.case("hf-hub-api-removed", "hub0.20-too-old")
def too_old_hub() -> kit.Output:
    """A name that came with 1.0."""
    return start(client("0.20.3"), "from huggingface_hub import is_offline_mode\n", GONE)


@kit.case("hf-hub-api-removed", "transformers4-range")
def range_check() -> kit.Output:
    """Transformers 4 checks the range of huggingface_hub itself."""
    newer = next((client("1.4.1").parent.parent / "lib").glob("python*")) / "site-packages"
    return start(transformers4(), "from transformers import AutoTokenizer\n", GONE, env={"PYTHONPATH": str(newer)})


REMOTE = b"""from transformers import PretrainedConfig
from transformers.utils import is_tf_symbolic_tensor


class AcmeConfig(PretrainedConfig):
    model_type = "acme"
"""


@kit.case("transformers-too-new", "transformers5-remote-code")
def remote_code_breaks() -> kit.Output:
    """The code that a model repo brings along imports what transformers 5 dropped."""
    body = b'{"model_type": "acme", "auto_map": {"AutoConfig": "configuration_acme.AcmeConfig"}}'
    code = CONFIG.format(repo="acme/custom").replace('"acme/custom"', '"acme/custom", trust_remote_code=True')
    own = Answer(200, body=REMOTE, headers={**FILE, "ETag": '"1123456789abcdef0123456789abcdef"'}, only="configuration_acme.py")
    return start(transformers5(), code, own, config_answer(body), Answer(404, "Entry not found", "EntryNotFound"))


@kit.case("transformers-too-new", "transformers5-attribute")
def attribute_removed() -> kit.Output:
    """A removed name used through the package."""
    return start(transformers5(), "import transformers\n\noptimizer = transformers.AdamW\n", GONE)


@kit.case("transformers-too-new", "transformers5-tokenizer-method")
def tokenizer_method() -> kit.Output:
    """A tokenizer method that transformers 5 dropped."""
    code = """\
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from transformers import PreTrainedTokenizerFast

tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(WordLevel({"a": 0}, unk_token="a")))
print(tokenizer.batch_encode_plus(["a"]))
"""
    return start(transformers5(), code, GONE)


@kit.case("transformers-too-new", "transformers5-pipeline-task")
def pipeline_task() -> kit.Output:
    """A pipeline that transformers 5 dropped."""
    return start(transformers5(), 'from transformers import pipeline\n\nsummarizer = pipeline("summarization")\n', GONE)


def transformers436() -> Path:
    """Transformers of December 2023."""
    return kit.venv("transformers-4.36", "transformers==4.36.2", python="3.10")


@kit.case("transformers-too-old", "transformers4.36-new-class")
def new_class() -> kit.Output:
    """A class of a later release."""
    return start(transformers436(), "from transformers import Qwen2VLForConditionalGeneration\n", GONE)


@kit.case("transformers-too-old", "transformers4.36-rope-scaling")
def rope_scaling() -> kit.Output:
    """The configuration of Llama 3.1."""
    scaling = b'{"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "rope_type": "llama3"}'
    return start(
        transformers436(),
        CONFIG.format(repo="acme/llama"),
        config_answer(b'{"model_type": "llama", "rope_scaling": ' + scaling + b"}"),
    )
