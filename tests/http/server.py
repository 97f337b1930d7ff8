"""What the tests of the whole program over HTTP share: the program and its environment, places for stores on both databases, the server."""
import http.client
import itertools
import os
import re
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tools"))
import tap

ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
PG = os.environ.get("THUOCDO_TEST_PG")
ENV = dict(os.environ, THUOCDO_METHOD=os.path.join(ROOT, "method"), LC_ALL="C")
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)")
FORM = "application/x-www-form-urlencoded"
numbers = itertools.count(1)


def place(folder, database="sqlite"):
    """The address of a store where nothing is yet."""
    n = next(numbers)
    if database == "sqlite":
        return os.path.join(folder, f"{n}.db")
    name = f"http{os.getpid()}_{n}"
    subprocess.run(["psql", "-X", "-q", PG, "-c", f"CREATE SCHEMA {name}"], check=True)
    return f"{PG}{'&' if '?' in PG else '?'}options=-csearch_path%3D{name}"


def schema(url):
    """Of a place on PostgreSQL."""
    return url.rsplit("%3D", 1)[1]


def run(*args):
    p = subprocess.run([PROGRAM, *args, "--lang", "en"], env=ENV, capture_output=True, text=True)
    return p.returncode, p.stdout, p.stderr


def done(*args):
    """What a command that has to succeed says."""
    code, out, errors = run(*args)
    assert code == 0, errors
    return out


class Server:
    """`thuocdo serve` on a store, without limits of rate unless told. Its errors go into a file: a pipe that nobody reads fills."""

    def __init__(self, db, *options, listen="127.0.0.1:0", rate=("--rate", "0")):
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([PROGRAM, "serve", "--db", db, "--listen", listen, *rate, *options], env=ENV, stdout=subprocess.PIPE, stderr=self.log,
                                        encoding="utf-8")
        found = None
        while not found:
            line = self.process.stdout.readline()
            assert line, "no address: " + self.errors()
            found = ADDRESS.search(line)
        self.port = int(found[1])

    def errors(self):
        return os.pread(self.log.fileno(), 1 << 24, 0).decode("utf-8", "replace")

    def kill(self):
        self.process.kill()
        self.process.communicate(timeout=60)

    def stop(self):
        """Ends it; the code, and no report of a sanitizer."""
        self.process.send_signal(signal.SIGTERM)
        self.process.communicate(timeout=90)
        errors = self.errors()
        assert "Sanitizer" not in errors and "runtime error" not in errors, errors
        return self.process.returncode

    def ask(self, path, method="GET", body=None, connection=None, **headers):
        c = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        c.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        r = c.getresponse()
        r.body = r.read()
        if not connection:
            c.close()
        return r
