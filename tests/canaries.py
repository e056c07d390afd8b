"""Secrets that stand for real ones, put together at run time, so that no scanner takes this file for a leak; and what only looks like them."""

from __future__ import annotations

import base64
from dataclasses import dataclass

MIXED = "aB3dE5fG7hI9jK1lM2nO4pQ6rS8tU0vW"
HEX = "0123456789abcdef"
PASSWORD = "s3cr3t" + "Pa55w0rd"
HF = "hf" + "_" + MIXED + "xY"
JWT = ".".join(("ey" + "JhbGciOiJIUzI1NiJ9", "ey" + "JzdWIiOiIxMjM0NTY3ODkwIn0", MIXED))
BASIC = base64.b64encode(f"jane:{PASSWORD}".encode()).decode()
BEGIN, END = ("-----" + word + " RSA PRIVATE KEY" + "-----" for word in ("BEGIN", "END"))
OTHER = MIXED.swapcase()[::-1]
KEY_LINES = ("MIIEow" + OTHER + OTHER[:26], OTHER[5:] + OTHER + "k2Zpq", "q9Zx" + OTHER[:8] + "==")


@dataclass(frozen=True)
class Canary:
    """A text that holds a secret: `parts` of it must not get through."""

    kind: str
    text: str
    parts: tuple[str, ...]


def _tokens() -> dict[str, str]:
    return {
        "hf-token": HF,
        "github-classic": "gh" + "p_" + MIXED + "abcd",
        "github-fine": "github" + "_pat_" + MIXED + "_" + MIXED,
        "gitlab": "gl" + "pat-" + MIXED[:20],
        "openai-project": "sk" + "-proj-" + MIXED + MIXED,
        "openai-old": "sk" + "-" + MIXED + MIXED[:16],
        "anthropic": "sk" + "-ant-api03-" + MIXED + "-" + MIXED,
        "google": "AI" + "za" + MIXED + "xyz",
        "google-oauth": "ya" + "29." + MIXED,
        "aws-id": "AK" + "IA" + "Q7ZX3MPL2KT9WVRB",
        "slack": "xo" + "xb-123456789012-" + MIXED,
        "slack-hook": "https://hooks.slack" + ".com/services/T0000/B0000/" + MIXED,
        "stripe": "sk" + "_live_" + MIXED[:24],
        "stripe-hook": "wh" + "sec_" + MIXED,
        "telegram": "123456789" + ":AAE" + MIXED,
        "discord": "M" + MIXED[:24] + ".GabcdE." + MIXED[:28],
        "sendgrid": "SG" + "." + MIXED[:22] + "." + MIXED,
        "npm": "npm" + "_" + MIXED + "abcd",
        "groq": "gs" + "k_" + MIXED,
        "replicate": "r8" + "_" + MIXED + "abc",
        "databricks": "da" + "pi" + HEX + HEX,
        "jwt": JWT,
        "bcrypt": "$2" + "b$12$" + MIXED + MIXED[:21],
        "argon2": "$argon2id$v=19$m=65536,t=3,p=4$" + MIXED,
        "django-hash": "pbkdf2" + "_sha256$600000$" + MIXED,
        "sha512-crypt": "$6$" + MIXED,
    }


def _in_context() -> dict[str, tuple[str, str]]:
    return {
        "connection-string": (f"postgresql://app:{PASSWORD}@db.example.com:5432/app", PASSWORD),
        "connection-string-without-user": (f"redis://:{PASSWORD}@10.0.0.5:6379/0", PASSWORD),
        "libpq": ("host=db.x user=me password=hunter2 dbname=x", "hunter2"),
        "odbc": ("Driver=x;Server=y;Uid=me;Pwd=hunt,er2;", "hunt,er2"),
        "azure-storage": (f"AccountName=x;AccountKey={MIXED}==;EndpointSuffix=core.windows.net", MIXED),
        "azure-sas": (f"https://x.blob.core.windows.net/c?sv=2024&sig={MIXED}%3D&se=2026", MIXED),
        "azure-api-key": (f"api-key: {HEX}{HEX}", HEX),
        "aws-secret": (f"aws_secret_access_key={MIXED}", MIXED),
        "aws-signed": (f"https://s3.amazonaws.com/b/k?X-Amz-Credential={MIXED}&X-Amz-Signature={HEX * 4}", HEX),
        "space-signed": (f"https://me-app.hf.space/?__sign={JWT}", MIXED),
        "oauth-code": (f"GET /oauth/callback?code={MIXED}&state=x", MIXED),
        "bearer": (f"Authorization: Bearer {MIXED}", MIXED),
        "bearer-in-dict": (f"{{'Authorization': 'Bearer {MIXED}'}}", MIXED),
        "bearer-in-bytes": (f"(b'authorization', b'Bearer {MIXED}')", MIXED),
        "bearer-alone": (f"sent header Bearer {MIXED}", MIXED),
        "basic": (f"Authorization: Basic {BASIC}", BASIC),
        "basic-alone": (f"sent Basic {BASIC} to the proxy", BASIC),
        "cookie": (f"Cookie: session={MIXED}; theme=dark", MIXED),
        "set-cookie": (f"Set-Cookie: sid={MIXED}; Path=/; HttpOnly", MIXED),
        "escaped-json": (rf'payload "{{\"api_key\": \"{MIXED}\", \"n\": 1}}"', MIXED),
        "json": (f'"client_secret": "{MIXED}"', MIXED),
        "python-value": ("password='correct horse battery'", "correct horse"),
        "local-of-a-traceback": ("│ password = 'correct horse battery'      │", "correct horse"),
        "yaml-value": (f"DB_PASSWORD: {PASSWORD}", PASSWORD),
        "env-value": (f"SECRET_KEY={MIXED}", MIXED),
        "pydantic": (f"input_value='{MIXED}', input_type=str", MIXED),
        "sql-parameters": (f"[parameters: ('jane', 7, '{PASSWORD}')]", PASSWORD),
        "sql-named-parameters": (f"[parameters: {{'name': 'jane', 'secret': '{PASSWORD}'}}]", PASSWORD),
        "failing-row": ("DETAIL:  Failing row contains (1, jane, hunter2, null).", "hunter2"),
        "duplicate-key": ("DETAIL:  Key (username)=(jane.hunter2) already exists.", "jane.hunter2"),
        "percent-encoded-address": (f"redirect_uri=https%3A%2F%2Fx%3Faccess_token%3D{MIXED}%26y%3D1", MIXED),
        "percent-encoded-token": ("q=hf" + "%5F" + MIXED + "xY", MIXED),
        "behind-an-escape": (r"login\n" + HF, MIXED),
        "token-in-an-address": (f"https://{HF}@huggingface.co/me/app", MIXED),
        "email": ("user jane.doe+x@example.org not found", "jane.doe"),
        "encoded-email": ("GET /u?mail=jane.doe%40example.org", "jane.doe"),
        "ipv4": ("connection to server at 34.117.59.81 failed", "34.117.59.81"),
        "ipv6": ("from 2a02:4780:11:1234::7 refused", "2a02:4780"),
        "private-key-in-one-line": (BEGIN + r"\n" + r"\n".join(KEY_LINES) + r"\n" + END, OTHER),
        "ansi-in-the-middle": (f"login with {HF[:9]}\x1b[31m{HF[9:]}\x1b[0m", MIXED[8:24]),
    }  # fmt: skip


CANARIES = (
    *(Canary(kind, f"using {token} now", (token[8:24],)) for kind, token in _tokens().items()),
    *(Canary(kind, text, (secret[:14],)) for kind, (text, secret) in _in_context().items()),
    Canary("private-key", "\n".join((BEGIN, *KEY_LINES, END)), tuple(line[2:14] for line in KEY_LINES)),
    Canary("end-of-a-private-key", "\n".join((*KEY_LINES[1:], END)), tuple(line[2:14] for line in KEY_LINES[1:])),
    Canary(
        "broken-by-a-terminal", f"this line was as wide as the screen {HF[:20]}\n{HF[20:]} and goes on", (HF[6:18], HF[20:34])
    ),
    Canary(
        "jwt-over-three-lines",
        f"this line was as wide as the screen {JWT[:40]}\n{JWT[40:60]}\n{JWT[60:]}",
        (MIXED[2:14], MIXED[18:30]),
    ),
    Canary("json-log", '{"level": "error", "message": "sent Authorization: Bearer ' + MIXED + r' \u2713"}', (MIXED[:14],)),
)
LOOK_ALIKES = (
    "built from 2f15462b7c81aa0e9d3c4b5a6978877665544332", "Session ID: 0123abcd-4567-89ef-0123-456789abcdef", "transformers 4.57.1",
    "opencv-python==4.10.0.84", "Uvicorn running on http://0.0.0.0:7860", "http://127.0.0.1:7860", "http://localhost:7860/login?next=/",
    '  File "/home/user/app/app.py", line 1234, in <module>', "npm ERR! react@18.2.0 from the root project", "git@github.com:me/app.git",
    "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "KeyError: 'SECRET_KEY'", "password=settings.password",
)  # fmt: skip
