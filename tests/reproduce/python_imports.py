"""Names and packages that are not what the importing code expects: removed names, and projects of the same import name."""

from __future__ import annotations

from tests.reproduce import kit
from tests.reproduce.kit import Output, case
from tests.reproduce.python_app import once


@case("import-name-removed", "flask2-werkzeug3-url-quote")
def url_quote() -> Output:
    python = kit.venv("flask22", "flask==2.2.2", "werkzeug==3.0.1")
    return once(python, {"app.py": "from flask import Flask\n\napp = Flask(__name__)\napp.run()\n"}, "flask", "werkzeug")


@case("import-name-removed", "flask1-jinja31-escape")
def flask_jinja() -> Output:
    python = kit.venv(
        "flask11", "flask==1.1.2", "jinja2==3.1.6", "werkzeug==1.0.1", "itsdangerous==2.2.0", "markupsafe==2.1.5", python="3.10"
    )
    return once(python, {"app.py": "from flask import Flask\n\napp = Flask(__name__)\napp.run()\n"}, "flask", "jinja2")


@case("import-name-removed", "jinja2-markupsafe-soft-unicode")
def soft_unicode() -> Output:
    python = kit.venv("jinja211", "jinja2==2.11.3", "markupsafe==2.1.5", python="3.10")
    return once(
        python, {"app.py": "from jinja2 import Template\n\nprint(Template('{{ a }}').render(a=1))\n"}, "jinja2", "markupsafe"
    )


@case("import-name-removed", "collections-mapping-python311")
def mapping() -> Output:
    python = kit.venv("attrdict", "attrdict==2.0.1")
    return once(python, {"app.py": "from attrdict import AttrDict\n\nprint(AttrDict(a=1))\n"}, "attrdict")


@case("import-name-removed", "langchain1-chat-models-module")
def langchain_module() -> Output:
    python = kit.venv("langchain1", "langchain==1.0.8", python="3.12")
    return once(
        python, {"app.py": "from langchain.vectorstores import FAISS\nfrom langchain.chains import RetrievalQA\n"}, "langchain"
    )


@case("import-name-removed", "langchain1-initialize-agent")
def langchain_name() -> Output:
    python = kit.venv("langchain1", "langchain==1.0.8", python="3.12")
    return once(python, {"app.py": "from langchain.agents import initialize_agent\n"}, "langchain")


@case("import-name-removed", "moviepy2-editor")
def moviepy() -> Output:
    python = kit.venv("moviepy2", "moviepy==2.2.1", python="3.12")
    return once(python, {"app.py": "from moviepy.editor import VideoFileClip\n"}, "moviepy")


@case("import-name-removed", "hub-too-old-for-name")
def hub_name() -> Output:
    python = kit.venv("hub020", "huggingface_hub==0.20.3")
    return once(python, {"app.py": "from huggingface_hub import DDUFEntry\n"}, "huggingface_hub")


@case("import-name-removed", "empty-folder-of-that-name")
def unknown_location() -> Output:
    return once(kit.venv("bare"), {"app.py": "from transformers import pipeline\n", "transformers/models.txt": ""})


@case("library-api-changed", "six-moves-of-kafka-python312")
def six_moves() -> Output:
    python = kit.venv("kafka", "kafka-python==2.0.2", python="3.12")
    return once(python, {"app.py": "from kafka import KafkaProducer\n"}, "kafka-python")


@case("library-api-changed", "pyopenssl-cryptography")
def pyopenssl() -> Output:
    python = kit.venv("pyopenssl", "--no-deps", "pyopenssl==22.0.0", "cryptography==42.0.8", "cffi==1.17.1", "pycparser==2.22")
    return once(python, {"app.py": "from OpenSSL import SSL\n"}, "pyopenssl", "cryptography")


@case("library-api-changed", "telegram-bot20-python313")
def telegram_313() -> Output:
    python = kit.venv("ptb20", "python-telegram-bot==20.8", python="3.13")
    code = "from telegram.ext import Application\n\nbot = Application.builder().token('123:none').build()\n"
    return once(python, {"app.py": code}, "python-telegram-bot")


@case("library-api-changed", "hydra1.0-python311")
def hydra() -> Output:
    python = kit.venv(
        "hydra10",
        "--no-deps",
        "hydra-core==1.0.7",
        "omegaconf==2.0.6",
        "pyyaml==6.0.3",
        "antlr4-python3-runtime==4.8",
        "typing-extensions==4.15.0",
    )
    return once(python, {"app.py": "import hydra\n"}, "hydra-core", "omegaconf")


@case("library-api-changed", "version-conflict")
def version_conflict() -> Output:
    python = kit.venv("setuptools68-six", "setuptools==68.2.2", "six==1.16.0", python="3.10")
    return once(python, {"app.py": "import pkg_resources\n\npkg_resources.require('six>=1.17')\n"}, "setuptools", "six")


@case("library-api-changed", "pydantic-core-skew")
def core_skew() -> Output:
    python = kit.venv(
        "pydantic-skew",
        "--no-deps",
        "pydantic==2.12.4",
        "pydantic-core==2.41.4",
        "typing-extensions==4.15.0",
        "annotated-types==0.7.0",
        "typing-inspection==0.4.2",
    )
    return once(python, {"app.py": "from pydantic import BaseModel\n"}, "pydantic", "pydantic-core")


@case("wrong-package", "jwt")
def jwt() -> Output:
    python = kit.venv("jwt", "jwt==1.3.1")
    return once(python, {"app.py": "import jwt\n\nprint(jwt.encode({'sub': 'me'}, 'secret', algorithm='HS256'))\n"}, "jwt")


@case("wrong-package", "whisper")
def whisper() -> Output:
    python = kit.venv("whisper", "whisper==1.1.10")
    return once(python, {"app.py": "import whisper\n\nmodel = whisper.load_model('base')\n"}, "whisper")


@case("wrong-package", "docx")
def docx() -> Output:
    python = kit.venv("docx", "docx==0.2.4")
    return once(python, {"app.py": "from docx import Document\n\nDocument()\n"}, "docx")


@case("wrong-package", "serial")
def serial() -> Output:
    python = kit.venv("serial", "serial==0.0.97", "future==1.0.0", "pyyaml==6.0.3", "iso8601==2.1.0")
    return once(python, {"app.py": "import serial\n\nport = serial.Serial('/dev/ttyUSB0')\n"}, "serial")


@case("wrong-package", "telegram")
def telegram() -> Output:
    python = kit.venv("telegram", "telegram==0.0.1")
    return once(python, {"app.py": "from telegram import Update\nfrom telegram.ext import Application\n"}, "telegram")


@case("wrong-package", "telegram-ext")
def telegram_ext() -> Output:
    python = kit.venv("telegram", "telegram==0.0.1")
    return once(python, {"app.py": "from telegram.ext import Application\n"}, "telegram")


@case("wrong-package", "opencv-without-contrib")
def opencv() -> Output:
    python = kit.venv("opencv", "opencv-python-headless==4.12.0.88", python="3.12")
    return once(python, {"app.py": "import cv2\n\nrecognizer = cv2.face.LBPHFaceRecognizer_create()\n"}, "opencv-python-headless")


@case("wrong-package", "pinecone-client-renamed")
def pinecone() -> Output:
    python = kit.venv("pinecone-client", "pinecone-client==6.0.0")
    return once(python, {"app.py": "from pinecone import Pinecone\n"}, "pinecone-client")


@case("wrong-package", "jwt-name")
def jwt_name() -> Output:
    python = kit.venv("jwt", "jwt==1.3.1")
    return once(python, {"app.py": "from jwt import PyJWTError\n"}, "jwt")


@case("wrong-package", "jose-python2")
def jose() -> Output:
    python = kit.venv("jose", "jose==1.0.0")
    return once(python, {"app.py": "from jose import jwt\n"}, "jose")


@case("wrong-package", "bson")
def bson() -> Output:
    python = kit.venv("bson", "bson==0.5.10")
    return once(python, {"app.py": "from bson.codec_options import CodecOptions\n"}, "bson")
