"""Logins and sessions whose secret key, middleware or OAuth settings are missing."""

from __future__ import annotations

from pathlib import Path

from .kit import Output, app, case, run, venv, versions

STARLETTE = """
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient
app = FastAPI()


@app.get("/")
def index(request: Request):
    return request.session.get("user")


TestClient(app).get("/")
"""
FLASK = """
from flask import Flask, session
app = Flask(__name__)


@app.get("/")
def index():
    session["visits"] = session.get("visits", 0) + 1
    return str(session["visits"])


with app.test_client() as browser:
    print(" * Running on all addresses (0.0.0.0)", flush=True)
    browser.get("/")
"""
DJANGO = """
import os
from django.conf import settings
settings.configure(SECRET_KEY=os.environ.get("SECRET_KEY", ""), ROOT_URLCONF="app", ALLOWED_HOSTS=["*"])
import django
django.setup()
print(settings.SECRET_KEY)
"""
GRADIO = """
import gradio as gr
with gr.Blocks() as demo:
    gr.LoginButton()
demo.launch(server_name="0.0.0.0", server_port=7869)
"""


def frameworks() -> Path:
    return venv("sessions", "fastapi==0.165.0", "httpx==0.28.1", "httpx2", "itsdangerous", "flask", "django")


def printed(code: str, *packages: str) -> Output:
    python = frameworks()
    with app({"app.py": code}) as folder:
        return Output(run([python, "app.py"], cwd=folder, timeout=60), versions(python, *packages))


@case("secret-session", "starlette-no-middleware")
def no_middleware() -> Output:
    return printed(STARLETTE, "fastapi", "starlette")


@case("secret-session", "flask-no-secret-key")
def no_flask_key() -> Output:
    return printed(FLASK, "flask")


@case("secret-session", "django-no-secret-key")
def no_django_key() -> Output:
    return printed(DJANGO, "django")


@case("secret-session", "gradio-oauth-not-enabled")
def no_oauth() -> Output:
    python = venv("gradio-oauth", "gradio[oauth]==5.49.1")
    with app({"app.py": GRADIO}) as folder:
        text = run([python, "app.py"], cwd=folder, env={"SPACE_ID": "owner/name", "SYSTEM": "spaces"}, timeout=40)
    return Output(text, versions(python, "gradio"))
