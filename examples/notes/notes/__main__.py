"""GET / lists the notes, POST / adds one, GET /healthz says that all is well."""

import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from notes import Notes

NOTES = Notes()
LONGEST = 10_000


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/healthz":
            self._answer(200, "ok\n")
        elif self.path == "/":
            greeting = os.environ.get("GREETING", "Notes")
            self._answer(200, "\n".join([greeting, *NOTES.all()]) + "\n")
        else:
            self._answer(404, "there is nothing here\n")

    def do_POST(self):
        length = min(int(self.headers.get("Content-Length", 0)), LONGEST)
        try:
            NOTES.add(self.rfile.read(length).decode("utf-8"))
            self._answer(201, "noted\n")
        except (ValueError, UnicodeDecodeError) as problem:
            self._answer(400, f"{problem}\n")

    def _answer(self, status, text):
        body = text.encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serve():
    ThreadingHTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()


if __name__ == "__main__":
    serve()
