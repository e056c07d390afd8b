"""Builds of web pages that fail (vite, tsc, webpack, Next's wording of npm scripts), and one that goes well with warnings."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from .container import building, step, tools
from .kit import CACHE, Output, app, case, run, scrub
from .node_apps import old_node
from .npm_install import certificates, manager, npm

VITE = {"vite": "7.1.12"}
TYPESCRIPT = {"typescript": "5.9.3"}
WEBPACK4 = {"webpack": "4.46.0", "webpack-cli": "4.10.0"}
PAGE = '<!doctype html><div id="app"></div><script type="module" src="/src/main.js"></script>\n'


def project(dependencies: Mapping[str, str]) -> Path:
    """A folder whose node_modules holds these packages (kept between runs)."""
    home = CACHE / ("web-" + "-".join(f"{name}-{version}" for name, version in dependencies.items()))
    if not (home / "node_modules" / next(iter(dependencies))).exists():
        home.mkdir(parents=True, exist_ok=True)
        log = npm(home, "install", "--prefix", str(home), *[f"{name}@{version}" for name, version in dependencies.items()])
        if not (home / "node_modules" / next(iter(dependencies))).exists():
            raise RuntimeError(log)
    return home / "node_modules"


def built(
    dependencies: Mapping[str, str], script: str, files: Mapping[str, str], code: int = 1, node: Path | None = None
) -> Output:
    """`npm run build` with that script."""
    package = json.dumps({"name": "web", "version": "1.0.0", "private": True, "scripts": {"build": script}})
    with app({"package.json": package, **files}) as folder:
        if dependencies:
            (folder / "node_modules").symlink_to(project(dependencies))
        env = {"HOME": str(CACHE / "npm-home"), "npm_config_update_notifier": "false", **certificates()}
        if node:
            env["PATH"] = f"{node.parent}:{os.environ['PATH']}"
        log = run(["npm", "run", "build"], cwd=folder, env=env).replace(str(CACHE / "npm-home"), "/root")
        for home in CACHE.glob("web-*"):
            log = log.replace(f"{home}/", f"{folder}/")
    tail = "" if code else "--> Pushing image\nDONE 6.0s\n\n"
    return Output(
        building(step("npm run build", scrub(log), code), tail),
        {**tools("node", "npm"), **dependencies, **({"node": node.parts[-5].removeprefix("node-")} if node else {})},
    )


@case("frontend-build-failed", "vite-missing-package", "build")
def vite_missing_package() -> Output:
    return built(VITE, "vite build", {"index.html": PAGE, "src/main.js": "import axios from 'axios'\nconsole.log(axios)\n"})


@case("frontend-build-failed", "vite-missing-file", "build")
def vite_missing_file() -> Output:
    return built(VITE, "vite build", {"index.html": PAGE, "src/main.js": "import App from './App.js'\nApp()\n", "src/app.js": ""})


@case("frontend-build-failed", "vite-syntax-error", "build")
def vite_syntax_error() -> Output:
    return built(VITE, "vite build", {"index.html": PAGE, "src/main.js": "const app = {\n  name: 'app'\n  port: 1,\n}\n"})


@case("frontend-build-failed", "tsc-type-error", "build")
def tsc_type_error() -> Output:
    code = "const port: number = process.env.PORT ?? '7860'\nexport default port\n"
    settings = '{"compilerOptions": {"strict": true, "outDir": "dist"}}'
    return built(TYPESCRIPT, "tsc", {"tsconfig.json": settings, "src/index.ts": code}, 2)


@case("frontend-build-failed", "webpack-openssl", "build")
def webpack_openssl() -> Output:
    return built(WEBPACK4, "webpack --mode production", {"src/index.js": "console.log(1)\n"})


@case("frontend-build-failed", "tool-not-installed", "build")
def tool_not_installed() -> Output:
    return built({}, "vite build", {"index.html": PAGE}, 127)


@case("frontend-build-failed", "config-module-missing", "build")
def config_module_missing() -> Output:
    config = "import { defineConfig } from 'vite'\nimport react from '@vitejs/plugin-react'\nexport default defineConfig({ plugins: [react()] })\n"
    return built(VITE, "vite build", {"index.html": PAGE, "src/main.js": "", "vite.config.js": config})


@case("frontend-build-failed", "node-too-old-for-vite", "build")
def node_too_old() -> Output:
    return built(VITE, "vite build", {"index.html": PAGE, "src/main.js": ""}, node=old_node("16.20.2"))


@case("frontend-build-failed", "no-build-script", "build")
def no_build_script() -> Output:
    with app({"package.json": '{"name": "web", "version": "1.0.0"}'}) as folder:
        log = npm(folder, "run", "build")
    return Output(building(step("npm run build", log, 1)), tools("node", "npm"))


@case("frontend-build-failed", "webpack-missing-package", "build")
def webpack_missing() -> Output:
    script = "NODE_OPTIONS=--openssl-legacy-provider webpack --mode production"
    return built(WEBPACK4, script, {"src/index.js": "import axios from 'axios'\naxios.get('/')\n"}, 2)


@case("frontend-build-failed", "yarn-build", "build")
def yarn_build() -> Output:
    package = json.dumps({"name": "web", "version": "1.0.0", "license": "MIT", "scripts": {"build": "node build.js"}})
    with app({"package.json": package, "build.js": "console.error('Missing VITE_API_URL')\nprocess.exit(1)\n"}) as folder:
        log = run(["node", manager("yarn", "1.22.22"), "build"], cwd=folder)
    return Output(building(step("yarn build", log, 1)), {**tools("node"), "yarn": "1.22.22"})


@case("healthy", "vite-large-chunks", "build")
def healthy() -> Output:
    data = "export default " + json.dumps(["error failed cannot " * 30 + str(number) for number in range(1200)])
    return built(
        VITE, "vite build", {"index.html": PAGE, "src/main.js": "import d from './d.js'\nconsole.log(d)\n", "src/d.js": data}, 0
    )
