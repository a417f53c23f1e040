"""A service that behaves as it is told.

    service.py NAME [PORT]

Tells when it started, in seconds since the machine did, by a line in /shared/starts. Answers 200 at its port; 503 while there
is a file /shared/NAME.sick. While there is a file /shared/NAME.deaf it does not listen at all. It speaks TLS while there is a
file /shared/NAME.pem, with its key and certificate.
"""

import http.server
import os
import ssl
import sys
import time

name = sys.argv[1]
address = ("", int(sys.argv[2]) if len(sys.argv) > 2 else 0)


def told(word):
    return os.path.exists(f"/shared/{name}.{word}")


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(503 if told("sick") else 200)
        self.end_headers()

    def log_message(self, *_):
        pass


with open("/shared/starts", "a", encoding="utf-8") as starts:
    starts.write(f"{name} {time.monotonic()}\n")
while True:
    while told("deaf"):
        time.sleep(0.05)
    with http.server.HTTPServer(address, Answer) as server:
        server.timeout = 0.05
        secure = told("pem")
        if secure:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(f"/shared/{name}.pem")
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        while not told("deaf") and told("pem") == secure:
            server.handle_request()
