"""A server of another house on this machine, and one's own check of its signatures."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Message:
    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict:
        return json.loads(self.body)

    def is_signed_by(self, secret: str) -> bool:
        """As the guide says that receivers check it."""
        key = base64.b64decode(secret.removeprefix("whsec_"))
        signed = b".".join((self.headers["webhook-id"].encode(), self.headers["webhook-timestamp"].encode(), self.body))
        right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        return hmac.compare_digest(self.headers["webhook-signature"], f"v1,{right}")


@dataclass
class Receiver:
    url: str
    #: What it answers to a message: status, and perhaps a body or headers.
    answers: Callable[[Message], tuple] = lambda message: (204,)
    got: list[Message] = field(default_factory=list)

    @property
    def said(self) -> list[dict]:
        return [message.said for message in self.got]


@contextmanager
def receiving():
    made = Receiver("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            message = Message({name.lower(): value for name, value in self.headers.items()}, body)
            made.got.append(message)
            status, *rest = made.answers(message)
            content = rest[0] if rest else b""
            try:
                self.send_response(status)
                for name, value in (rest[1] if len(rest) > 1 else {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content) if isinstance(content, bytes) else 10**9))
                self.end_headers()
                for part in [content] if isinstance(content, bytes) else content:
                    self.wfile.write(part)
                    self.wfile.flush()
            except OSError:
                self.close_connection = True

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    made.url = f"http://127.0.0.1:{server.server_port}/bildirim?a=1"
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
