#!/usr/bin/env python3
"""How many pages a second: the league table PAPI 2019 of a real store, 64 connections, beside a CPU-bound slow request.

    bench/bench_web.py PROGRAM [SECONDS]          (needs wrk, cc, libmicrohttpd-dev; tests/pg.py bench/bench_web.py … for PostgreSQL too)

Printed for each database and format: requests/s, median and 99th percentile, resident memory idle and under load; beside it the peer, plain
libmicrohttpd that sends the same gzip bytes from memory, in the same run on the same machine, and the ratio. The budget (design.md 8): at
least 20,000 requests/s and p99 below 8 ms; start to first page below 1 s; resident below 64 MiB idle and 256 MiB under load.

No page of the application has the slow lane yet, so what runs beside it is the dearest page there is, asked by one client without pause: the
round of all communes, scored anew each time. Without it: THUOCDO_ALONE=1.
"""
import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ENV = dict(os.environ, THUOCDO_METHOD=os.path.join(os.path.dirname(HERE), "method"))
PAGE = "/chi-so/papi/2019"
SLOW = "/ket-qua/cap-xa-2025"
ALONE = bool(os.environ.get("THUOCDO_ALONE"))


def resident(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as f:
        return int(re.search(r"VmRSS:\s+(\d+)", f.read())[1]) / 1024


def cpu(pid):
    with open(f"/proc/{pid}/stat", encoding="utf-8") as f:
        words = f.read().rsplit(")", 1)[1].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


def get(port, path, **headers):
    c = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    c.request("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    r = c.getresponse()
    body = r.read()
    c.close()
    return r, body


def milliseconds(text):
    n, unit = re.fullmatch(r"([\d.]+)(us|ms|s|m)", text).groups()
    return float(n) * {"us": 0.001, "ms": 1, "s": 1000, "m": 60000}[unit]


class Load:
    def __init__(self, port, path, seconds):
        out = subprocess.run(["wrk", "-t", "1", "-c", "64", "-d", f"{seconds}s", "--latency", "--timeout", "20s", "-H", "Accept-Encoding: gzip",
                              f"http://127.0.0.1:{port}{path}"], capture_output=True, text=True, check=True).stdout
        self.rate = float(re.search(r"Requests/sec:\s+([\d.]+)", out)[1])
        self.requests = int(re.search(r"(\d+) requests in", out)[1])
        self.p50 = milliseconds(re.search(r"50%\s+(\S+)", out)[1])
        self.p99 = milliseconds(re.search(r"99%\s+(\S+)", out)[1])
        bad = re.search(r"Non-2xx or 3xx responses: (\d+)", out)
        self.bad = int(bad[1]) if bad else 0
        self.errors = (re.search(r"Socket errors: (.*)", out) or [None, ""])[1]


class Beside:
    """One client that asks for a dear page without pause."""

    def __init__(self, port):
        self.stop, self.n, self.port = threading.Event(), 0, port
        self.thread = threading.Thread(target=self.go)

    def go(self):
        while not self.stop.is_set():
            try:
                get(self.port, SLOW)
                self.n += 1
            except OSError:
                time.sleep(0.1)

    def __enter__(self):
        if not ALONE:
            self.thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        if not ALONE:
            self.thread.join()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def peer(folder, body, seconds):
    program, data, port = os.path.join(folder, "peer"), os.path.join(folder, "page.gz"), free_port()
    with open(data, "wb") as f:
        f.write(body)
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "libmicrohttpd"], capture_output=True, text=True, check=True).stdout.split()
    subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", program, os.path.join(HERE, "peer_hello.c"), *flags], check=True)
    p = subprocess.Popen([program, str(port), "1", data], stdin=subprocess.PIPE)
    time.sleep(0.3)
    try:
        return Load(port, "/", seconds)
    finally:
        p.stdin.close()
        p.wait(10)


def serve(program, db, folder, seconds, name):
    subprocess.run([program, "init", "--demo", "--db", db], env=ENV, check=True, stdout=subprocess.DEVNULL)
    begin = time.monotonic()
    p = subprocess.Popen([program, "serve", "--db", db, "--listen", "127.0.0.1:0", "--rate", "0"], env=ENV, stdout=subprocess.PIPE, text=True)
    try:
        port = int(re.search(r":(\d+)/", p.stdout.readline())[1])
        get(port, "/")
        print(f"{name}: start to first page {1000 * (time.monotonic() - begin):.0f} ms, resident idle {resident(p.pid):.1f} MiB")
        r, body = get(port, PAGE, Accept_Encoding="gzip")
        print(f"{name}: {PAGE} weighs {len(body) / 1024:.1f} KiB packed")
        other = peer(folder, body, min(seconds, 4))
        print(f"{'peer, libmicrohttpd':<28} {other.rate:>9.0f} req/s   p50 {other.p50:7.2f} ms   p99 {other.p99:7.2f} ms")
        for path in (PAGE, PAGE + ".json", "/healthz"):
            before = cpu(p.pid)
            with Beside(port) as slow:
                load = Load(port, path, seconds)
            used = (cpu(p.pid) - before) / max(load.requests, 1) * 1e6
            print(f"{name + ' ' + path:<28} {load.rate:>9.0f} req/s   p50 {load.p50:7.2f} ms   p99 {load.p99:7.2f} ms   {load.rate / other.rate:6.3f} of the peer"
                  f"   CPU {used:.0f} us/request   resident {resident(p.pid):.1f} MiB   slow pages beside {slow.n}"
                  + (f"   NOT OK {load.bad} {load.errors}" if load.bad or load.errors else ""))
    finally:
        p.send_signal(signal.SIGTERM)
        p.wait(40)


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    program, seconds = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10
    print(f"{os.cpu_count()} processors, load of the machine before: {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="tdbench") as folder:
        serve(program, os.path.join(folder, "b.db"), folder, seconds, "sqlite")
        pg = os.environ.get("THUOCDO_TEST_PG")
        if pg:
            schema = f"bench{os.getpid()}"
            subprocess.run(["psql", "-X", "-q", pg, "-c", f"CREATE SCHEMA {schema}"], check=True)
            serve(program, f"{pg}{'&' if '?' in pg else '?'}options=-csearch_path%3D{schema}", folder, seconds, "postgresql")


main()
