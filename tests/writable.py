"""A Hub on the loopback that can be written to: it does what huggingface_hub asks, and records every call that changes something."""

# ruff: noqa: N802, ARG002  (the names are those of http.server, the arguments are the same for all)

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.hub import HEAD, Hub, Space, _Handler

REQUIREMENTS = b"fastapi\nuvicorn\n"
DOCKERFILE = b"FROM python:3.11-slim\nCOPY requirements.txt .\nRUN pip install -r requirements.txt\nCMD python app.py\n"
NEW_COMMIT = "c" * 40


@dataclass(frozen=True)
class Change:
    """A request that changes something: the method, the path below /api, the query, the body."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any


class WritableHub(Hub):
    """The Hub of one Space and its repository."""

    def __init__(self, space: Space, contents: Mapping[str, bytes] | None = None) -> None:
        contents = (
            {"requirements.txt": REQUIREMENTS, "Dockerfile": DOCKERFILE, "app.py": b"print()\n"} if contents is None else contents
        )
        self.contents = {"README.md": (space.readme or "").encode(), **contents}
        space.files = [*self.contents]
        super().__init__(space)
        self.server.RequestHandlerClass = type("Handler", (_WritableHandler,), {"hub": self})
        self.space = space
        self.changes: list[Change] = []
        self.buckets: set[str] = set()
        self.pro = True
        self.hosts: set[str] = set()
        self.restarted: Callable[[bool], None] = lambda _: None
        self.committed: Callable[[], None] = lambda: None

    def __enter__(self) -> WritableHub:  # noqa: PYI034  (Self came with Python 3.11)
        super().__enter__()
        return self

    def calls(self) -> list[tuple[str, str]]:
        """Return method and path of what was changed."""
        return [(one.method, one.path) for one in self.changes]


class _WritableHandler(_Handler):
    hub: WritableHub

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        self.hub.hosts.add(self.headers["host"])
        answer = None if path in self.hub.refuse else self._read(path)
        if answer is None:
            super().do_GET()
        else:
            self.hub.asked.append((self.path, None))
            answer()

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        self._change("POST")

    def do_PUT(self) -> None:
        self._change("PUT")

    def do_DELETE(self) -> None:
        self._change("DELETE")

    def _read(self, path: str) -> Callable[[], None] | None:
        space = f"/api/spaces/{self.hub.space.id}"
        if self.hub.space.id not in self.hub.spaces and self.hub.space.id in path:
            return lambda: self._json({"error": "Repository not found"}, 404)
        if path == "/api/whoami-v2":
            return lambda: self._json({"name": "me", "isPro": self.hub.pro, "type": "user", "orgs": []})
        if path.startswith("/api/buckets/"):
            name = path.removeprefix("/api/buckets/")
            return lambda: self._json({"id": name, "private": True}, 200 if name in self.hub.buckets else 404)
        if path.startswith(f"{space}/tree/"):
            return lambda: self._json([_entry(name, content) for name, content in self.hub.contents.items()])
        if path.startswith(f"/spaces/{self.hub.space.id}/resolve/"):
            return lambda: self._file(path.split("/", 6)[6])
        return (
            (lambda: self._json({**_info(self.hub), "siblings": [{"rfilename": one} for one in self.hub.contents]}))
            if path.startswith(f"{space}/revision/")
            else None
        )

    def _file(self, name: str) -> None:
        content = self.hub.contents.get(name)
        if content is None:
            self._answer(404, {"X-Error-Code": "EntryNotFound"}, b"")
            return
        headers = {"ETag": f'"{_blob(content)}"', "X-Repo-Commit": HEAD, "Content-Length": str(len(content))}
        self._answer(200, headers, b"" if self.command == "HEAD" else content)

    def _change(self, method: str) -> None:
        address = urlsplit(self.path)
        path = unquote(address.path)
        self.hub.hosts.add(self.headers["host"])
        raw = self.rfile.read(int(self.headers.get("content-length") or 0))
        lines = (
            [json.loads(line) for line in raw.splitlines()]
            if b"ndjson" in (self.headers.get("content-type") or "").encode()
            else None
        )
        body = lines if lines is not None else json.loads(raw or b"null")
        self.hub.changes.append(Change(method, path.removeprefix("/api"), dict(parse_qsl(address.query)), body))
        refused = self.hub.refuse.get(f"{method} {path}")
        if refused:
            self._answer(*refused[0])
            return
        rest = path.removeprefix(f"/api/spaces/{self.hub.space.id}").removeprefix("/api")
        work = getattr(self, f"_{method.lower()}_{rest.split('/')[1].replace('-', '_')}", None)
        self._json(work(body, rest) if work else {"error": "Not found"}, 200 if work else 404)

    def _post_restart(self, body: Any, rest: str) -> Any:
        self.hub.restarted("factory=true" in self.path)
        return self.hub.space.runtime

    def _post_pause(self, body: Any, rest: str) -> Any:
        self.hub.space.runtime["stage"] = "PAUSED"
        return self.hub.space.runtime

    def _post_sleeptime(self, body: Any, rest: str) -> Any:
        self.hub.space.runtime["gcTimeout"] = body["seconds"]
        return self.hub.space.runtime

    def _post_hardware(self, body: Any, rest: str) -> Any:
        self.hub.space.runtime["hardware"] = {"current": "cpu-basic", "requested": body["flavor"]}
        return self.hub.space.runtime

    def _post_variables(self, body: Any, rest: str) -> Any:
        self.hub.space.variables = sorted({*self.hub.space.variables, body["key"]})
        return {}

    def _delete_variables(self, body: Any, rest: str) -> Any:
        self.hub.space.variables = [one for one in self.hub.space.variables if one != body["key"]]
        return {}

    def _post_secrets(self, body: Any, rest: str) -> Any:
        self.hub.space.secrets = sorted({*self.hub.space.secrets, body["key"]})
        return {}

    def _delete_secrets(self, body: Any, rest: str) -> Any:
        self.hub.space.secrets = [one for one in self.hub.space.secrets if one != body["key"]]
        return {}

    def _put_volumes(self, body: Any, rest: str) -> Any:
        self.hub.space.runtime["volumes"] = body["volumes"]
        return {}

    def _post_buckets(self, body: Any, rest: str) -> Any:
        self.hub.buckets.add(rest.removeprefix("/buckets/"))
        return {"url": f"{self.hub.endpoint}{rest}"}

    def _post_validate_yaml(self, body: Any, rest: str) -> Any:
        return {"errors": [], "warnings": []}

    def _post_preupload(self, body: Any, rest: str) -> Any:
        return {"files": [{"path": one["path"], "uploadMode": "regular", "shouldIgnore": False} for one in body["files"]]}

    def _post_commit(self, body: Any, rest: str) -> Any:
        request = "create_pr=1" in self.path
        for line in [] if request else body:
            if line["key"] == "file":
                self.hub.contents[line["value"]["path"]] = base64.b64decode(line["value"]["content"])
        if not request:
            self.hub.space.files = [*self.hub.contents]
            self.hub.committed()
        address = f"{self.hub.endpoint}/spaces/{self.hub.space.id}"
        return {
            "commitUrl": f"{address}/commit/{NEW_COMMIT}",
            "commitOid": NEW_COMMIT,
            "pullRequestUrl": f"{address}/discussions/7",
        }

    def _delete_repos(self, body: Any, rest: str) -> Any:
        self.hub.spaces.clear()
        self.hub.contents = {}
        return {}

    def _post_repos(self, body: Any, rest: str) -> Any:
        self.hub.spaces[self.hub.space.id] = self.hub.space
        return {"url": f"{self.hub.endpoint}/spaces/{self.hub.space.id}"}


def _info(hub: WritableHub) -> dict[str, Any]:
    return {"id": hub.space.id, "sha": HEAD, "private": False, "sdk": "docker", "tags": [], "likes": 0, "disabled": False}


def _entry(name: str, content: bytes) -> dict[str, Any]:
    return {"type": "file", "path": name, "size": len(content), "oid": _blob(content)}


def _blob(content: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
