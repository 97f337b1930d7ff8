"""Kill -9 of the server in the yearly work: while officers' rows save themselves, while evidence is uploaded, while a round is published;
and a full disk under all that. What was acknowledged is there afterwards, and nothing is half done.   test_round.py PROGRAM [sqlite|postgresql]

THUOCDO_KILLS, THUOCDO_SEED as in test_kill.py. On SQLite always, on PostgreSQL when THUOCDO_TEST_PG is set.
"""
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..", "http")]
import disk
import test_kill as kill  # takes the program and the database from the command line
from test_people import GOOD, Browser, tap, urllib

ROOT = kill.ROOT
ROUND = "thu-2025"
UNITS = {f"TM-SO-{n:02}": None for n in range(1, 13)}  # code -> short name in addresses
OFFICERS = ["TM-SO-03", "TM-SO-05", "TM-SO-06", "TM-SO-07"]
FILE_BYTES = 700000  # three chunks


def day(days):
    return time.strftime("%d/%m/%Y", time.gmtime(time.time() + 7 * 3600 + days * 86400))


class Server:
    """The program on a store, killed and started again."""

    def __init__(self, url):
        self.url, self.process, self.port = url, None, 0

    def start(self):
        self.process = subprocess.Popen([kill.PROGRAM, "serve", "--db", self.url, "--listen", "127.0.0.1:0", "--rate", "0"], env=kill.ENV,
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8")
        while True:
            line = self.process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
            if found:
                self.port = int(found[1])
                return
            assert line, "the server ended"

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(40) == 0


class Round:
    """The tests; a class a database below."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tdround")
        cls.store = cls.make(cls.folder)
        try:
            cls.disk = disk.Tmpfs(cls.folder) if cls.store.name == "sqlite" else None
        except OSError:
            cls.disk = None  # without root
        cls.random = kill.random.Random(f"{kill.SEED} round {cls.store.name}")
        kill.ENV["THUOCDO_KEY"] = cls.folder + "/a.key"
        cls.url = cls.store.place()
        if cls.store.name == "postgresql":
            cls.disk = disk.Schema(kill.PG, cls.store.schema(cls.url))
        cls.cli("init")
        cls.cli("import", "units", os.path.join(ROOT, "method/demo/units.csv"))
        cls.cli("import", "edition", os.path.join(ROOT, "tests/data/round/edition.csv"), "--code", "bo-thu")
        first = {}
        for login, role, unit, scope in [("dieuphoi", "coordinator", "TM-SO-02", "*"), ("thamdinh", "appraiser", "TM-SO-02", "*")] + \
                [(u.lower(), "unit_officer", u, f"sample-department/{u}") for u in OFFICERS]:
            out = cls.cli("user", "add", login, "--name", f"Người {login}", "--unit", f"sample-department/{unit}", "--role", role, "--scope", scope)
            first[login] = re.search(r"([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4})", out)[1]
        cls.server = Server(cls.url)
        cls.server.start()
        cls.who = {}
        for login, password in first.items():
            b = cls.who[login] = Browser(cls.server.port)
            assert b.sign_in(login, password).status == 303
            assert b.post("/toi/mat-khau", old=password, password=GOOD, again=GOOD).status == 303
        b = cls.who["dieuphoi"]
        r = b.post("/tu-cham/tao", ma=ROUND, ten="Đợt thử", bo="bo-thu", cap="sample-department", loai="down", ky="2025", at="/toi",
                   **{"mo": day(-1), "tu-cham": day(10), "tham-dinh": day(20), "giai-trinh": day(30), "ket-thuc": day(40)})
        assert r.status == 303, r.text[:2000]
        cls.step("open")
        for row in cls.data(b, f"/tu-cham/{ROUND}")["rows"]:
            UNITS[row["unit_code"]] = row["unit_slug"]

    @classmethod
    def tearDownClass(cls):
        cls.server.stop()
        if cls.disk:
            cls.disk.end()
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def cli(cls, *words):
        return kill.run(*words, "--db", cls.url).stdout

    @classmethod
    def data(cls, b, path):
        return json.loads(b.ask(path + ".json").text)["data"]

    @classmethod
    def step(cls, verb, **more):
        r = cls.who["dieuphoi"].post(f"/tu-cham/{ROUND}/buoc", at="/toi", buoc=verb, **more)
        assert r.status == 303, (verb, r.status, re.findall(r"<h1>.*?</h1>", r.text))

    def again(self):
        """After a kill: the server on the same store, and the store in order."""
        kill.wait_free(self.store, self.url)
        self.assertTrue(self.store.integrity(self.url))
        self.server.start()
        for b in self.who.values():
            b.port = self.server.port
        p = kill.run("audit", "verify", "--db", self.url, check=False)
        self.assertEqual(p.returncode, 0, p.stdout + p.stderr)

    def while_killed(self, works, least=0.1, most=0.8):
        """Runs the works side by side, each until the server is gone, and kills it."""
        def until_gone(work):
            try:
                while True:
                    work()
            except (OSError, http.client.HTTPException):  # gone, perhaps in the middle of an answer
                pass
            except Exception as e:
                failed.append(repr(e))
        failed = []
        threads = [threading.Thread(target=until_gone, args=(w,)) for w in works]
        for t in threads:
            t.start()
        time.sleep(self.random.uniform(least, most))
        self.server.kill()
        for t in threads:
            t.join()
        self.again()
        self.assertEqual(failed, [])

    # --- autosave ---

    def cell(self, unit):
        rows = self.data(self.who[unit.lower()], f"/tu-cham/{ROUND}/{UNITS[unit]}")["rows"]
        return next(c for r in rows for c in r["cells"] if c["measure"] == "new_enterprises" and c["part"] == "now")

    def past(self, path):
        """The whole history, page by page."""
        events, at = [], path + ".json?moi-trang=1000"
        while at:
            answer = json.loads(self.who["dieuphoi"].ask(at).text)
            events += answer["data"]["events"]
            at = answer.get("page", {}).get("next")
        return events

    def test_1_autosave(self):
        """Each save writes the number of its revision: what is stored says by itself which request it was."""
        for n in range(kill.KILLS):
            acked = {u: self.cell(u)["revision"] for u in OFFICERS}
            begun = dict(acked)

            def saver(unit):
                b = self.who[unit.lower()]
                token = b.token("/toi")
                path = f"/tu-cham/{ROUND}/{UNITS[unit]}"

                def one():
                    base = acked[unit]
                    r = b.ask(path, "POST", {"_csrf": token, "o": f"new_enterprises|now|0|{base}|{base or ''}|", "a": str(base + 1), "b": ""},
                              Accept="application/json")
                    if r.status != 200:
                        raise AssertionError(f"{unit} {r.status}: {r.text[:300]}")
                    acked[unit] = base + 1
                return one
            self.while_killed([saver(u) for u in OFFICERS])
            self.assertGreater(sum(acked.values()), sum(begun.values()), "nothing was saved before the kill")
            for unit in OFFICERS:
                c = self.cell(unit)
                self.assertIn(c["revision"], (acked[unit], acked[unit] + 1), unit)
                self.assertEqual(int(c["value"] or 0), c["revision"], unit)
                past = self.past(f"/tu-cham/{ROUND}/{UNITS[unit]}/lich-su")
                figures = [x for x in past if x["label"] == "Doanh nghiệp thành lập mới"]
                self.assertEqual(len(figures), c["revision"], unit)

    # --- upload ---

    def pdf(self, title):
        return b"%PDF-1.4\n" + self.bytes_of(title) + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"

    def try_upload(self, b, unit, title, content):
        line, token = "xx1xx", b.token("/toi")
        parts = [("_csrf", token), ("tc", "1.1"), ("ten", title)]
        body = "".join(f'--{line}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in parts).encode()
        body += f'--{line}\r\nContent-Disposition: form-data; name="tep"; filename="{title}.pdf"\r\nContent-Type: application/pdf\r\n\r\n'.encode()
        return b.ask(f"/tu-cham/{ROUND}/{UNITS[unit]}/minh-chung", "POST", body + content + f"\r\n--{line}--\r\n".encode(),
                     Content_Type=f"multipart/form-data; boundary={line}")

    def upload(self, b, unit, title, content):
        r = self.try_upload(b, unit, title, content)
        if r.status != 303:
            raise AssertionError(f"{unit} {title} {r.status}: {r.text[:300]}")

    def test_2_upload(self):
        sent = {}  # title -> (unit, sha256)
        for n in range(kill.KILLS):
            acked, number = set(), {u: 0 for u in OFFICERS}

            def sender(unit):
                def one():
                    number[unit] += 1
                    title = f"Bao cao {n} {unit} {number[unit]}"
                    content = self.pdf(title)
                    sent[title] = (unit, hashlib.sha256(content).hexdigest())
                    self.upload(self.who[unit.lower()], unit, title, content)
                    acked.add(title)
                return one
            self.while_killed([sender(u) for u in OFFICERS], 0.3, 1.5)
            self.assertGreater(len(acked), 0, "nothing was uploaded before the kill")
            found = {}
            for unit in OFFICERS:
                b = self.who[unit.lower()]
                for x in self.proofs(b, unit):
                    found[x["title"]] = x["file"]
            self.assertEqual(acked - set(found), set())
            for title, file in found.items():
                unit, digest = sent[title]
                r = self.who[unit.lower()].ask(f"/tep/{file}")
                self.assertEqual((r.status, hashlib.sha256(r.raw).hexdigest()), (200, digest), title)

    def proofs(self, b, unit):
        return json.loads(b.ask(f"/tu-cham/{ROUND}/{UNITS[unit]}/minh-chung.json?tc=1.1").text)["data"]["proofs"]

    def bytes_of(self, title):
        out, block = b"", title.encode()
        while len(out) < FILE_BYTES:
            block = hashlib.sha512(block).digest()
            out += block.hex().encode() * 64
        return out[:FILE_BYTES]

    # --- a full disk ---

    def save(self, unit, base, lang=""):
        b = self.who[unit.lower()]
        return b.ask(f"{lang}/tu-cham/{ROUND}/{UNITS[unit]}", "POST",
                     {"_csrf": b.token("/toi"), "o": f"new_enterprises|now|0|{base}|{base or ''}|", "a": str(base + 1), "b": ""}, Accept="application/json")

    def test_2b_full(self):
        """Rows that save themselves and evidence: refused in words, nothing half there; taken again as soon as there is room, by the same server."""
        if not self.disk:
            self.skipTest("needs root and a tmpfs")
        unit = OFFICERS[0]
        b, base = self.who[unit.lower()], self.cell(unit)["revision"]
        there = {x["title"] for x in self.proofs(b, unit)}
        self.addCleanup(self.disk.make_room)
        self.disk.fill()
        for n in range(500):  # what the file of the log holds already is room still
            title = f"Bao cao khi day {n}"
            r = self.try_upload(b, unit, title, self.pdf(title))
            if r.status != 303:
                break
            there.add(title)
        self.assertEqual(r.status, 507, r.text[:300])
        self.assertIn("ổ đĩa đã đầy; chưa ghi gì", r.text)
        for _ in range(5000):
            r = self.save(unit, base)
            if r.status != 200:
                break
            base += 1
        self.assertEqual(r.status, 507, r.text[:300])
        self.assertIn("ổ đĩa đã đầy; chưa ghi gì", r.text)
        self.assertIn("the disk is full; nothing was written", self.save(unit, base, "/en").text)
        # Pages are read, and show what was taken and nothing else.
        self.assertEqual((self.cell(unit)["revision"], int(self.cell(unit)["value"] or 0)), (base, base))
        self.assertEqual({x["title"] for x in self.proofs(b, unit)}, there)
        self.disk.make_room()
        self.assertEqual(self.save(unit, base).status, 200)
        self.upload(b, unit, title, self.pdf(title))
        self.assertEqual(self.cell(unit)["revision"], base + 1)
        self.assertEqual({x["title"] for x in self.proofs(b, unit)}, there | {title})
        self.assertTrue(self.store.integrity(self.url))
        p = kill.run("audit", "verify", "--db", self.url, check=False)
        self.assertEqual(p.returncode, 0, p.stdout + p.stderr)

    # --- publication ---

    def to_the_end(self):
        self.step("close")
        self.step("appraise1")
        b = self.who["thamdinh"]
        for unit, slug in UNITS.items():
            form = [("_csrf", b.token("/toi"))]
            for k, code in enumerate(("1.1", "1.2", "1.3", "2.1")):
                form += [("o", f"{code}|0||||"), ("c", "points"), ("d", str(1 + (int(unit[-2:]) + k) % 2)), ("f", ""), ("h", ""), ("k", ""), ("g", "Minh họa")]
            r = b.ask(f"/tu-cham/{ROUND}/{slug}/tham-dinh", "POST", urllib.parse.urlencode(form), Content_Type="application/x-www-form-urlencoded")
            self.assertEqual(r.status, 303, re.findall(r"<li>.*?</li>", r.text))
            r = b.post(f"/tu-cham/{ROUND}/{slug}/buoc", at="/toi", buoc="appraise1")
            self.assertEqual(r.status, 303, re.findall(r"<h1>.*?</h1>", r.text))
        self.step("final")

    def public(self):
        r = Browser(self.server.port).ask(f"/ket-qua/{ROUND}.csv")
        return r.text if r.status == 200 else None

    def test_3_publication(self):
        self.to_the_end()
        b, revision, table, hits = self.who["dieuphoi"], 0, None, 0
        took = 0.25
        for n in range(5 * kill.KILLS):
            if hits >= kill.KILLS:
                break
            token, answer = b.token("/toi"), []

            def publish():
                try:
                    answer.append(b.ask(f"/tu-cham/{ROUND}/buoc", "POST", {"_csrf": token, "buoc": "publish", "ly-do": f"QD {n}"}).status)
                except Exception:
                    pass
            t = threading.Thread(target=publish)
            begin = time.monotonic()
            t.start()
            t.join(self.random.uniform(0, took))
            hits += t.is_alive()
            self.server.kill()
            t.join()
            took = min(took, 1.2 * (time.monotonic() - begin)) if answer else took
            self.again()
            now = self.data(b, f"/tu-cham/{ROUND}")
            if answer:
                self.assertEqual(answer, [303])
                self.assertEqual(now["state"], "published")
            self.assertIn(now["revision"], (revision, revision + 1))
            self.assertEqual(now["state"] == "published", now["revision"] == revision + 1)
            if now["state"] != "published":
                self.assertEqual(self.public(), table)  # what the public saw before, if anything
                self.step("publish", **{"ly-do": "QD sau"})
            revision += 1
            whole = self.public()
            self.assertEqual(whole.count("TM-SO-") if "TM-SO-" in whole else len(whole.splitlines()) - 1, 12)
            if table:
                self.assertEqual(whole, table)
            table = whole
            self.step("correct", **{"ly-do": "thử lại"})
        self.assertGreater(hits, 0, "every publication was over before the kill")
        self.step("publish", **{"ly-do": "QD cuoi"})


if kill.ONLY != "postgresql":

    class OnSqlite(Round, unittest.TestCase):
        make = kill.Sqlite


if kill.PG and kill.ONLY != "sqlite":

    class OnPostgresql(Round, unittest.TestCase):
        make = kill.Postgres


if __name__ == "__main__":
    tap.main()
