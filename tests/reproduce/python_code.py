"""The app's own code and files: what does not parse, what is not there, what raises, and what is caught and only logged."""

from __future__ import annotations

from pathlib import Path

from tests.reproduce import kit
from tests.reproduce.kit import Output, case
from tests.reproduce.python_app import BANNER, once, served

LIBRARIES = "/usr/lib/x86_64-linux-gnu"
HIDE = (
    "mount -t tmpfs none /mnt && mkdir /mnt/upper /mnt/work && "
    f"mount -t overlay overlay -o lowerdir={LIBRARIES},upperdir=/mnt/upper,workdir=/mnt/work {LIBRARIES} && "
    f'rm {LIBRARIES}/"$0" && exec "$@"'
)


def bare(python: str = "3.11") -> Path:
    return kit.venv("bare", python=python)


def web() -> Path:
    return kit.venv("python-web", "flask==3.1.2", "gunicorn==23.0.0", "fastapi==0.121.3", "uvicorn==0.38.0", "jinja2==3.1.6")


@case("python-syntax-error", "missing-bracket")
def bracket() -> Output:
    return once(
        bare("3.12"),
        {"app.py": "import os\n\nsettings = dict(\n    port=7860,\n    host='0.0.0.0'\n\ndef main():\n    print(settings)\n"},
    )


@case("python-syntax-error", "indentation-in-imported-file")
def indentation() -> Output:
    files = {"app.py": "from config import TITLE\n\nprint(TITLE)\n", "config.py": "if True:\nTITLE = 'My app'\n"}
    return once(bare(), files)


@case("python-syntax-error", "tabs-and-spaces")
def tabs() -> Output:
    return once(bare("3.13"), {"app.py": "def main():\n    a = 1\n\tb = 2\n\nmain()\n"})


@case("python-syntax-error", "merge-marks")
def merge() -> Output:
    return once(bare("3.10"), {"app.py": "import os\n\n<<<<<<< HEAD\nport = 7860\n=======\nport = 8000\n>>>>>>> main\n"})


@case("python-syntax-error", "new-fstring-on-python310")
def fstring() -> Output:
    return once(bare("3.10"), {"app.py": "row = {'name': 'x'}\nprint(f'{row['name']}')\n"})


@case("python-syntax-error", "flask-route-file")
def flask_file() -> Output:
    files = {
        "app.py": "from flask import Flask\n\nfrom views import show\n\napp = Flask(__name__)\n",
        "views.py": "def show(name)\n    return name\n",
    }
    return served(web(), files, "flask", module="flask", paths=[])


@case("local-file-missing", "model-file")
def model_file() -> Output:
    return once(
        bare(), {"app.py": "import pickle\n\nwith open('models/model.pkl', 'rb') as file:\n    model = pickle.load(file)\n"}
    )


@case("local-file-missing", "windows-path")
def windows_path() -> Output:
    return once(bare("3.13"), {"app.py": "import json\n\ndata = json.load(open(r'C:\\Users\\me\\data\\labels.json'))\n"})


@case("local-file-missing", "lfs-pointer-as-pickle")
def lfs_pointer() -> Output:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0a1b2c3d" * 8 + "\nsize 18273645\n"
    return once(
        bare("3.12"),
        {
            "app.py": "import pickle\n\nwith open('model.pkl', 'rb') as file:\n    model = pickle.load(file)\n",
            "model.pkl": pointer,
        },
    )


@case("local-file-missing", "flask-template")
def flask_template() -> Output:
    code = "from flask import Flask, render_template\n\napp = Flask(__name__)\n\n\n@app.route('/')\ndef home():\n    return render_template('index.html')\n"
    return served(web(), {"app.py": code}, "flask", module="flask", paths=["/", "/"])


@case("local-file-missing", "fastapi-template")
def fastapi_template() -> Output:
    code = (
        "from fastapi import FastAPI, Request\nfrom fastapi.templating import Jinja2Templates\n\napp = FastAPI()\n"
        "templates = Jinja2Templates(directory='templates')\n\n\n@app.get('/')\ndef home(request: Request):\n"
        "    return templates.TemplateResponse(request, 'index.html')\n"
    )
    return served(web(), {"app.py": code}, "fastapi", "jinja2")


@case("local-file-missing", "static-folder")
def static_folder() -> Output:
    code = "from fastapi import FastAPI\nfrom fastapi.staticfiles import StaticFiles\n\napp = FastAPI()\napp.mount('/static', StaticFiles(directory='static'))\n"
    return served(web(), {"app.py": code}, "fastapi", paths=[])


@case("local-file-missing", "own-message")
def own_message() -> Output:
    code = "import os\n\nif not os.path.exists('data/products.csv'):\n    raise FileNotFoundError('File data/products.csv does not exist')\n"
    return once(bare(), {"app.py": code})


@case("local-file-missing", "django-template")
def django_template() -> Output:
    python = kit.venv("django", "django==5.2.8", python="3.12")
    code = (
        "import django\nfrom django.conf import settings\nfrom django.template.loader import render_to_string\n\n"
        "settings.configure(TEMPLATES=[{'BACKEND': 'django.template.backends.django.DjangoTemplates', 'DIRS': ['templates']}])\n"
        "django.setup()\nprint(render_to_string('home.html'))\n"
    )
    return once(python, {"app.py": code}, "django")


@case("local-file-missing", "file-response")
def file_response() -> Output:
    code = "from fastapi import FastAPI\nfrom fastapi.responses import FileResponse\n\napp = FastAPI()\n\n\n@app.get('/')\ndef home():\n    return FileResponse('static/index.html')\n"
    return served(web(), {"app.py": code}, "fastapi")


@case("local-file-missing", "lfs-pointer-as-picture")
def picture() -> Output:
    python = kit.venv("pillow", "pillow==12.0.0", python="3.12")
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:" + "0a1b2c3d" * 8 + "\nsize 48213\n"
    return once(
        python,
        {"app.py": "from PIL import Image\n\nlogo = Image.open('assets/logo.png')\n", "assets/logo.png": pointer},
        "pillow",
    )


@case("local-file-missing", "sound-file")
def sound_file() -> Output:
    python = kit.venv("soundfile", "soundfile==0.13.1", "numpy==1.26.4")
    return once(python, {"app.py": "import soundfile\n\nsamples, rate = soundfile.read('samples/hello.wav')\n"}, "soundfile")


def without(library: str, python: Path, code: str, package: str) -> Output:
    """Run the app where this system library is not there (in a mount namespace of its own)."""
    with kit.app({"app.py": code}) as folder:
        text = kit.run(["unshare", "-m", "sh", "-c", HIDE, library, python, "app.py"], cwd=folder)
    return Output(BANNER + text, kit.versions(python, package))


@case("local-file-missing", "onnx-model")
def onnx_model() -> Output:
    python = kit.venv("onnxruntime", "onnxruntime==1.23.2", python="3.12")
    return once(
        python,
        {"app.py": "import onnxruntime\n\nsession = onnxruntime.InferenceSession('models/detector.onnx')\n"},
        "onnxruntime",
    )


@case("local-file-missing", "hdf5-file")
def hdf5_file() -> Output:
    python = kit.venv("h5py", "h5py==3.15.1", python="3.12")
    return once(python, {"app.py": "import h5py\n\nweights = h5py.File('model_weights.h5', 'r')\n"}, "h5py")


@case("model-data-missing", "mecab-dictionary")
def mecab() -> Output:
    python = kit.venv("mecab", "mecab-python3==1.0.10")
    return once(python, {"app.py": "import MeCab\n\ntagger = MeCab.Tagger('-Owakati')\n"}, "mecab-python3")


@case("shared-library-missing", "opencv-libgl")
def libgl() -> Output:
    python = kit.venv("opencv-gui", "opencv-python==4.12.0.88", python="3.12")
    return without("libGL.so.1", python, "import cv2\n\nprint(cv2.__version__)\n", "opencv-python")


@case("shared-library-missing", "pango-of-weasyprint")
def pango() -> Output:
    python = kit.venv("weasyprint", "weasyprint==66.0", python="3.12")
    return without("libpango-1.0.so.0", python, "from weasyprint import HTML\n", "weasyprint")


@case("shared-library-missing", "portaudio-of-sounddevice")
def portaudio() -> Output:
    python = kit.venv("sounddevice", "sounddevice==0.5.3")
    return once(python, {"app.py": "import sounddevice\n"}, "sounddevice")


@case("shared-library-missing", "zbar-of-pyzbar")
def zbar() -> Output:
    python = kit.venv("pyzbar", "pyzbar==0.1.9")
    return once(python, {"app.py": "from pyzbar.pyzbar import decode\n"}, "pyzbar")


@case("model-data-missing", "spacy-model")
def spacy_model() -> Output:
    python = kit.venv("spacy", "spacy==3.8.7", "click==8.1.8", python="3.12")
    return once(python, {"app.py": "import spacy\n\nnlp = spacy.load('en_core_web_sm')\n"}, "spacy")


@case("model-data-missing", "nltk-punkt")
def nltk_punkt() -> Output:
    python = kit.venv("textblob", "textblob==0.19.0", "nltk==3.9.2", python="3.12")
    return once(python, {"app.py": "from nltk.tokenize import word_tokenize\n\nprint(word_tokenize('Hello there.'))\n"}, "nltk")


@case("model-data-missing", "nltk-stopwords-old")
def nltk_stopwords() -> Output:
    python = kit.venv("nltk36", "nltk==3.6.7", python="3.10")
    return once(python, {"app.py": "from nltk.corpus import stopwords\n\nwords = set(stopwords.words('english'))\n"}, "nltk")


@case("model-data-missing", "textblob-corpora")
def textblob() -> Output:
    python = kit.venv("textblob", "textblob==0.19.0", "nltk==3.9.2", python="3.12")
    return once(python, {"app.py": "from textblob import TextBlob\n\nprint(TextBlob('A fine day.').tags)\n"}, "textblob", "nltk")


@case("python-exception", "bare-exception")
def bare_exception() -> Output:
    return once(bare(), {"app.py": "raise Exception('the model could not be loaded')\n"})


@case("python-exception", "value-error-at-start")
def value_error() -> Output:
    files = {
        "app.py": "from engine import load\n\nload('large')\n",
        "engine.py": "def load(size):\n    if size not in ('small', 'medium'):\n        raise ValueError(f'no such size: {size}')\n",
    }
    return once(bare(), files)


@case("python-exception", "bare-assertion")
def assertion() -> Output:
    return once(bare("3.12"), {"app.py": "settings = {'layers': 3}\n\nassert settings['layers'] % 2 == 0\n"})


@case("python-exception", "request-fails-in-fastapi")
def request_fails() -> Output:
    code = "from fastapi import FastAPI\n\napp = FastAPI()\nprices = [1, 2]\n\n\n@app.get('/')\ndef home():\n    return {'price': prices[7]}\n"
    return served(web(), {"app.py": code}, "fastapi", paths=["/", "/", "/"])


@case("python-syntax-error", "not-utf8")
def not_utf8() -> Output:
    with kit.app({"app.py": ""}) as folder:
        (folder / "app.py").write_bytes(b"title = 'caf\xe9'\nprint(title)\n")
        text = kit.run([bare(), "app.py"], cwd=folder)
    return Output(BANNER + text, kit.versions(bare()))


@case("python-exception", "own-class-at-start")
def own_class_start() -> Output:
    files = {
        "app.py": "from engine import start\n\nstart()\n",
        "engine.py": "class EngineNotReady(Exception):\n    pass\n\n\ndef start():\n    raise EngineNotReady('no weights were loaded')\n",
    }
    return once(bare("3.12"), files)


@case("python-exception", "errors-module-of-the-app")
def errors_module() -> Output:
    files = {
        "app.py": "from shop.cart import fill\n\nfill(0)\n",
        "shop/__init__.py": "",
        "shop/errors.py": "class OutOfStock(Exception):\n    pass\n",
        "shop/cart.py": "from shop.errors import OutOfStock\n\n\ndef fill(left):\n    problem = OutOfStock(f'{left} left of item 7')\n    if not left:\n        raise problem\n",
    }
    return once(bare("3.12"), files)


@case("python-exception", "own-class-chained")
def own_class() -> Output:
    code = (
        "class ConfigProblem(Exception):\n    pass\n\n\ndef read():\n    try:\n        return int('seven')\n    except ValueError as error:\n"
        "        raise ConfigProblem('the port is no number') from error\n\n\nread()\n"
    )
    return once(bare("3.13"), {"app.py": code})


@case("python-exception", "own-object-attribute")
def own_attribute() -> Output:
    files = {
        "app.py": "from store import Store\n\nstore = Store()\nprint(store.items_of('me'))\n",
        "store.py": "class Store:\n    def __init__(self):\n        self.rows = []\n",
    }
    return once(bare("3.12"), files)


@case("python-exception", "own-function-argument")
def own_argument() -> Output:
    return once(bare("3.12"), {"app.py": "def build(title):\n    return title\n\n\nbuild(title='x', theme='dark')\n"})


@case("python-exception", "flask-duplicate-endpoint")
def duplicate_endpoint() -> Output:
    code = "from flask import Flask\n\napp = Flask(__name__)\n\n\n@app.route('/')\ndef home():\n    return 'a'\n\n\n@app.route('/home')\ndef home():\n    return 'b'\n"
    return served(web(), {"app.py": code}, "flask", module="flask", paths=[])


@case("healthy", "logged-exception-then-serves")
def logged() -> Output:
    code = (
        "import json\nimport logging\n\nfrom fastapi import FastAPI\n\nlogging.basicConfig(level=logging.INFO)\nlog = logging.getLogger('app')\n"
        "try:\n    cache = json.load(open('cache.json'))\nexcept FileNotFoundError:\n    log.exception('no cache yet, an empty one is used')\n    cache = {}\n\n"
        "app = FastAPI()\n\n\n@app.get('/')\ndef home():\n    log.info('Error: 0, warnings: 0')\n    return cache\n"
    )
    return served(web(), {"app.py": code}, "fastapi", "uvicorn", paths=["/", "/"])


@case("healthy", "flask-errors-that-are-answers")
def answers() -> Output:
    code = (
        "import traceback\n\nfrom flask import Flask, abort\n\napp = Flask(__name__)\n\n\n@app.route('/')\ndef home():\n    return 'ok'\n\n\n"
        "@app.route('/item')\ndef item():\n    try:\n        return {}['x']\n    except KeyError:\n        traceback.print_exc()\n        return 'none'\n"
    )
    return served(web(), {"app.py": code}, "flask", module="flask", paths=["/", "/item", "/missing", "/"])
