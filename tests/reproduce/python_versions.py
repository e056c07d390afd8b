"""Libraries in versions that do not fit: NumPy, saved models, protobuf, pydantic, httpx, Starlette, and calls that were removed."""

from __future__ import annotations

from tests.reproduce import kit
from tests.reproduce.kit import Output, case
from tests.reproduce.python_app import BANNER, once, saved_by, served

TRAIN = (
    "import joblib\nfrom sklearn.ensemble import RandomForestClassifier\n"
    "model = RandomForestClassifier(5).fit([[0, 1], [1, 0], [1, 1]], [0, 1, 1])\njoblib.dump(model, 'model.pkl')\n"
)
LOAD = "import joblib\n\nmodel = joblib.load('model.pkl')\nprint(model.predict([[1, 0]]))\n"


@case("numpy-abi", "pandas2.0-numpy2")
def pandas_numpy2() -> Output:
    python = kit.venv("pandas-numpy2", "pandas==2.0.3", "numpy==2.2.6", python="3.10")
    return once(python, {"app.py": "import pandas as pd\n\nprint(pd.DataFrame({'a': [1]}))\n"}, "pandas", "numpy")


@case("numpy-abi", "opencv4.8-numpy2")
def opencv_numpy2() -> Output:
    python = kit.venv("opencv-numpy2", "opencv-python-headless==4.8.1.78", "numpy==2.2.6", python="3.10")
    return once(python, {"app.py": "import cv2\n\nprint(cv2.__version__)\n"}, "opencv-python-headless", "numpy")


@case("numpy-alias-removed", "np-float-numpy1.26")
def np_float() -> Output:
    python = kit.venv("numpy126", "numpy==1.26.4")
    return once(python, {"app.py": "import numpy as np\n\nweights = np.zeros(3, dtype=np.float)\n"}, "numpy")


@case("numpy-alias-removed", "np-float_-numpy2")
def np_float_() -> Output:
    python = kit.venv("numpy22", "numpy==2.2.6", python="3.12")
    return once(python, {"app.py": "import numpy as np\n\nweights = np.zeros(3, dtype=np.float_)\n"}, "numpy")


@case("numpy-alias-removed", "np-bool8-numpy2")
def np_bool8() -> Output:
    python = kit.venv("plotly-numpy2", "plotly==5.9.0", "numpy==2.2.6", "pandas==2.2.3")
    return once(python, {"app.py": "import plotly.express as px\n\nprint(px.bar(x=[1], y=[2]))\n"}, "plotly", "numpy")


@case("pickle-version-mismatch", "forest-of-sklearn1.2")
def forest() -> Output:
    old = kit.venv("sklearn12", "scikit-learn==1.2.2", "numpy==1.26.4", python="3.11")
    new = kit.venv("sklearn15", "scikit-learn==1.5.2", "numpy==1.26.4", python="3.11")
    with kit.app({"app.py": LOAD}) as folder:
        saved_by(old, folder, TRAIN)
        text = kit.run([new, "app.py"], cwd=folder)
    return Output(BANNER + text, kit.versions(new, "scikit-learn", "joblib"))


@case("pickle-version-mismatch", "transformer-of-sklearn1.7")
def transformer() -> Output:
    new = kit.venv("sklearn17", "scikit-learn==1.7.2", "numpy==1.26.4", python="3.11")
    old = kit.venv("sklearn12", "scikit-learn==1.2.2", "numpy==1.26.4", python="3.11")
    train = (
        "import joblib, numpy\nfrom sklearn.compose import ColumnTransformer\nfrom sklearn.preprocessing import StandardScaler\n"
        "table = numpy.array([[1.0, 2.0], [3.0, 5.0]])\n"
        "joblib.dump(ColumnTransformer([('scale', StandardScaler(), [0])], remainder='passthrough').fit(table), 'model.pkl')\n"
    )
    with kit.app({"app.py": "import joblib\n\nprint(joblib.load('model.pkl').transform([[1.0, 2.0]]))\n"}) as folder:
        saved_by(new, folder, train)
        text = kit.run([old, "app.py"], cwd=folder)
    return Output(BANNER + text, kit.versions(old, "scikit-learn", "joblib"))


@case("pickle-version-mismatch", "generator-of-numpy1.26")
def generator() -> Output:
    new = kit.venv("numpy126", "numpy==1.26.4")
    old = kit.venv("numpy123", "numpy==1.23.5")
    save = "import pickle, numpy\npickle.dump(numpy.random.RandomState(3), open('state.pkl', 'wb'))\n"
    with kit.app({"app.py": "import pickle\n\nwith open('state.pkl', 'rb') as file:\n    state = pickle.load(file)\n"}) as folder:
        saved_by(new, folder, save)
        text = kit.run([old, "app.py"], cwd=folder)
    return Output(BANNER + text, kit.versions(old, "numpy"))


@case("pickle-version-mismatch", "table-of-pandas3")
def table() -> Output:
    new = kit.venv("pandas3", "pandas==3.0.0", python="3.12")
    old = kit.venv("pandas22", "pandas==2.2.3", python="3.12")
    save = "import pandas\npandas.DataFrame({'name': ['a', 'b']}).to_pickle('products.pkl')\n"
    with kit.app({"app.py": "import pandas as pd\n\nproducts = pd.read_pickle('products.pkl')\n"}) as folder:
        saved_by(new, folder, save)
        text = kit.run([old, "app.py"], cwd=folder)
    return Output(BANNER + text, kit.versions(old, "pandas"))


@case("pickle-version-mismatch", "boosting-of-sklearn1.2")
def boosting() -> Output:
    old = kit.venv("sklearn12", "scikit-learn==1.2.2", "numpy==1.26.4", python="3.11")
    new = kit.venv("sklearn15", "scikit-learn==1.5.2", "numpy==1.26.4", python="3.11")
    train = (
        "import joblib\nfrom sklearn.ensemble import GradientBoostingClassifier\n"
        "joblib.dump(GradientBoostingClassifier(n_estimators=3).fit([[0, 1], [1, 0], [1, 1]], [0, 1, 1]), 'model.pkl')\n"
    )
    with kit.app({"app.py": LOAD}) as folder:
        saved_by(old, folder, train)
        text = kit.run([new, "app.py"], cwd=folder)
    return Output(BANNER + text, kit.versions(new, "scikit-learn", "joblib"))


@case("pickle-version-mismatch", "boosting-of-sklearn1.5")
def boosting_newer() -> Output:
    old = kit.venv("sklearn12", "scikit-learn==1.2.2", "numpy==1.26.4", python="3.11")
    new = kit.venv("sklearn15", "scikit-learn==1.5.2", "numpy==1.26.4", python="3.11")
    train = (
        "import joblib\nfrom sklearn.ensemble import GradientBoostingClassifier\n"
        "joblib.dump(GradientBoostingClassifier(n_estimators=3).fit([[0, 1], [1, 0], [1, 1]], [0, 1, 1]), 'model.pkl')\n"
    )
    with kit.app({"app.py": LOAD}) as folder:
        saved_by(new, folder, train)
        text = kit.run([old, "app.py"], cwd=folder)
    return Output(BANNER + text, kit.versions(old, "scikit-learn", "joblib"))


@case("pickle-version-mismatch", "array-of-numpy2")
def numpy_core() -> Output:
    old = kit.venv("numpy124", "numpy==1.24.4")
    new = kit.venv("numpy22", "numpy==2.2.6", python="3.12")
    save = "import pickle, numpy\npickle.dump(numpy.arange(3), open('vectors.pkl', 'wb'))\n"
    with kit.app(
        {"app.py": "import pickle\n\nwith open('vectors.pkl', 'rb') as file:\n    vectors = pickle.load(file)\n"}
    ) as folder:
        saved_by(new, folder, save)
        text = kit.run([old, "app.py"], cwd=folder)
    return Output(BANNER + text, kit.versions(old, "numpy"))


@case("pickle-version-mismatch", "code-of-python310")
def code_object() -> Output:
    old = kit.venv("cloudpickle", "cloudpickle==3.1.2", python="3.10")
    new = kit.venv("cloudpickle", "cloudpickle==3.1.2", python="3.12")
    save = "import cloudpickle\ncloudpickle.dump(lambda x: x + 1, open('step.pkl', 'wb'))\n"
    with kit.app({"app.py": "import pickle\n\nwith open('step.pkl', 'rb') as file:\n    step = pickle.load(file)\n"}) as folder:
        saved_by(old, folder, save)
        text = kit.run([new, "app.py"], cwd=folder)
    return Output(BANNER + text, kit.versions(new, "cloudpickle"))


@case("protobuf-mismatch", "old-pb2-protobuf4")
def descriptors() -> Output:
    python = kit.venv("protos-old", "googleapis-common-protos==1.52.0", "protobuf==4.25.8")
    return once(
        python, {"app.py": "from google.api import http_pb2\n\nprint(http_pb2.Http())\n"}, "googleapis-common-protos", "protobuf"
    )


@case("protobuf-mismatch", "new-pb2-protobuf3.19")
def builder() -> Output:
    python = kit.venv("protos-new", "--no-deps", "googleapis-common-protos==1.66.0", "protobuf==3.19.6", python="3.10")
    return once(
        python,
        {"app.py": "from google.rpc import status_pb2\n\nprint(status_pb2.Status())\n"},
        "googleapis-common-protos",
        "protobuf",
    )


@case("protobuf-mismatch", "gencode-newer-than-runtime")
def gencode() -> Output:
    python = kit.venv("protos-health", "--no-deps", "grpcio-health-checking==1.76.0", "protobuf==5.29.5", python="3.12")
    return once(python, {"app.py": "from grpc_health.v1 import health_pb2\n"}, "grpcio-health-checking", "protobuf")


@case("protobuf-mismatch", "get-prototype-protobuf6")
def get_prototype() -> Output:
    python = kit.venv("protobuf6", "protobuf==6.33.1", python="3.12")
    code = "from google.protobuf import message_factory, struct_pb2\n\nkind = message_factory.MessageFactory().GetPrototype(struct_pb2.Struct.DESCRIPTOR)\n"
    return once(python, {"app.py": code}, "protobuf")


@case("protobuf-mismatch", "service-gone-protobuf7")
def service_gone() -> Output:
    python = kit.venv("protobuf7", "protobuf>=7", python="3.12")
    return once(python, {"app.py": "from google.protobuf import service\n"}, "protobuf")


@case("numpy-alias-removed", "import-float_-numpy2")
def import_alias() -> Output:
    python = kit.venv("numpy22", "numpy==2.2.6", python="3.12")
    return once(python, {"app.py": "from numpy import float_, ndarray\n"}, "numpy")


@case("pydantic-v1-v2", "constrained-type-removed")
def constrained() -> Output:
    python = kit.venv("pydantic2", "pydantic==2.12.4", python="3.12")
    return once(python, {"app.py": "from pydantic import ConstrainedStr\n"}, "pydantic")


@case("pydantic-v1-v2", "model-dump-under-1")
def model_dump() -> Output:
    python = kit.venv("pydantic1", "pydantic==1.10.24", python="3.11")
    return once(
        python,
        {
            "app.py": "from pydantic import BaseModel\n\n\nclass User(BaseModel):\n    name: str\n\n\nprint(User(name='me').model_dump())\n"
        },
        "pydantic",
    )


@case("pydantic-v1-v2", "internal-module-under-1")
def internal() -> Output:
    python = kit.venv("pydantic1", "pydantic==1.10.24", python="3.11")
    return once(python, {"app.py": "from pydantic.json_schema import SkipJsonSchema\n"}, "pydantic")


@case("pydantic-v1-v2", "base-settings")
def base_settings() -> Output:
    python = kit.venv("pydantic2", "pydantic==2.12.4", python="3.12")
    files = {
        "app.py": "from settings import settings\n",
        "settings.py": "from pydantic import BaseSettings\n\n\nclass Settings(BaseSettings):\n    debug: bool = False\n\n\nsettings = Settings()\n",
    }
    return once(python, files, "pydantic")


@case("pydantic-v1-v2", "regex-removed")
def regex_removed() -> Output:
    python = kit.venv("pydantic2", "pydantic==2.12.4", python="3.12")
    return once(
        python,
        {
            "app.py": "from pydantic import BaseModel, Field\n\n\nclass User(BaseModel):\n    name: str = Field(regex='^[a-z]+$')\n"
        },
        "pydantic",
    )


@case("pydantic-v1-v2", "root-validator")
def root_validator() -> Output:
    python = kit.venv("pydantic2", "pydantic==2.12.4", python="3.12")
    code = "from pydantic import BaseModel, root_validator\n\n\nclass User(BaseModel):\n    name: str\n\n    @root_validator()\n    def check(cls, values):\n        return values\n"
    return once(python, {"app.py": code}, "pydantic")


@case("pydantic-v1-v2", "field-validator-under-1")
def field_validator() -> Output:
    python = kit.venv("pydantic1", "pydantic==1.10.24", python="3.11")
    return once(python, {"app.py": "from pydantic import BaseModel, field_validator\n"}, "pydantic")


@case("httpx-proxies-kwarg", "openai1.30-httpx0.28")
def openai_proxies() -> Output:
    python = kit.venv("openai130", "openai==1.30.1", "httpx==0.28.1")
    return once(python, {"app.py": "from openai import OpenAI\n\nclient = OpenAI(api_key='none')\n"}, "openai", "httpx")


@case("httpx-proxies-kwarg", "groq-httpx0.28")
def groq_proxies() -> Output:
    python = kit.venv("groq09", "groq==0.9.0", "httpx==0.28.1", python="3.12")
    return once(python, {"app.py": "from groq import AsyncGroq\n\nclient = AsyncGroq(api_key='none')\n"}, "groq", "httpx")


TEMPLATE = "<h1>{{ title }}</h1>\n"


def pages(call: str) -> dict[str, str]:
    code = (
        "from fastapi import FastAPI, Request\nfrom fastapi.templating import Jinja2Templates\n\napp = FastAPI()\n"
        f"templates = Jinja2Templates(directory='templates')\n\n\n@app.get('/')\ndef home(request: Request):\n    return {call}\n"
    )
    return {"app.py": code, "templates/index.html": TEMPLATE}


@case("starlette-template-signature", "old-order-starlette1")
def old_order() -> Output:
    python = kit.venv("starlette1", "fastapi>=0.129", "starlette>=1", "uvicorn==0.38.0", "jinja2==3.1.6", python="3.12")
    return served(
        python, pages("templates.TemplateResponse('index.html', {'request': request, 'title': 'Home'})"), "fastapi", "starlette"
    )


@case("starlette-template-signature", "new-order-starlette0.27")
def new_order() -> Output:
    python = kit.venv("starlette027", "fastapi==0.104.1", "starlette==0.27.0", "uvicorn==0.24.0", "jinja2==3.1.6")
    return served(python, pages("templates.TemplateResponse(request, 'index.html', {'title': 'Home'})"), "fastapi", "starlette")


@case("starlette-template-signature", "new-names-starlette0.27")
def new_names() -> Output:
    python = kit.venv("starlette027", "fastapi==0.104.1", "starlette==0.27.0", "uvicorn==0.24.0", "jinja2==3.1.6")
    return served(python, pages("templates.TemplateResponse(request=request, name='index.html')"), "fastapi", "starlette")


@case("starlette-template-signature", "no-request-starlette0.27")
def no_request() -> Output:
    python = kit.venv("starlette027", "fastapi==0.104.1", "starlette==0.27.0", "uvicorn==0.24.0", "jinja2==3.1.6")
    return served(python, pages("templates.TemplateResponse('index.html', {'title': 'Home'})"), "fastapi", "starlette")


@case("starlette-template-signature", "environment-options-starlette1")
def env_options() -> Output:
    python = kit.venv("starlette1", "fastapi>=0.129", "starlette>=1", "uvicorn==0.38.0", "jinja2==3.1.6", python="3.12")
    code = (
        "from fastapi.templating import Jinja2Templates\n\ntemplates = Jinja2Templates(directory='templates', trim_blocks=True)\n"
    )
    return once(python, {"app.py": code}, "fastapi", "starlette")


@case("library-api-changed", "sklearn-sparse-argument")
def sparse() -> Output:
    python = kit.venv("sklearn15", "scikit-learn==1.5.2", "numpy==1.26.4", python="3.11")
    return once(
        python,
        {"app.py": "from sklearn.preprocessing import OneHotEncoder\n\nencoder = OneHotEncoder(sparse=False)\n"},
        "scikit-learn",
    )


@case("library-api-changed", "openai1-chat-completion")
def chat_completion() -> Output:
    python = kit.venv("openai2", "openai==2.8.0", python="3.12")
    return once(
        python,
        {
            "app.py": "import openai\n\nopenai.api_key = 'none'\nprint(openai.ChatCompletion.create(model='gpt-4o-mini', messages=[]))\n"
        },
        "openai",
    )


@case("library-api-changed", "pandas2-append")
def pandas_append() -> Output:
    python = kit.venv("plotly-numpy2", "plotly==5.9.0", "numpy==2.2.6", "pandas==2.2.3")
    return once(
        python,
        {"app.py": "import pandas as pd\n\nrows = pd.DataFrame({'a': [1]})\nrows = rows.append({'a': 2}, ignore_index=True)\n"},
        "pandas",
    )


@case("library-api-changed", "pillow10-antialias")
def antialias() -> Output:
    python = kit.venv("moviepy1", "moviepy==1.0.3", "pillow==11.3.0", "numpy==1.26.4", "setuptools<81")
    code = "from moviepy.editor import ColorClip\n\nclip = ColorClip((64, 64), color=(255, 0, 0), duration=1).resize(width=32)\n"
    return once(python, {"app.py": code}, "moviepy", "pillow")


@case("library-api-changed", "hub-provider-argument")
def provider() -> Output:
    python = kit.venv("hub025", "huggingface_hub==0.25.2")
    return once(
        python,
        {"app.py": "from huggingface_hub import InferenceClient\n\nclient = InferenceClient(provider='auto')\n"},
        "huggingface_hub",
    )


@case("library-api-changed", "discord-intents")
def intents() -> Output:
    python = kit.venv("discord", "discord.py==2.4.0")
    return once(python, {"app.py": "import discord\n\nclient = discord.Client()\n"}, "discord.py")


@case("library-api-changed", "sqlalchemy1-python313")
def sqlalchemy_313() -> Output:
    python = kit.venv("sqlalchemy2025", "sqlalchemy==2.0.25", python="3.13")
    return once(python, {"app.py": "from sqlalchemy import create_engine\n\nprint(create_engine('sqlite://'))\n"}, "sqlalchemy")


@case("library-api-changed", "pydantic1-python313")
def pydantic_313() -> Output:
    python = kit.venv("pydantic18", "pydantic==1.10.12", "fastapi==0.95.2", python="3.13")
    code = "from __future__ import annotations\n\nfrom typing import Optional\n\nfrom fastapi import FastAPI\n\napp = FastAPI()\n"
    return once(python, {"app.py": code}, "pydantic", "fastapi")


@case("healthy", "pydantic2-warns-of-v1-config")
def v1_config() -> Output:
    python = kit.venv("starlette1", "fastapi>=0.129", "starlette>=1", "uvicorn==0.38.0", "jinja2==3.1.6", python="3.12")
    code = (
        "from fastapi import FastAPI\nfrom pydantic import BaseModel, validator\n\napp = FastAPI()\n\n\n"
        "class User(BaseModel):\n    name: str = 'me'\n\n    class Config:\n        orm_mode = True\n\n    @validator('name')\n    def check(cls, value):\n        return value\n\n\n"
        "@app.get('/')\ndef home():\n    return User().dict()\n"
    )
    return served(python, {"app.py": code}, "fastapi", "pydantic", paths=["/", "/docs"])
