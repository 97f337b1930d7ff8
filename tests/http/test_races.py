"""The application under the thread sanitizer: reads, writes, kept pages, jobs, reload and stop at the same time.   test_races.py PROGRAM

PROGRAM is `thuocdo` of the build tsan. One training store, one server; everything goes on side by side for some seconds, and then the server is
stopped in the middle of it. A report of the sanitizer, an answer that should not be, or an end that is not clean fails. On SQLite always, on
PostgreSQL when THUOCDO_TEST_PG is set. THUOCDO_RACES_S: seconds of each part (default 8).
"""
import collections
import http.client
import json
import os
import re
import shutil
import signal
import tempfile
import threading
import time
import unittest
import urllib.parse

from server import ENV, FORM, PG, Server, place, tap

SECONDS = float(os.environ.get("THUOCDO_RACES_S", "8"))
ENV["TSAN_OPTIONS"] = "halt_on_error=0 exitcode=66 report_thread_leaks=0"
PAGES = ["/", "/chi-so/papi/2019", "/en/chi-so/papi/2019?trang=1", "/don-vi/38.thanh-hoa", "/so-sanh?a=38.thanh-hoa&b=66.dak-lak", "/ket-qua/cap-tinh-2024",
         "/ket-qua/cap-tinh-2024/tm.tinh-mau", "/bo-tieu-chi/par-index-minh-hoa", "/tim?q=hoa", "/khao-sat", "/khao-sat/sipas-ho-2025/ket-qua", "/huong-dan",
         "/chi-so/papi/2019.json", "/ket-qua.csv", "/openapi.json", "/healthz", "/metrics", "/khong-co"]
SURVEY = "/khao-sat/mot-cua-2026"
ANSWERS = {"A1": "1", "A2": "2", "B1": "4", "B2": "5", "B3": "4", "B4": "4", "B5": "4", "B6": "5", "C1": "cho"}


class Races:
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="tdraces")
        ENV["THUOCDO_KEY"] = self.folder + "/a.key"
        self.server = Server(place(self.folder, self.database), "--sandbox", "--access-log", self.folder + "/access.log")
        self.port = self.server.port
        self.done = threading.Event()
        self.seen = collections.Counter()
        self.wrong = []

    def tearDown(self):
        if self.server.process.poll() is None:
            self.server.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    # --- what goes on ---

    def ask(self, path, body=None, connection=None, **headers):
        if body is not None:
            headers["Content-Type"] = FORM
            body = urllib.parse.urlencode(body)
        return self.server.ask(path, "GET" if body is None else "POST", body, connection, **headers)

    def reader(self, n):
        """Pages on a kept connection; half of the readers have a cookie, so that their pages are made anew."""
        connection, i = None, n
        while not self.done.is_set():
            try:
                connection = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
                path = PAGES[i % len(PAGES)]
                r = self.ask(path, connection=connection, **({"Cookie": "td_nen=toi"} if n % 2 else {}), **{"Accept-Encoding": "gzip"} if n % 3 else {})
                self.tell(r, path, (200, 404, 503))
                i += 1
                if i % 25 == 0:
                    raise OSError  # a fresh connection now and then
            except (OSError, http.client.HTTPException):
                connection = None

    def writer(self, n):
        """Answers of a survey: the queue with one commit for many."""
        i = 0
        while not self.done.is_set():
            i += 1
            fields = [("khoa", f"{n:04d}{i:018d}"), ("buoc", 4), *ANSWERS.items(), ("_co", "B6"), ("_co", "C1"), ("_co", "C2")]
            try:
                self.tell(self.ask(SURVEY, fields), SURVEY, (303, 404, 409, 422, 503))  # 404, 409, 422: the store is being set back
            except (OSError, http.client.HTTPException):
                pass

    def form(self, path, **fields):
        """The form token of somebody new, then the form."""
        page = self.ask("/")
        cookie = page.headers["Set-Cookie"].split(";")[0]
        token = re.search(rb'name="_csrf" value="([^"]+)"', page.body)[1].decode()
        return self.ask(path, dict(fields, _csrf=token), Cookie=cookie)

    def guesser(self, _):
        """Wrong passwords: hashing in a worker, delays, the audit log."""
        while not self.done.is_set():
            try:
                self.tell(self.form("/dang-nhap", login="quantri", password="sai mat khau"), "/dang-nhap", (422, 429, 503))
            except (OSError, http.client.HTTPException, TypeError):
                pass
            time.sleep(0.3)

    def jobs(self, _):
        """The training store is set back: once called off in the middle, once to its end, followed all the time."""
        turn = 0
        while not self.done.is_set():
            turn += 1
            try:
                r = self.form("/tap-huan/dat-lai")
                self.tell(r, "/tap-huan/dat-lai", (303, 503))
                if r.status != 303:
                    continue
                path = r.headers["Location"]
                for step in range(400):
                    job = json.loads(self.ask(path + ".json").body)
                    if "data" not in job or job["data"]["ended"] or self.done.is_set():
                        break
                    if turn % 2 and step == 3:
                        self.form(path + "/huy")
                    time.sleep(0.05)
            except (OSError, http.client.HTTPException, TypeError, ValueError):
                pass

    def reloader(self, _):
        while not self.done.is_set():
            self.server.process.send_signal(signal.SIGHUP)
            time.sleep(0.2)

    def tell(self, r, path, good):
        self.seen[r.status] += 1
        if r.status not in good:
            self.wrong.append((path, r.status, r.body[:300]))

    def beside(self, *kinds, seconds=SECONDS):
        self.done.clear()
        threads = [threading.Thread(target=kind, args=(n,)) for kind, many in kinds for n in range(many)]
        for t in threads:
            t.start()
        time.sleep(seconds)
        return threads

    def join(self, threads):
        self.done.set()
        for t in threads:
            t.join()

    # --- the tests ---

    def close(self):
        """Stopped while all goes on: clean, and nothing was reported."""
        code = self.server.process.wait(90)
        errors = self.server.errors()
        at = errors.find("WARNING: ThreadSanitizer")
        self.assertEqual(at, -1, errors[at:at + 6000])
        self.assertEqual(code, 0, errors[-3000:])
        self.assertEqual(self.wrong[:5], [])

    def test_everything_at_once(self):
        threads = self.beside((self.reader, 6), (self.writer, 4), (self.guesser, 1), (self.reloader, 1))
        self.join(threads)
        self.assertGreater(self.seen[200], 10, self.seen)
        self.assertGreater(self.seen[303], 3, self.seen)
        threads = self.beside((self.reader, 4), (self.writer, 2), (self.jobs, 1), (self.reloader, 1))
        self.server.process.send_signal(signal.SIGTERM)  # in the middle of it, a job too
        time.sleep(0.5)
        self.join(threads)
        self.close()


class OnSqlite(Races, unittest.TestCase):
    database = "sqlite"


if PG:

    class OnPostgresql(Races, unittest.TestCase):
        database = "postgresql"


if __name__ == "__main__":
    tap.main()
