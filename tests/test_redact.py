"""Secrets of every kind are masked in every place; what only looks like one is left alone."""

from __future__ import annotations

import pytest

from spacedoctor.redact import Redactor
from tests.canaries import JWT

A, D = "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW", "0123456789abcdef"
CANARIES = {
    "hf-token": [f"token hf_{A}x", f"https://user:hf_{A}x@huggingface.co/me/app", f"HF_TOKEN=hf_{A}"],
    "github-token": [f"ghp_{A}abcd", f"github_pat_{A}_{A}"],
    "gitlab-token": ["glpat-" + A[:20]],
    "openai-key": [f"Incorrect API key provided: sk-proj-{A}{A}", f"sk-{A}{A[:16]}"],
    "anthropic-key": [f"sk-ant-api03-{A}-{A}"],
    "google-key": ["AIza" + A + "xyz", "ya29." + A],
    "aws-key": ["AKIAIOSFODNN7EXAMPLE"],
    "slack-token": ["xoxb-123456789012-" + A, "https://hooks.slack.com/services/T0000/B0000/" + A],
    "stripe-key": ["sk_live_" + A[:24], "whsec_" + A],
    "telegram-token": ["https://api.telegram.org/bot123456789:AAE" + A + "/getMe", "123456789:AAE" + A],
    "discord-token": ["M" + A[:24] + ".GabcdE." + A[:28]],
    "sendgrid-key": ["SG." + A[:22] + "." + A],
    "package-token": ["npm_" + A + "abcd"],
    "service-key": ["gsk_" + A, "r8_" + A + "abc", "dapi" + D + D],
    "jwt": [JWT],
    "password-hash": ["$2b$12$" + A + A[:21], "$argon2id$v=19$m=65536,t=3,p=4$" + A, "pbkdf2_sha256$600000$" + A],
    "password": ["postgresql://app:s3cr3t-Pa55@db.example.com:5432/app", "redis://:hunter2hunter2@10.0.0.5:6379/0"],
    "authorization": ["Authorization: Bearer " + A, "{'authorization': 'Basic " + A + "=='}", "header Bearer " + A],
    "cookie": ["Cookie: session=" + A, '"set-cookie": "sid=' + A + '; Path=/"'],
    "signature": [
        "https://me-app.hf.space/?__sign=eyAbC." + A,
        "https://s3.amazonaws.com/x?X-Amz-Signature=" + D * 4,
        "GET /oauth/callback?code=" + A + "&state=x",
    ],
    "azure-key": ["DefaultEndpointsProtocol=https;AccountName=x;AccountKey=" + A + "==;EndpointSuffix=core.windows.net"],
    "secret": ["password='correct horse'", '"api_key": "' + A + '"', "SECRET_KEY=" + A, "DB_PASSWORD: pa55w0rd99", "input_value='" + A + "', input_type=str"],
    "private-key": ["-----BEGIN RSA PRIVATE KEY-----\nMIIEow" + A + "\n-----END RSA PRIVATE KEY-----", "-----BEGIN PRIVATE KEY-----\\nMIIE" + A],
    "key-material": [A + A],
    "email": ["user jane.doe+x@example.org not found", "Key (email)=(jane@example.co.uk) already exists."],
    "ip": ["203.0.114.9:55204", "connection to server at 34.117.59.81 failed", "x-forwarded-for: 34.117.59.81", "from 2a02:4780:11:1234::7 refused"],
    "sql-value": ["[parameters: ('jane', 7, 'topsecret')]"],
    "row": ["DETAIL:  Failing row contains (1, jane, hunter2, null)."],
}  # fmt: skip
HARMLESS = [
    "===== Build Queued at 2026-11-23 19:58:00 / Commit SHA: 20973a6 =====",
    "built from 2f15462b7c81aa0e9d3c4b5a6978877665544332",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "Session ID: 0123abcd-4567-89ef-0123-456789abcdef",
    "opencv-python==4.10.0.84", "Found existing installation: opencv-python 4.10.0.84", "(from versions: 4.5.1.48, 4.10.0.84)",
    'INFO:     10.16.11.193:55204 - "GET / HTTP/1.1" 200 OK', "Uvicorn running on http://0.0.0.0:7860", "http://127.0.0.1:7860", "[::1]:7860",
    '  File "/home/user/app/app.py", line 1234, in <module>', "KeyError: 'SECRET_KEY'", 'os.environ["OPENAI_API_KEY"]',
    "client = OpenAI(api_key=os.getenv('OPENAI_API_KEY'))", "api_key=api_key, token=token", "token=None", "password=settings.password",
    "ValueError: password cannot be longer than 72 bytes", "Token indices sequence length is longer than 512",
    "openai.OpenAIError: The api_key client option must be set either by passing api_key", "SECRET_KEY: field required",
    "git+https://github.com/huggingface/transformers.git@main", "git@github.com:me/app.git", "npm ERR! react@18.2.0 from the root project",
    "node_modules/@types/node@20.1.0", "import a.b@c", "2026-11-23T20:00:00.123456Z", "20:00:00:123", "cuda:0", "std::bad_alloc", "::ffff",
    "https://huggingface.co/spaces/me/app?logs=build", "hf_hub_download", "sk-learn is deprecated", "sk-image", "task-runner-abcdefghijklmnop",
    "transformers 4.57.1 requires tokenizers<=0.23.0,>=0.22.0", "tokenizer_config.json: 1.2kB", "Bearer token is missing",
    "INFO  [alembic.runtime.migration] Running upgrade  -> 1975ea83b712, create account table", "cookie: none",
    "the token `my-token` has been saved", "secret: not set", "use_auth_token=True", "token: Optional[str] = None",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text"), [(kind, text) for kind, texts in CANARIES.items() for text in texts])
def test_a_secret_is_masked_by_its_kind(kind: str, text: str) -> None:
    masked = Redactor().mask(text)
    assert f"<{kind}" in masked
    assert A[4:20] not in masked


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_a_secret_is_left_alone(text: str) -> None:
    assert Redactor().mask(text) == text


def test_the_same_secret_has_the_same_placeholder_even_without_its_surroundings() -> None:
    redactor = Redactor()
    assert redactor.mask("postgres://me:s3cr3tPassw0rd@db/x") == "postgres://me:<password-1>@db/x"
    assert redactor.mask("auth failed with s3cr3tPassw0rd") == "auth failed with <password-1>"
    assert redactor.mask("postgres://me:0therPassw0rd@db/x") == "postgres://me:<password-2>@db/x"


def test_masking_twice_changes_nothing() -> None:
    for texts in CANARIES.values():
        for text in texts:
            once = Redactor().mask(text)
            assert Redactor().mask(once) == once
