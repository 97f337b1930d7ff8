#!/usr/bin/python3
"""A small HTTP server for tests of gateways.   http_stub.py FOLDER

Prints "port N". Each request goes to FOLDER/N.json. The path says what happens: /200 and so on: that status; /slow: after three seconds; /long: an
answer of two MiB; /leads: a redirect; /none: closes without an answer. `?answer=TEXT` is the body.
"""
import http.server
import json
import os
import sys
import time
import urllib.parse

folder = sys.argv[1]
count = 0


class Handler(http.server.BaseHTTPRequestHandler):
    def answer(self):
        global count
        count += 1
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        parts = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(parts.query))
        name = os.path.join(folder, f"{count}.json")
        with open(name + ".part", "w", encoding="utf-8") as f:
            json.dump({"method": self.command, "path": parts.path, "query": query, "headers": {k.lower(): v for k, v in self.headers.items()}, "body": body}, f,
                      ensure_ascii=False)
        os.rename(name + ".part", name)
        word = parts.path.strip("/")
        if word == "none":
            self.close_connection = True
            return
        if word == "slow":
            time.sleep(3)
        text = b"x" * (2 << 20) if word == "long" else query.get("answer", "").encode()
        self.send_response(int(word) if word.isdigit() else 302 if word == "leads" else 200)
        if word == "leads":
            self.send_header("Location", "/200")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        try:
            self.wfile.write(text)
        except OSError:
            pass

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print("port", server.server_port, flush=True)
try:
    server.serve_forever()
except KeyboardInterrupt:
    pass
