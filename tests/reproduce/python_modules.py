"""Modules that are not there: not installed, not copied, removed from Python, hidden by a file of the app, or half loaded."""

from __future__ import annotations

from pathlib import Path

from tests.reproduce import kit
from tests.reproduce.kit import Output, case
from tests.reproduce.python_app import BANNER, once, served


def bare(python: str = "3.11") -> Path:
    return kit.venv("bare", python=python)


def web() -> Path:
    return kit.venv("python-web", "flask==3.1.2", "gunicorn==23.0.0", "fastapi==0.121.3", "uvicorn==0.38.0", "jinja2==3.1.6")


@case("module-not-found", "cv2-not-in-requirements")
def cv2_missing() -> Output:
    return once(bare(), {"app.py": "import os\n\nimport cv2\n\nprint(cv2.__version__)\n"})


@case("module-not-found", "sklearn-python313")
def sklearn_missing() -> Output:
    files = {
        "app.py": "from model import predict\n\nprint(predict(3))\n",
        "model.py": "from sklearn.ensemble import RandomForestClassifier\n",
    }
    return once(bare("3.13"), files)


@case("module-not-found", "yaml-python39")
def yaml_missing() -> Output:
    return once(bare("3.9"), {"app.py": "import yaml\n\nprint(yaml.safe_load('a: 1'))\n"})


@case("module-not-found", "local-file-not-copied")
def local_missing() -> Output:
    return once(web(), {"app.py": "from flask import Flask\n\nfrom utils import load_model\n\napp = Flask(__name__)\n"}, "flask")


@case("module-not-found", "local-subpackage-not-copied")
def local_subpackage() -> Output:
    files = {
        "app.py": "from pages.home import show\n\nshow()\n",
        "pages/__init__.py": "",
        "pages/home.py": "from pages.widgets.table import Table\n",
    }
    return once(bare("3.12"), files)


@case("module-not-found", "python-dash-m")
def dash_m() -> Output:
    return once(bare("3.12"), {"app.py": ""}, start=("-m", "streamlit", "run", "app.py"))


@case("module-not-found", "gunicorn-worker")
def in_gunicorn() -> Output:
    python = web()
    files = {"app.py": "import dotenv\nfrom flask import Flask\n\napp = Flask(__name__)\n"}
    with kit.app(files) as folder:
        text = kit.run([python, "-m", "gunicorn", "-b", "0.0.0.0:47361", "app:app"], cwd=folder, timeout=30)
    return Output(BANNER + text.replace("47361", "7860"), kit.versions(python, "gunicorn", "flask"))


@case("asgi-app-not-found", "gunicorn-other-module")
def gunicorn_other_module() -> Output:
    python = web()
    files = {"website.py": "from flask import Flask\n\napp = Flask(__name__)\n"}
    with kit.app(files) as folder:
        text = kit.run([python, "-m", "gunicorn", "-b", "0.0.0.0:47363", "demo_site:app"], cwd=folder, timeout=30)
    return Output(BANNER + text.replace("47363", "7860"), kit.versions(python, "gunicorn", "flask"))


@case("model-data-missing", "spacy-model-as-module")
def spacy_model() -> Output:
    return once(bare(), {"app.py": "import en_core_web_sm\n\nnlp = en_core_web_sm.load()\n"})


@case("module-not-found", "imported-by-name")
def imported_by_name() -> Output:
    files = {"app.py": 'import importlib\n\nfor name in ["tasks_daily"]:\n    importlib.import_module(name).run()\n'}
    return once(bare(), files)


@case("module-not-found", "google-genai")
def google_genai() -> Output:
    python = kit.venv("google-namespace", "googleapis-common-protos==1.70.0")
    return once(python, {"app.py": "from google import genai\n\nclient = genai.Client()\n"}, "googleapis-common-protos")


@case("module-not-found", "package-metadata")
def metadata() -> Output:
    return once(bare(), {"app.py": "from importlib.metadata import version\n\nprint(version('gradio'))\n"})


@case("module-not-found", "package-metadata-python39")
def metadata_39() -> Output:
    return once(bare("3.9"), {"app.py": "from importlib.metadata import version\n\nprint(version('torch'))\n"})


@case("module-not-found", "distribution-not-found")
def distribution() -> Output:
    python = kit.venv("setuptools68", "setuptools==68.2.2", python="3.10")
    code = "import pkg_resources\n\nprint(pkg_resources.get_distribution('transformers').version)\n"
    return once(python, {"app.py": code}, "setuptools")


@case("stdlib-module-removed", "audioop-of-pydub-python313")
def audioop() -> Output:
    python = kit.venv("pydub", "pydub==0.25.1", python="3.13")
    return once(python, {"app.py": "from pydub import AudioSegment\n\nprint(AudioSegment.silent(10))\n"}, "pydub")


@case("stdlib-module-removed", "distutils-python312")
def distutils() -> Output:
    return once(
        bare("3.12"),
        {
            "app.py": "from settings import DEBUG\n\nprint(DEBUG)\n",
            "settings.py": "from distutils.util import strtobool\n\nDEBUG = bool(strtobool('no'))\n",
        },
    )


@case("stdlib-module-removed", "imp-python312")
def imp() -> Output:
    python = kit.venv("gevent-patch", "flask-script==2.0.6", "future==0.18.2", python="3.12")
    return once(python, {"app.py": "from future import standard_library\n\nstandard_library.install_aliases()\n"}, "future")


@case("stdlib-module-removed", "pkg-resources-setuptools82")
def pkg_resources() -> Output:
    python = kit.venv("razorpay", "setuptools==82.0.0", "pyfiglet==0.8.post1", python="3.12")
    return once(python, {"app.py": "import pyfiglet\n\nprint(pyfiglet.figlet_format('hi'))\n"}, "setuptools", "pyfiglet")


@case("stdlib-module-removed", "cgi-python313")
def cgi() -> Output:
    python = kit.venv("old-feedparser", "httpx==0.22.0", python="3.13")
    return once(python, {"app.py": "import httpx\n\nprint(httpx.get('https://example.com'))\n"}, "httpx")


@case("circular-import", "flask-app-and-models")
def circular_flask() -> Output:
    files = {
        "app.py": "from flask import Flask\n\nfrom models import User\n\napp = Flask(__name__)\ndb = object()\n",
        "models.py": "from app import db\n\n\nclass User:\n    store = db\n",
        "wsgi.py": "from app import app\n\napp.run()\n",
    }
    return once(web(), files, "flask", start=("wsgi.py",))


@case("circular-import", "circle-in-gunicorn")
def circular_gunicorn() -> Output:
    python = web()
    files = {
        "app.py": "from flask import Flask\n\napp = Flask(__name__)\n\nimport routes.auth\n\nlogin_manager = object()\n",
        "routes/__init__.py": "",
        "routes/auth.py": "import app\n\nmanager = app.login_manager\n",
    }
    with kit.app(files) as folder:
        text = kit.run([python, "-m", "gunicorn", "-b", "0.0.0.0:47362", "app:app"], cwd=folder, timeout=30)
    return Output(BANNER + text.replace("47362", "7860"), kit.versions(python, "gunicorn", "flask"))


@case("circular-import", "random-py-python313")
def shadow_313() -> Output:
    return once(bare("3.13"), {"app.py": "import random\n", "random.py": "import random\n\nprint(random.randint(1, 6))\n"})


@case("circular-import", "random-py-python311")
def shadow_311() -> Output:
    return once(bare(), {"app.py": "import random\n", "random.py": "import random\n\nprint(random.randint(1, 6))\n"})


@case("circular-import", "email-py-is-no-package")
def not_a_package() -> Output:
    files = {"app.py": "import smtplib\n\nprint(smtplib.SMTP)\n", "email.py": "def send(text):\n    return text\n"}
    return once(bare("3.12"), files)


@case("circular-import", "submodule-not-ready-python313")
def submodule_not_ready() -> Output:
    files = {
        "app.py": "import shop.cart\n",
        "shop/__init__.py": "",
        "shop/cart.py": "import shop.price\n\nTAX = 7\n",
        "shop/price.py": "import shop\n\nGROSS = shop.cart.TAX + 1\n",
    }
    return once(bare("3.13"), files)


@case("healthy", "optional-module-missing")
def optional_missing() -> Output:
    code = (
        "import logging\n\nfrom fastapi import FastAPI\n\nlogging.basicConfig(level=logging.INFO)\n"
        "try:\n    import flash_attn\nexcept ImportError:\n    logging.exception('flash_attn is not there, plain attention is used')\n\n"
        "app = FastAPI()\n\n\n@app.get('/')\ndef home():\n    return {'ok': True}\n"
    )
    return served(web(), {"app.py": code}, "fastapi", "uvicorn", paths=["/", "/"])
