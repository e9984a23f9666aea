"""A small Hugging Face Hub: the few addresses that fetching and sending a folder ask for, over real HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from huggingface_hub import metadata_load


class HubServer:
    """Serves folders as repositories of models and of data sets.

    revisions: (repository, revision name) -> folder.
    failing: set to an HTTP status, or to "hang up", and every request fails like that.
    requests: the paths that were asked for.
    token: who has it may write, as the account "someone".
    pushed: repository -> {"private": …, "files": {path: bytes}} of what was uploaded.
    """

    def __init__(self) -> None:
        self.revisions: dict[tuple[str, str], Path] = {}
        self.failing: int | str | None = None
        self.requests: list[str] = []
        self.token = "hf_secret"
        self.pushed: dict[str, dict[str, Any]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def add(self, repository: str, folder: Path, revision: str = "main") -> None:
        """Publish a folder."""
        self.revisions[repository, revision] = folder

    @contextmanager
    def running(self) -> Iterator[HubServer]:
        """Serve in a thread of its own until the block ends."""
        thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join()

    def folder(self, repository: str, revision: str) -> tuple[str, Path] | None:
        """(commit, folder) of a branch name or commit."""
        for (name, branch), folder in self.revisions.items():
            if name == repository and revision in (branch, commit(name, branch)):
                return commit(name, branch), folder
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *arguments: object) -> None:
                pass

            def do_GET(self) -> None:
                path = unquote(urlsplit(self.path).path)
                hub.requests.append(path)
                if hub.failing == "hang up":
                    self.close_connection = True
                    return self.connection.close()
                if isinstance(hub.failing, int):
                    return self.answer(hub.failing, b"{}")
                if path.startswith("/api/"):
                    return self.api(path)
                match = re.fullmatch(r"/(?:datasets/)?([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path)
                found = hub.folder(match[1], match[2]) if match else None
                if match is None or found is None or not (found[1] / match[3]).is_file():
                    return self.answer(404, b"{}", {"X-Error-Code": "EntryNotFound"})
                data = (found[1] / match[3]).read_bytes()
                etag = {"ETag": f'"{hashlib.sha1(data).hexdigest()}"', "X-Repo-Commit": found[0]}
                return self.answer(200, data, etag)

            do_HEAD = do_GET

            def do_POST(self) -> None:
                path = unquote(urlsplit(self.path).path)
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                hub.requests.append(path)
                if hub.failing == "hang up":
                    self.close_connection = True
                    return self.connection.close()
                if isinstance(hub.failing, int):
                    return self.answer(hub.failing, b"{}")
                if self.headers.get("Authorization") != f"Bearer {hub.token}":
                    return self.answer(401, b'{"error": "no such token"}')
                status, answer = self.write(path, body)
                return self.answer(status, json.dumps(answer).encode(), {"Content-Type": "application/json"})

            def write(self, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
                if path == "/api/repos/create":
                    asked = json.loads(body)
                    name = f"{asked.get('organization') or 'someone'}/{asked['name']}"
                    private = asked.get("private") is True or asked.get("visibility") == "private"
                    status = 409 if name in hub.pushed else 200
                    hub.pushed.setdefault(name, {"private": private, "files": {}})
                    return status, {"url": f"{hub.address}/{name}", "name": name}
                if path == "/api/validate-yaml":
                    return 200, {"errors": [], "warnings": []}
                match = re.fullmatch(r"/api/models/([^/]+/[^/]+)/(preupload|commit)/main", path)
                if match is None or match[1] not in hub.pushed:
                    return 404, {}
                if match[2] == "preupload":
                    files = json.loads(body)["files"]
                    answers = [
                        {"path": f["path"], "uploadMode": "regular", "shouldIgnore": False, "oid": None}
                        for f in files
                    ]
                    return 200, {"files": answers}
                for line in map(json.loads, body.splitlines()):
                    if line["key"] == "file":
                        value = line["value"]
                        hub.pushed[match[1]]["files"][value["path"]] = base64.b64decode(value["content"])
                made = commit(match[1], "main")
                return 200, {"commitUrl": f"{hub.address}/{match[1]}/commit/{made}", "commitOid": made}

            def api(self, path: str) -> None:
                match = re.fullmatch(
                    r"/api/(?:models|datasets)/([^/]+/[^/]+)(?:/(revision|tree)/([^/]+))?/?", path
                )
                if match is None or not any(name == match[1] for name, _ in hub.revisions):
                    return self.answer(404, b"{}", {"X-Error-Code": "RepoNotFound"})
                found = hub.folder(match[1], match[3] or "main")
                if found is None:
                    return self.answer(404, b"{}", {"X-Error-Code": "RevisionNotFound"})
                root = found[1]
                files = sorted(p for p in root.rglob("*") if p.is_file())
                body: object
                if match[2] == "tree":
                    body = [
                        {
                            "type": "file",
                            "path": p.relative_to(root).as_posix(),
                            "size": p.stat().st_size,
                            "oid": "0" * 40,
                        }
                        for p in files
                    ]
                else:
                    siblings = [
                        {"rfilename": p.relative_to(root).as_posix(), "size": p.stat().st_size} for p in files
                    ]
                    body = {"id": match[1], "modelId": match[1], "sha": found[0], "siblings": siblings}
                    if (root / "README.md").is_file():
                        body |= {"cardData": metadata_load(root / "README.md")}
                return self.answer(200, json.dumps(body).encode(), {"Content-Type": "application/json"})

            def answer(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

        return Handler


def commit(repository: str, revision: str) -> str:
    """The commit hash of a revision; made up, but 40 hex digits as the Hub's are."""
    return hashlib.sha1(f"{repository}@{revision}".encode()).hexdigest()
