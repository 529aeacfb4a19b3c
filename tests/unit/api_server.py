"""A small real HTTP server on loopback that answers, or misbehaves, as a test says."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from orchestration.sources.transport import Caller, Limits


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """`body`: bytes as they are, anything else as JSON. `sent`: bytes that really leave, of those that
    Content-Length promises; then the connection is closed, or (`stalls`) nothing more comes.
    `drip_seconds`: between one byte and the next."""

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    sent: int | None = None
    stalls: bool = False
    has_length: bool = True
    drip_seconds: float = 0

    @property
    def data(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class ApiServer:
    url: str
    seen: list[Request] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


@contextlib.contextmanager
def api_server(answer: Callable[[Request], Reply]) -> Iterator[ApiServer]:
    """A server for the time of a `with`; `answer` is asked for every request."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _serve(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            request = Request(
                self.command,
                parts.path,
                {name: values[-1] for name, values in parse_qs(parts.query, keep_blank_values=True).items()},
                {name.lower(): value for name, value in self.headers.items()},
                self.rfile.read(length),
            )
            server.seen.append(request)
            reply = answer(request)
            self.send_response(reply.status)
            headers = {"Content-Type": "application/json", **reply.headers}
            for name, value in headers.items():
                self.send_header(name, value)
            if reply.has_length:
                self.send_header("Content-Length", str(len(reply.data)))
            else:
                self.send_header("Connection", "close")
                self.close_connection = True
            self.end_headers()
            with contextlib.suppress(OSError):  # the other side need not wait for the end
                self._send(reply)
            if reply.stalls:
                server.closing.wait(10)
            if reply.sent is not None:
                self.close_connection = True

        do_GET = do_POST = do_REPORT = do_PROPFIND = _serve

        def _send(self, reply: Reply) -> None:
            step = 1 if reply.drip_seconds else max(1, len(reply.data))
            for start in range(0, len(reply.data[: reply.sent]), step):
                self.wfile.write(reply.data[: reply.sent][start : start + step])
                self.wfile.flush()
                if reply.drip_seconds:
                    server.closing.wait(reply.drip_seconds)

        def log_message(self, *_: object) -> None:
            """Not into the test's output."""

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server = ApiServer(f"http://127.0.0.1:{web.server_port}")
    thread = threading.Thread(target=web.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closing.set()
        web.shutdown()
        web.server_close()
        thread.join()


def in_turn(*replies: Reply) -> Callable[[Request], Reply]:
    """One reply after the other; the last stays."""
    waiting = list(replies)
    return lambda _: waiting.pop(0) if len(waiting) > 1 else waiting[0]


@dataclass
class Watch:
    """What a transport told, and how long it would have slept."""

    told: list[str] = field(default_factory=list)
    slept: list[float] = field(default_factory=list)

    def caller(self, source: str = "crm", **limits: Any) -> Caller:
        chosen = {"attempts": 4, "read_seconds": 0.3, "connect_seconds": 2.0, **limits}
        return Caller(source, self.told.append, Limits(**chosen), self.slept.append)
