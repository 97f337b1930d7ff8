"""A disk that is full: what people send is refused in words and nothing of it is half there; the server goes on, and takes answers again as soon
as there is room, without repair.   test_full.py PROGRAM

Disks as in disk.py: without root what needs a tmpfs is left out. On PostgreSQL when THUOCDO_TEST_PG is set. What officers save and upload on a
full disk is in test_round.py.
"""
import csv
import http.client
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "tools")]
import disk
import tap

ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
PG = os.environ.get("THUOCDO_TEST_PG")
ENV = dict(os.environ, THUOCDO_METHOD=os.path.join(ROOT, "method"), LC_ALL="C")
FORM = "/khao-sat/day"
WHOLE = {"A1": "1", "A2": "2", "B1": "4", "B2": "5", "B3": "4", "B4": "4", "B5": "4", "B6": "5", "C1": "cho", "C2": "x" * 400}
SURVEY = ("code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,illustrative\n"
          "day,mot-cua-minh-hoa,Đầy,Full,2026,self_selected,open,open,2026-01-05,,yes\n")


class Full(unittest.TestCase):
    def place(self):
        """The address of a store on a disk of its own."""
        try:
            self.disk = disk.Tmpfs(self.dir)
        except OSError as e:
            self.skipTest(str(e))
        return os.path.join(self.dir, "a.db")

    def setUp(self):
        self.dir = tempfile.mkdtemp(prefix="tdfull")
        self.server = self.disk = None
        self.addCleanup(shutil.rmtree, self.dir, ignore_errors=True)
        self.db = self.place()
        self.addCleanup(self.disk.end)
        self.addCleanup(self.end)
        self.run_ok("init", "--bare", "--db", self.db)
        self.run_ok("import", "questionnaire", os.path.join(ROOT, "method/questionnaires/mot-cua-minh-hoa.csv"), "--db", self.db)
        with tempfile.NamedTemporaryFile("w", suffix=".csv", encoding="utf-8") as f:
            f.write(SURVEY)
            f.flush()
            self.run_ok("import", "surveys", f.name, "--db", self.db)

    def end(self):
        if self.server:
            self.server.send_signal(signal.SIGTERM)
            self.server.communicate(timeout=60)

    def is_whole(self):
        d = sqlite3.connect(self.db)
        good = d.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        d.close()
        return good

    def run_ok(self, *args):
        p = subprocess.run([PROGRAM, *args], env=ENV, capture_output=True, text=True, timeout=120)
        self.assertEqual(p.returncode, 0, p.stderr)

    def start(self):
        self.server = subprocess.Popen([PROGRAM, "serve", "--db", self.db, "--listen", "127.0.0.1:0", "--rate", "0"], env=ENV, stdout=subprocess.PIPE,
                                       stderr=subprocess.DEVNULL, text=True)
        self.port = int(re.search(r":(\d+)/", self.server.stdout.readline())[1])

    def ask(self, path, body=None, connection=None, lang=""):
        c = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        c.request("POST" if body else "GET", lang + path, body, {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"} if body else
                  {"Accept": "text/html"})
        r = c.getresponse()
        r.body = r.read().decode()
        return r

    def send(self, n, connection=None, lang=""):
        fields = [("khoa", f"{n:022d}"), ("buoc", 4), *WHOLE.items(), *[("_co", k) for k in ("B6", "C1", "C2")]]
        return self.ask(FORM, urllib.parse.urlencode(fields), connection, lang)

    def count(self):
        rows = csv.DictReader(self.ask("/khao-sat.csv").body.lstrip("\ufeff").splitlines())
        return next(int(row["answers"]) for row in rows if row["code"] == "day")

    def flood(self, first, most):
        """Eight clients until each is refused: (keys that were thanked for, other answers)."""
        thanked, other, lock = set(), [], threading.Lock()

        def client(k):
            c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            for i in range(most):
                n = first + k * most + i
                r = self.send(n, c)
                with lock:
                    if r.status == 303:
                        thanked.add(n)
                        continue
                    other.append(r)
                return

        threads = [threading.Thread(target=client, args=(k,)) for k in range(8)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        return thanked, other

    def test_full(self):
        self.start()
        self.assertEqual(self.send(1).status, 303)
        self.disk.fill()
        thanked, refused = self.flood(1000, 5000)
        self.assertEqual(len(refused), 8, f"{len(thanked)} taken, the disk is not full")
        for r in refused:
            self.assertEqual(r.status, 507, r.body[:300])
            self.assertIn("ổ đĩa đã đầy; chưa ghi gì", r.body)
            self.assertEqual(r.getheader("Retry-After"), "60")
        self.assertIn("the disk is full; nothing was written", self.send(2, lang="/en").body)
        # It goes on: pages are read, what was thanked for is there, nothing else is.
        self.assertEqual(self.ask(FORM).status, 200)
        self.assertEqual(self.ask("/livez").status, 200)
        stored = 1 + len(thanked)
        self.assertEqual(self.count(), stored)
        # Room again, and the same forms are taken, those that were thanked for are not taken twice. No restart, no repair.
        self.disk.make_room()
        again, refused = self.flood(900000, 20)
        self.assertEqual((len(again), refused), (160, []))
        for n in list(thanked)[:20] + [2]:
            self.assertEqual(self.send(n).status, 303)
        self.assertEqual(self.count(), stored + 160 + 1)
        # After a restart, and by the eyes of the database.
        self.server.send_signal(signal.SIGTERM)
        self.server.communicate(timeout=60)
        self.start()
        self.assertEqual(self.count(), stored + 161)
        self.assertTrue(self.is_whole())

    def test_killed_while_full(self):
        self.start()
        self.disk.fill()
        thanked, _ = self.flood(1000, 5000)
        self.server.send_signal(signal.SIGKILL)
        self.server.communicate(timeout=60)
        self.disk.make_room()
        self.start()
        self.assertEqual(self.count(), len(thanked))
        self.assertEqual(self.send(1).status, 303)


if PG:
    class FullOnPostgres(Full):
        def place(self):
            name = f"full{os.getpid()}_{self._testMethodName}"
            subprocess.run(["psql", "-X", "-q", PG, "-c", f"CREATE SCHEMA {name}"], check=True)
            self.disk = disk.Schema(PG, name)
            return f"{PG}{'&' if '?' in PG else '?'}options=-csearch_path%3D{name}"

        def is_whole(self):
            return True


if __name__ == "__main__":
    tap.main()
