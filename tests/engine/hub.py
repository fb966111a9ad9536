"""A hub of its own on this machine: repositories are folders, and what was asked for is written down."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

COMMIT = "0" * 40


class Hub(ThreadingHTTPServer):
    """Serves the folders below `root` as `owner/name`."""

    def __init__(self, root: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.root = root
        self.fetched: list[str] = []
        """Files of repositories that were downloaded, in order."""
        self.gated: set[str] = set()
        """Repositories as `owner/name` of which nobody has accepted the terms."""
        self.tokens: list[str] = []
        """What came as a token, in order."""

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def serving(root: Path) -> Iterator[Hub]:
    with Hub(root) as hub:
        thread = Thread(target=hub.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield hub
        finally:
            hub.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    server: Hub

    def log_message(self, *_: object) -> None:
        """Not on the terminal."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.server.tokens.append(self.headers.get("Authorization", "").removeprefix("Bearer "))
        path = self.path.split("?")[0].strip("/")
        if path.startswith("api/models/"):
            owner, name, *rest = path.removeprefix("api/models/").split("/")
            self._describe(self.server.root / owner / name, is_tree="tree" in rest)
        else:
            owner, name, _, _, *file = path.split("/")
            self._send_file(self.server.root / owner / name, "/".join(file))

    def _describe(self, repository: Path, *, is_tree: bool) -> None:
        if not repository.is_dir():
            self._send(404, b"{}", {"X-Error-Code": "RepoNotFound"})
            return
        files = sorted(file for file in repository.rglob("*") if file.is_file())
        tree = [
            {"type": "file", "path": file.relative_to(repository).as_posix(), "size": file.stat().st_size,
             "oid": _digest(file)}
            for file in files
        ]  # fmt: skip
        siblings = [{"rfilename": entry["path"]} for entry in tree]
        answer = tree if is_tree else {"id": repository.name, "sha": COMMIT, "siblings": siblings}
        self._send(200, json.dumps(answer).encode(), {"Content-Type": "application/json"})

    def _send_file(self, repository: Path, name: str) -> None:
        file = repository / name
        if not file.is_file():
            self._send(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
            return
        if repository.relative_to(self.server.root).as_posix() in self.server.gated:
            self._send(403, b"", {"X-Error-Code": "GatedRepo"})
            return
        if self.command == "GET":
            self.server.fetched.append(name)
        self._send(200, file.read_bytes(), {"ETag": f'"{_digest(file)}"', "X-Repo-Commit": COMMIT})

    def _send(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)


def _digest(file: Path) -> str:
    return hashlib.sha1(file.read_bytes()).hexdigest()
