"""Takes Alertmanager's requests at the address it is given, and writes a line for each into a file."""

import http.server
import json
import sys


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        with open(sys.argv[2], "a") as file:
            for alert in message["alerts"]:
                line = {"to": self.path, "status": alert["status"], "labels": alert["labels"], "annotations": alert["annotations"]}
                file.write(json.dumps(line) + "\n")
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer((sys.argv[1], 9999), Receiver).serve_forever()
