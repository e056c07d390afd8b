"""What API clients print when the service says no: a loopback server answers with the documented status codes and bodies."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .kit import Output, app, case, run, venv, versions

OPENAI_KEY = (
    401,
    {
        "error": {
            "message": "Incorrect API key provided: sk-test. You can find your API key at "
            "https://platform.openai.com/account/api-keys.",
            "type": "invalid_request_error",
            "param": None,
            "code": "invalid_api_key",
        }
    },
)
OPENAI_QUOTA = (
    429,
    {
        "error": {
            "message": "You exceeded your current quota, please check your plan and billing details. For more "
            "information on this error, read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
            "type": "insufficient_quota",
            "param": None,
            "code": "insufficient_quota",
        }
    },
)
OPENAI_RATE = (
    429,
    {
        "error": {
            "message": "Rate limit reached for gpt-4o in organization org-test on tokens per min (TPM): Limit 30000, "
            "Used 29000, Requested 2000. Please try again in 2s.",
            "type": "tokens",
            "param": None,
            "code": "rate_limit_exceeded",
        }
    },
)
ANTHROPIC_KEY = (401, {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}})
ANTHROPIC_CREDIT = (
    400,
    {
        "type": "error",
        "error": {
            "type": "invalid_request_error",
            "message": "Your credit balance is too low to access "
            "the Anthropic API. Please go to Plans & Billing to upgrade or purchase credits.",
        },
    },
)
ANTHROPIC_RATE = (
    429,
    {
        "type": "error",
        "error": {
            "type": "rate_limit_error",
            "message": "This request would exceed your organization's rate limit of 50 requests per minute.",
        },
    },
)
GEMINI_KEY = (
    400,
    {
        "error": {
            "code": 400,
            "message": "API key not valid. Please pass a valid API key.",
            "status": "INVALID_ARGUMENT",
            "details": [
                {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID", "domain": "googleapis.com"}
            ],
        }
    },
)
GEMINI_QUOTA = (
    429,
    {
        "error": {
            "code": 429,
            "message": "You exceeded your current quota, please check your plan and billing details.",
            "status": "RESOURCE_EXHAUSTED",
        }
    },
)
GROQ_KEY = (401, {"error": {"message": "Invalid API Key", "type": "invalid_request_error", "code": "invalid_api_key"}})
TELEGRAM_CONFLICT = (
    409,
    {
        "ok": False,
        "error_code": 409,
        "description": "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
    },
)
TELEGRAM_WEBHOOK = (
    409,
    {
        "ok": False,
        "error_code": 409,
        "description": "Conflict: can't use getUpdates method while webhook is active; "
        "use deleteWebhook to delete the webhook first",
    },
)
TELEGRAM_TOKEN = (401, {"ok": False, "error_code": 401, "description": "Unauthorized"})
CREDITS = (
    402,
    {
        "error": "You have depleted your monthly included credits. Purchase pre-paid credits to continue using Inference Providers."
    },
)
CREDITS_OLD = (
    402,
    {
        "error": "You have exceeded your monthly included credits for Inference Providers. Subscribe to PRO to get 20x more "
        "monthly included credits."
    },
)

OPENAI = """
import os
from openai import OpenAI
client = OpenAI(api_key="sk-test", base_url=os.environ["SERVICE"], max_retries=0)
print("Ready", flush=True)
client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "hello"}])
"""
ANTHROPIC = """
import os
from anthropic import Anthropic
client = Anthropic(api_key="sk-ant-test", base_url=os.environ["SERVICE"], max_retries=0)
client.messages.create(model="claude-sonnet-4-5", max_tokens=64, messages=[{"role": "user", "content": "hello"}])
"""
GEMINI = """
import os
from google import genai
client = genai.Client(api_key="test", http_options={"base_url": os.environ["SERVICE"]})
client.models.generate_content(model="gemini-2.5-flash", contents="hello")
"""
GROQ = """
import os
from groq import Groq
client = Groq(api_key="gsk-test", base_url=os.environ["SERVICE"], max_retries=0)
client.chat.completions.create(model="llama-3.3-70b-versatile", messages=[{"role": "user", "content": "hello"}])
"""
TELEGRAM = """
import logging, os
from telegram.ext import Application
logging.basicConfig(format="%(asctime)s - %(name)s - %(levelname)s - %(message)s", level=logging.WARNING)
builder = Application.builder().token("123456:TEST").base_url(os.environ["SERVICE"] + "/bot")
builder.build().run_polling(bootstrap_retries=0, stop_signals=None)
"""
TELEBOT = """
import os, telebot
from telebot import apihelper
apihelper.API_URL = os.environ["SERVICE"] + "/bot{0}/{1}"
telebot.TeleBot("123456:TEST").polling(non_stop=False)
"""
AIOGRAM = """
import asyncio, logging, os
from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
logging.basicConfig(level=logging.INFO)
session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["SERVICE"]))
asyncio.run(Dispatcher().start_polling(Bot("123456:TEST", session=session)))
"""
INFERENCE = """
import os
from huggingface_hub import InferenceClient
client = InferenceClient(base_url=os.environ["SERVICE"], api_key="hf_test")
client.chat_completion(messages=[{"role": "user", "content": "hello"}], max_tokens=16)
"""
REQUESTS = """
import os, requests
answer = requests.get(os.environ["SERVICE"] + "/v1/search", headers={"Authorization": "Bearer test"})
answer.raise_for_status()
"""
FLASK = """
import os
from flask import Flask
from openai import OpenAI
app = Flask(__name__)
client = OpenAI(api_key="sk-test", base_url=os.environ["SERVICE"], max_retries=0)


@app.get("/")
def index():
    return client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "hi"}]).choices[0].message.content


with app.test_client() as browser:
    print(" * Running on all addresses (0.0.0.0)", flush=True)
    browser.get("/")
"""
RETRIED = """
import os, uvicorn, logging
from openai import OpenAI
logging.basicConfig(level=logging.INFO)
client = OpenAI(api_key="sk-test", base_url=os.environ["SERVICE"], max_retries=2)
print(client.models.list().data, flush=True)


async def serve(scope, receive, send):
    pass


uvicorn.run(serve, host="0.0.0.0", port=7860, lifespan="off")
"""
GRADIO_CLIENT = """
import os
from gradio_client import Client
client = Client(os.environ["SERVICE"])
"""
SMTP = """
import os, smtplib
host, port = os.environ["SERVICE"].split(":")
server = smtplib.SMTP(host, int(port))
server.login("app@example.com", "wrong")
"""
ME = {"ok": True, "result": {"id": 1, "is_bot": True, "first_name": "bot", "username": "test_bot"}}


class Reply(BaseHTTPRequestHandler):
    """Answers every request with the answer set; Telegram's set-up calls and all but the first few requests may pass."""

    answer: tuple[int, object] = (200, {})
    failures = 10**6

    def reply(self) -> None:
        """Answer one request."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status, body = type(self).answer
        name = self.path.lower()
        if status == 409 and name.endswith(("getme", "deletewebhook")):
            status, body = 200, ME if name.endswith("getme") else {"ok": True, "result": True}
        elif type(self).failures <= 0:
            status, body = 200, {"object": "list", "data": []}
        type(self).failures -= 1
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    do_GET = do_POST = reply  # noqa: N815

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep the server quiet."""


@contextmanager
def service(answer: tuple[int, object], failures: int = 10**6) -> Iterator[str]:
    handler = type("Handler", (Reply,), {"answer": answer, "failures": failures})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


class Mail(socketserver.StreamRequestHandler):
    """A mail server that offers LOGIN and refuses every password."""

    def handle(self) -> None:
        """Speak SMTP as far as the login."""
        self.wfile.write(b"220 mail.example.com\r\n")
        for line in self.rfile:
            if line.upper().startswith(b"EHLO"):
                self.wfile.write(b"250-mail.example.com\r\n250 AUTH PLAIN LOGIN\r\n")
            elif line.upper().startswith(b"AUTH"):
                self.wfile.write(b"535 5.7.8 Username and Password not accepted.\r\n")
            else:
                self.wfile.write(b"221 bye\r\n")


@contextmanager
def mail_server() -> Iterator[str]:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Mail) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def clients() -> Path:
    return venv(
        "apis",
        "openai==3.54.0",
        "anthropic==2.12.0",
        "google-genai==3.4.0",
        "groq",
        "python-telegram-bot==22.8",
        "pyTelegramBotAPI",
        "aiogram",
        "huggingface_hub==2.4.0",
        "gradio_client==2.7.2",
        "requests==2.34.2",
        "flask",
        "uvicorn==0.54.0",
    )


def older() -> Path:
    return venv(
        "apis-older",
        "openai==1.35.0",
        "httpx==0.27.2",
        "anthropic==0.30.0",
        "huggingface_hub==0.30.2",
        "google-generativeai==0.8.3",
        "gradio_client==1.3.0",
        "requests==2.32.3",
    )


def answered(
    answer: tuple[int, object],
    code: str,
    *packages: str,
    python: Path | None = None,
    timeout: float = 15,
    failures: int = 10**6,
    public: str = "",
) -> Output:
    """Run `code` against a service that gives `answer`; `public` is the address to show in the log instead of the loopback one."""
    chosen = python or clients()
    with app({"app.py": code}) as folder, service(answer, failures) as address:
        text = run([chosen, "app.py"], cwd=folder, env={"SERVICE": address}, timeout=timeout)
    return Output(text.replace(address, public) if public else text, versions(chosen, *packages))


@case("api-key-invalid", "openai")
def openai_key() -> Output:
    return answered(OPENAI_KEY, OPENAI, "openai")


@case("api-key-invalid", "openai-1")
def openai_key_older() -> Output:
    return answered(OPENAI_KEY, OPENAI, "openai", python=older())


@case("api-key-invalid", "flask-openai")
def openai_key_in_flask() -> Output:
    return answered(OPENAI_KEY, FLASK, "openai", "flask")


@case("api-key-invalid", "anthropic")
def anthropic_key() -> Output:
    return answered(ANTHROPIC_KEY, ANTHROPIC, "anthropic")


@case("api-key-invalid", "gemini")
def gemini_key() -> Output:
    return answered(GEMINI_KEY, GEMINI, "google-genai")


@case("api-key-invalid", "groq")
def groq_key() -> Output:
    return answered(GROQ_KEY, GROQ, "groq")


@case("api-key-invalid", "telegram")
def telegram_token() -> Output:
    return answered(TELEGRAM_TOKEN, TELEGRAM, "python-telegram-bot")


@case("api-key-invalid", "telebot")
def telebot_token() -> Output:
    return answered(TELEGRAM_TOKEN, TELEBOT, "pyTelegramBotAPI")


@case("api-key-invalid", "aiogram")
def aiogram_token() -> Output:
    return answered(TELEGRAM_TOKEN, AIOGRAM, "aiogram")


@case("api-key-invalid", "requests")
def requests_key() -> Output:
    return answered((401, {"detail": "Unauthorized"}), REQUESTS, "requests", public="https://api.tavily.com")


@case("api-quota-exceeded", "openai-quota")
def openai_quota() -> Output:
    return answered(OPENAI_QUOTA, OPENAI, "openai")


@case("api-quota-exceeded", "openai-1-rate")
def openai_rate() -> Output:
    return answered(OPENAI_RATE, OPENAI, "openai", python=older())


@case("api-quota-exceeded", "anthropic-credit")
def anthropic_credit() -> Output:
    return answered(ANTHROPIC_CREDIT, ANTHROPIC, "anthropic")


@case("api-quota-exceeded", "anthropic-rate")
def anthropic_rate() -> Output:
    return answered(ANTHROPIC_RATE, ANTHROPIC, "anthropic", python=older())


@case("api-quota-exceeded", "gemini-quota")
def gemini_quota() -> Output:
    return answered(GEMINI_QUOTA, GEMINI, "google-genai", timeout=60)


@case("healthy", "openai-retries-429")
def openai_retries() -> Output:
    return answered(OPENAI_RATE, RETRIED, "openai", "uvicorn", failures=1, timeout=12, public="https://api.openai.com")


@case("bot-token-conflict", "python-telegram-bot")
def conflict() -> Output:
    return answered(TELEGRAM_CONFLICT, TELEGRAM, "python-telegram-bot", timeout=6)


@case("bot-token-conflict", "telebot")
def conflict_telebot() -> Output:
    return answered(TELEGRAM_CONFLICT, TELEBOT, "pyTelegramBotAPI")


@case("bot-token-conflict", "aiogram")
def conflict_aiogram() -> Output:
    return answered(TELEGRAM_CONFLICT, AIOGRAM, "aiogram", timeout=6)


@case("bot-token-conflict", "webhook-still-set")
def conflict_webhook() -> Output:
    return answered(TELEGRAM_WEBHOOK, TELEBOT, "pyTelegramBotAPI")


@case("inference-credits", "depleted")
def credits_depleted() -> Output:
    return answered(CREDITS, INFERENCE, "huggingface_hub", public="https://router.huggingface.co")


@case("inference-credits", "exceeded")
def credits_older() -> Output:
    return answered(CREDITS_OLD, INFERENCE, "huggingface_hub", python=older(), public="https://router.huggingface.co")


@case("inference-model-unavailable", "not-supported-by-provider")
def not_supported() -> Output:
    body = {
        "error": {
            "message": "The requested model 'org/model' is not supported by any provider you have enabled.",
            "type": "invalid_request_error",
            "param": "model",
            "code": "model_not_supported",
        }
    }
    return answered((400, body), INFERENCE, "huggingface_hub", public="https://router.huggingface.co")


@case("inference-model-unavailable", "api-inference-gone")
def gone() -> Output:
    body = {
        "error": "https://api-inference.huggingface.co is no longer supported. Please use https://router.huggingface.co instead."
    }
    return answered(
        (410, body), INFERENCE, "huggingface_hub", python=older(), public="https://api-inference.huggingface.co/models/org/model"
    )


@case("upstream-space-down", "gradio-client-404")
def upstream() -> Output:
    return answered((404, {}), GRADIO_CLIENT, "gradio_client", python=older(), public="https://owner-space.hf.space")


@case("upstream-space-down", "gradio-client-2-503")
def upstream_new() -> Output:
    return answered((503, {}), GRADIO_CLIENT, "gradio_client", public="https://owner-space.hf.space")


@case("api-key-invalid", "smtp-login")
def smtp_login() -> Output:
    with app({"app.py": SMTP}) as folder, mail_server() as address:
        return Output(run([clients(), "app.py"], cwd=folder, env={"SERVICE": address}), versions(clients()))


@case("api-quota-exceeded", "requests-429")
def requests_quota() -> Output:
    return answered((429, {"detail": "Too many requests"}), REQUESTS, "requests", public="https://api.tavily.com")


@case("upstream-space-down", "requests-503")
def upstream_requests() -> Output:
    return answered((503, {}), REQUESTS, "requests", public="https://owner-space.hf.space")
