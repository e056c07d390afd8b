"""npm, yarn and pnpm installs of a Docker build: conflicts, stale lock files, unknown packages; and the ones that go well."""

from __future__ import annotations

import json
import os
from pathlib import Path

from .container import building, step, tools
from .kit import CACHE, Output, app, case, run

PACKAGE = {"name": "my-space", "version": "1.0.0", "license": "MIT"}


def package(**fields: object) -> str:
    return json.dumps({**PACKAGE, **fields})


def npm(folder: Path, *arguments: str) -> str:
    """Run npm in `folder` with an empty home, so that nothing of this machine's settings shows."""
    env = {
        "HOME": str(CACHE / "npm-home"),
        "npm_config_update_notifier": "false",
        "npm_config_fund": "true",
        "npm_config_audit": "true",
        **certificates(),
    }
    return scrub_home(run(["npm", *arguments], cwd=folder, env=env))


def certificates() -> dict[str, str]:
    """Return the setting that a machine behind a proxy needs to reach the registry."""
    name = "NODE_EXTRA_CA_CERTS"
    return {name: os.environ[name]} if name in os.environ else {}


def scrub_home(log: str) -> str:
    return log.replace(str(CACHE / "npm-home"), "/root")


def manager(name: str, version: str) -> Path:
    """Return the folder of a package manager installed from npm (kept between runs)."""
    home = CACHE / f"{name}-{version}"
    program = home / "node_modules" / name / "bin" / {"yarn": "yarn.js", "pnpm": "pnpm.cjs"}[name]
    if not program.exists():
        home.mkdir(parents=True, exist_ok=True)
        log = npm(home, "install", "--prefix", str(home), f"{name}@{version}")
        if not program.exists():
            raise RuntimeError(log)
    return program


def failing(manifest: str, command: str) -> Output:
    """One failing `npm` step on this package.json."""
    with app({"package.json": manifest}) as folder:
        log = npm(folder, *command.split()[1:])
    return Output(building(step(command, log, 1)), tools("node", "npm"))


@case("npm-install-failed", "eresolve", "build")
def eresolve() -> Output:
    return failing(package(dependencies={"react": "19.1.0", "react-paypal-button-v2": "2.6.3"}), "npm install")


@case("npm-install-failed", "lock-out-of-sync", "build")
def out_of_sync() -> Output:
    with app({"package.json": package(dependencies={"left-pad": "1.3.0"})}) as folder:
        npm(folder, "install")
        (folder / "package.json").write_text(package(dependencies={"left-pad": "1.3.0", "is-odd": "3.0.1"}))
        log = npm(folder, "ci")
    return Output(building(step("npm ci", log, 1)), tools("node", "npm"))


@case("npm-install-failed", "lock-missing", "build")
def lock_missing() -> Output:
    return failing(package(dependencies={"left-pad": "1.3.0"}), "npm ci --omit=dev")


@case("npm-install-failed", "no-such-version", "build")
def no_such_version() -> Output:
    return failing(package(dependencies={"left-pad": "99.0.0"}), "npm install")


@case("npm-install-failed", "not-in-registry", "build")
def not_in_registry() -> Output:
    return failing(package(dependencies={"@my-private-scope-x/nothing-here-z": "1.0.0"}), "npm install")


@case("npm-install-failed", "invalid-json", "build")
def invalid_json() -> Output:
    return failing('{"name": "my-space", "dependencies": {"left-pad": "1.3.0",}}', "npm install")


@case("npm-install-failed", "no-package-json", "build")
def no_package_json() -> Output:
    with app({"README.md": ""}) as folder:
        log = npm(folder, "install")
    return Output(building(step("npm install", log, 254)), tools("node", "npm"))


@case("npm-install-failed", "engine-strict", "build")
def engine_strict() -> Output:
    return failing(package(engines={"node": ">=99"}), "npm install --engine-strict")


@case("npm-install-failed", "lifecycle-script", "build")
def lifecycle() -> Output:
    return failing(package(scripts={"prepare": "husky"}, devDependencies={"husky": "9.1.7"}), "npm install --omit=dev")


@case("npm-install-failed", "yarn-frozen", "build")
def yarn_frozen() -> Output:
    yarn = str(manager("yarn", "1.22.22"))
    with app({"package.json": package(dependencies={"left-pad": "1.3.0"})}) as folder:
        run(["node", yarn, "install"], cwd=folder, env=certificates())
        (folder / "package.json").write_text(package(dependencies={"left-pad": "1.2.0"}))
        log = run(["node", yarn, "install", "--frozen-lockfile"], cwd=folder, env=certificates())
    return Output(building(step("yarn install --frozen-lockfile", log, 1)), {**tools("node"), "yarn": "1.22.22"})


@case("npm-install-failed", "pnpm-frozen", "build")
def pnpm_frozen() -> Output:
    pnpm = str(manager("pnpm", "10.34.9"))
    with app({"package.json": package(dependencies={"left-pad": "1.3.0"})}) as folder:
        run(["node", pnpm, "install"], cwd=folder, env=certificates())
        (folder / "package.json").write_text(package(dependencies={"left-pad": "1.2.0"}))
        log = run(["node", pnpm, "install", "--frozen-lockfile"], cwd=folder, env=certificates())
    return Output(building(step("pnpm install --frozen-lockfile", log, 1)), {**tools("node"), "pnpm": "10.34.9"})


@case("healthy", "npm-install-with-warnings", "build")
def healthy_install() -> Output:
    old = {"rimraf": "2.7.1", "uuid": "3.4.0", "request": "2.88.2", "express": "4.21.2"}
    with app({"package.json": package(dependencies=old, engines={"node": ">=99"})}) as folder:
        first = npm(folder, "install")
        second = npm(folder, "ci", "--omit=dev")
    log = building(step("npm install", first), step("npm ci --omit=dev", second), "--> Pushing image\nDONE 4.2s\n\n")
    return Output(log, tools("node", "npm"))


@case("npm-install-failed", "dependency-script", "build")
def dependency_script() -> Output:
    """A dependency whose own installation script fails, as one does that finds no prebuilt program."""
    native = package(scripts={"install": "node install.js"}).replace("my-space", "native-thing")
    files = {
        "native/package.json": native,
        "native/install.js": "console.error('No prebuilt binary for linux-x64')\nprocess.exit(1)\n",
    }
    with app({"package.json": package(dependencies={"native-thing": "file:native-thing-1.0.0.tgz"}), **files}) as folder:
        npm(folder, "pack", "./native")
        log = npm(folder, "install", "--dangerously-allow-all-scripts", "--foreground-scripts")
    return Output(building(step("npm install", log, 1)), tools("node", "npm"))


@case("npm-install-failed", "registry-refused", "build")
def registry_refused() -> Output:
    with app({"package.json": package(dependencies={"left-pad": "1.3.0"})}) as folder:
        log = npm(folder, "install", "--registry=http://127.0.0.1:9", "--fetch-retries=0")
    return Output(building(step("npm install", log, 1)), tools("node", "npm"))


@case("npm-install-failed", "workspace-protocol", "build")
def workspace_protocol() -> Output:
    return failing(package(dependencies={"@app/shared": "workspace:*"}), "npm install")
