"""A small Hugging Face Hub: the few addresses that ``snapshot_download`` asks for, over real HTTP."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit


class HubServer:
    """Serves folders as repositories of models and of data sets.

    revisions: (repository, revision name) -> folder.
    failing: set to an HTTP status, or to "hang up", and every request fails like that.
    requests: the paths that were asked for.
    """

    def __init__(self) -> None:
        self.revisions: dict[tuple[str, str], Path] = {}
        self.failing: int | str | None = None
        self.requests: list[str] = []
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
