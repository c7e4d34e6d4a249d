"""The shop's API: one page that counts its visits in redis and says which replica answered."""

import html
import os
import signal
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from resp import Redis, RedisError

PAGE = """<h1>{greeting}</h1>
<p>visits: {visits}</p>
<p>answered by: {replica}</p>
<p>migration: {migration}</p>
<p>goods: {goods}</p>
"""


def page():
    """The page's text, after one more visit."""
    with Redis() as redis:
        visits = redis.ask("INCR", "visits")
        migration = redis.ask("GET", "migration") or "has not run"
        goods = redis.ask("LRANGE", "goods", 0, -1)
    values = {
        "greeting": os.environ["GREETING"],
        "visits": visits,
        "replica": socket.gethostname(),
        "migration": migration,
        "goods": ", ".join(goods),
    }
    return PAGE.format(**{key: html.escape(str(value)) for key, value in values.items()})


class Shop(BaseHTTPRequestHandler):
    """Answers / with the page and /health with one word."""

    def do_GET(self):
        if self.path == "/health":
            self.answer(200, "well\n")
        elif self.path == "/":
            try:
                self.answer(200, page())
            except (OSError, RedisError) as error:
                self.answer(503, f"redis: {error}\n")
        else:
            self.answer(404, "no such page\n")

    def answer(self, status, text):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *args):
        if self.path != "/health":
            super().log_message(format, *args)


def main():
    # As pid 1 a process gets no signal that it has not asked for.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = ThreadingHTTPServer(("", 8000), Shop)
    server.daemon_threads = True
    print("the shop is open", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
