"""A service of the test: server.py NAME ADDRESS PORT LOG. It answers with what it was asked, and writes that down."""

import json
import sys
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

NAME, ADDRESS, PORT, LOG = sys.argv[1:]


class Service(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b"", headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def handle_any(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path == "/health":
            return self.answer(200)
        asked = {"name": NAME, "address": ADDRESS, "method": self.command, "path": self.path, "headers": dict(self.headers)}
        with open(LOG, "a", encoding="utf-8") as log:
            log.write(json.dumps(asked) + "\n")
        if NAME == "gate" and self.path.startswith("/api/verify"):
            return self.verify()
        if self.path == "/drop":
            self.close_connection = True
            self.connection.close()
            return None
        return self.answer(500 if self.path == "/fail" else 200, json.dumps(asked).encode())

    def verify(self):
        """Asked by the proxy: whoever has the cookie is ana."""
        if "session=ana" in self.headers.get("Cookie", ""):
            return self.answer(200, headers=[("Remote-User", "ana"), ("Remote-Groups", "staff")])
        if self.path == "/api/verify/nginx":
            # nginx knows no other refusal.
            return self.answer(401)
        wanted = f"https://{self.headers.get('X-Forwarded-Host')}{self.headers.get('X-Forwarded-Uri')}"
        login = "https://gate.example.org/login?redirect_uri=" + urllib.parse.quote(wanted, safe="")
        return self.answer(302, headers=[("Location", login)])

    do_GET = do_HEAD = do_POST = do_PUT = handle_any

    def log_message(self, *_):
        pass


ThreadingHTTPServer((ADDRESS, int(PORT)), Service).serve_forever()
