"""Node programs that end at their start: modules that are not there, exceptions, the heap's limit; and one that serves."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from .container import as_user, boot, tools
from .kit import CACHE, Output, app, case, run, scrub
from .npm_install import certificates

SERVER = """const http = require('http')
const port = process.env.PORT || 7860
process.emitWarning('url.parse() is deprecated', 'DeprecationWarning', 'DEP0169')
console.log('[info] cache: Error: ENOENT: no such file or directory, open .cache/index.json (starting empty)')
http.createServer((request, response) => response.end('ok')).listen(port, '0.0.0.0', () => {
  console.log(`Server listening on http://0.0.0.0:${port}`)
})
setTimeout(() => process.kill(process.pid, 'SIGKILL'), 1500)
"""

GROW = "const held = []\nconsole.log('Importing catalogue')\nfor (;;) held.push(new Array(1000).fill('x' + Math.random()))\n"

DATABASE = """const { MongoClient } = { MongoClient: { connect: async () => { throw new TypeError('Invalid URL') } } }
async function main() {
  const client = await MongoClient.connect(process.env.MONGO_URL)
  console.log('connected', client)
}
main()
"""


def old_node(version: str) -> Path:
    """Return an older Node from the npm package `node` (kept between runs)."""
    home = CACHE / f"node-{version}"
    program = home / "node_modules" / "node" / "bin" / "node"
    if not program.exists():
        home.mkdir(parents=True, exist_ok=True)
        env = {"HOME": str(CACHE / "npm-home"), **certificates()}
        log = run(["npm", "install", "--prefix", str(home), "--foreground-scripts", f"node@{version}"], cwd=home, env=env)
        if not program.exists():
            raise RuntimeError(log)
    return program


def started(files: Mapping[str, str], *command: str, code: int = 1) -> Output:
    """The log of `command` as uid 1000 in a folder with these files."""
    with app(files) as folder:
        log = as_user(list(command), cwd=folder)
    return Output(boot(scrub(log), code), tools("node"))


def started_old(version: str, files: Mapping[str, str], *arguments: str) -> Output:
    with app(files) as folder:
        log = run([old_node(version), *arguments], cwd=folder)
    return Output(boot(scrub(log), 1), {"node": version})


@case("node-module-missing", "entry-script")
def entry_script() -> Output:
    return started({"index.js": ""}, "node", "dist/server.js")


@case("node-module-missing", "require-package")
def require_package() -> Output:
    return started({"server.js": "const express = require('express')\n"}, "node", "server.js")


@case("node-module-missing", "import-package")
def import_package() -> Output:
    return started({"package.json": '{"type": "module"}', "server.js": "import express from 'express'\n"}, "node", "server.js")


@case("node-module-missing", "import-file-case")
def import_file() -> Output:
    files = {"package.json": '{"type": "module"}', "server.js": "import db from './lib/Database.js'\n", "lib/database.js": ""}
    return started(files, "node", "server.js")


@case("node-module-missing", "require-old-node")
def require_old() -> Output:
    return started_old("14.21.3", {"server.js": "const express = require('express')\n"}, "server.js")


@case("node-exception", "rejection")
def rejection() -> Output:
    return started({"server.js": DATABASE}, "node", "server.js")


@case("node-exception", "rejection-without-error")
def rejection_text() -> Output:
    return started({"server.js": "Promise.reject('no credentials')\n"}, "node", "server.js")


@case("node-exception", "syntax-error")
def syntax_error() -> Output:
    return started({"bot.js": "const settings = {\n  host: 'example.org'\n  port: 7860,\n}\n"}, "node", "bot.js")


@case("node-exception", "error-event")
def error_event() -> Output:
    code = "const fs = require('fs')\nfs.createReadStream('prompts.txt').pipe(process.stdout)\n"
    return started({"server.js": code}, "node", "server.js")


@case("node-exception", "old-node-syntax")
def old_syntax() -> Output:
    return started_old("14.21.3", {"server.js": "const options = {}\noptions.port ??= 7860\n"}, "server.js")


@case("node-exception", "old-node-no-fetch")
def no_fetch() -> Output:
    return started_old("16.20.2", {"server.js": "fetch('https://example.org').then(console.log)\n"}, "server.js")


@case("node-exception", "import-in-commonjs")
def import_in_commonjs() -> Output:
    return started_old("16.20.2", {"server.js": "import fs from 'fs'\n"}, "server.js")


@case("node-heap", "small-heap")
def small_heap() -> Output:
    return started({"server.js": GROW}, "node", "--max-old-space-size=20", "server.js", code=134)


@case("node-heap", "old-node")
def old_heap() -> Output:
    return started_old("14.21.3", {"server.js": GROW}, "--max-old-space-size=20", "server.js")


@case("node-heap", "worker")
def worker_heap() -> Output:
    code = (
        "const { Worker } = require('worker_threads')\n"
        "new Worker('const held = []; for (;;) held.push(new Array(1000).fill(Math.random()))',"
        " { eval: true, resourceLimits: { maxOldGenerationSizeMb: 16 } })\n"
    )
    return started({"server.js": code}, "node", "server.js")


@case("entrypoint-missing", "node-spawn")
def spawn() -> Output:
    code = "const { spawn } = require('child_process')\nspawn('pandoc-server', ['--port', '3030'])\n"
    return started({"server.js": code}, "node", "server.js")


@case("permission-denied", "node-uploads")
def uploads() -> Output:
    return started({"server.js": "require('fs').mkdirSync('uploads', { recursive: true })\n"}, "node", "server.js")


@case("privileged-port", "node-80")
def low_port() -> Output:
    return started({"server.js": "require('http').createServer().listen(80, '0.0.0.0')\n"}, "node", "server.js")


@case("port-in-use", "node-twice")
def twice() -> Output:
    code = "const http = require('http')\nfor (const i of [1, 2]) http.createServer().listen(7860, '0.0.0.0')\n"
    return started({"server.js": code}, "node", "server.js")


@case("app-arguments", "node-bad-option")
def bad_option() -> Output:
    return started({"server.js": ""}, "node", "--experimental-policies", "server.js", code=9)


@case("healthy", "node-server")
def healthy() -> Output:
    with app({"server.js": SERVER}) as folder:
        return Output(boot(as_user(["node", "server.js"], cwd=folder)), tools("node"))
