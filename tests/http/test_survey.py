"""Answering surveys from outside: `thuocdo serve` on the demo.   test_survey.py PROGRAM

Forms sent twice, out of order, oversized, malformed, for surveys that are closed; guessed invitations; many at once and kill -9 among them.
On SQLite always, on PostgreSQL when THUOCDO_TEST_PG is set.
"""
import collections
import contextlib
import csv
import http.client
import io
import os
import re
import shutil
import sqlite3
import tempfile
import threading
import time
import unittest
import urllib.parse
import zipfile

import server
from server import PG, done, place, tap

FORM = "/khao-sat/mot-cua-2026"
WHOLE = {"A1": "1", "A2": "2", "B1": "4", "B2": "5", "B3": "4", "B4": "4", "B5": "4", "B6": "5", "C1": "cho"}
LAST = 4  # the step from which the form is sent


class Server(server.Server):
    def ask(self, path, method="GET", body=None, connection=None, raw=False):
        r = super().ask(path, method, body, connection, Accept="text/html", **({"Content-Type": server.FORM} if body is not None else {}))
        if not raw:
            r.body = r.body.decode()
        return r

    def send(self, key, answers=WHOLE, step=LAST, connection=None, **more):
        shown = [("_co", k) for k in ("B6", "C1", "C2")]
        fields = [("khoa", key), ("buoc", step), *more.items(), *answers.items(), *shown]
        return self.ask(FORM, "POST", urllib.parse.urlencode(fields), connection)


def key_of(n):
    return f"{n:022d}"


class Answers(unittest.TestCase):
    driver = "sqlite"

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="tdsv")
        cls.db = place(cls.dir, cls.driver)
        done("init", "--db", cls.db, "--demo")
        cls.server = Server(cls.db)

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        shutil.rmtree(cls.dir)
        assert code == 0, cls.server.errors()

    def count(self):
        rows = csv.DictReader(self.server.ask("/khao-sat.csv").body.lstrip("\ufeff").splitlines())
        return next(int(row["answers"]) for row in rows if row["code"] == "mot-cua-2026")

    def test_sent_twice_is_stored_once(self):
        before = self.count()
        for _ in range(3):
            r = self.server.send(key_of(1))
            self.assertEqual((r.status, r.getheader("Location")), (303, FORM + "/cam-on"))
        self.assertEqual(self.count(), before + 1)

    def test_how_long_it_took(self):
        """From the stamp of the form; one that was changed, or is of another form, says nothing and stops nobody."""
        def taken():
            if self.driver != "sqlite":
                return 0, 0
            with contextlib.closing(sqlite3.connect(self.db)) as k:
                return k.execute("SELECT COUNT(*) FROM response WHERE seconds = 1").fetchone()[0], \
                    k.execute("SELECT COUNT(*) FROM response WHERE on_day = (SELECT MAX(on_day) FROM response) AND seconds > 1").fetchone()[0]
        before = taken()
        page = self.server.ask(FORM).body
        key, stamp = (re.search(f'name="{name}" value="([^"]+)"', page)[1] for name in ("khoa", "luc"))
        sent = [(key, stamp), (key_of(51), stamp), (key_of(52), stamp[:-2] + "AA"), (key_of(53), "x" * 32), (key_of(54), "")]
        for k, s in sent:
            self.assertEqual(self.server.send(k, luc=s).status, 303)
        self.assertEqual(self.server.send(key_of(55), luc="x" * 33).status, 422)
        if self.driver == "sqlite":
            self.assertEqual(taken(), (before[0] + 1, 0))

    def test_nothing_is_stored_with_a_fault(self):
        before = self.count()
        for wrong in ({"A1": "7"}, {"A1": ""}, {"B1": "x"}, {"C1": "khong cho"}, {"C2": "x" * 501}, {"A2": "3"}):
            r = self.server.send(key_of(2), {**WHOLE, **wrong})
            self.assertIn(r.status, (200, 422), wrong)
        self.assertEqual(self.count(), before)

    def test_what_is_no_form(self):
        for body, status in (("", 422), ("khoa=x&buoc=1", 422), (f"khoa={key_of(3)}&buoc=0", 422), (f"khoa={key_of(3)}&buoc=1&di=quay", 422),
                             (f"khoa={key_of(3)}&buoc=4&noi=khong-co", 404), ("%zz", 400), ("a=" + "x" * 70000, 413), ("&".join(["A1=1"] * 3000), 413)):
            self.assertEqual(self.server.ask(FORM, "POST", body).status, status, body[:60])
        self.assertEqual(self.server.ask("/khao-sat/khong-co").status, 404)
        self.assertEqual(self.server.ask(FORM + "?noi=khong-co").status, 404)

    def test_closed_and_by_invitation(self):
        body = urllib.parse.urlencode({"khoa": key_of(4), "buoc": 1})
        r = self.server.ask("/khao-sat/sipas-ho-2025", "POST", body)
        self.assertIn("15/11/2025", r.body)
        for guess in ("0" * 26, "abcdefghjkmnpqrstvwxyz0123"):
            self.assertEqual(self.server.ask(f"/phieu/{guess}").status, 404)
        self.assertEqual(self.server.ask("/phieu/ngan").status, 404)

    def test_closed_by_another_program(self):
        """The server keeps what it read of a survey only until something is committed."""
        table, form = os.path.join(self.dir, "surveys.csv"), "/khao-sat/dong-som"
        body = urllib.parse.urlencode([("khoa", key_of(6)), ("buoc", LAST), *WHOLE.items(), *[("_co", k) for k in ("B6", "C1", "C2")]])
        for turn, (state, status) in enumerate((("open", 303), ("closed", 200), ("open", 303))):
            with open(table, "w", encoding="utf-8") as f:
                f.write("code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,illustrative\n"
                        f"dong-som,mot-cua-minh-hoa,Đóng,Closed {turn},2026,self_selected,open,{state},2026-01-05,,yes\n")
            done("import", "surveys", table, "--db", self.db)
            time.sleep(0.05)
            for _ in range(3):
                self.assertEqual(self.server.ask(form, "POST", body).status, status, state)

    def test_a_form_is_kept_by_nobody(self):
        r = self.server.ask(FORM)
        self.assertIn("no-store", r.getheader("Cache-Control"))
        self.assertIsNone(r.getheader("Set-Cookie"))

    def test_text_comes_back_escaped(self):
        r = self.server.send(key_of(5), {**WHOLE, "C2": "<script>alert(1)</script>", "C1": ""})
        self.assertEqual(r.status, 422)
        self.assertNotIn("<script>alert", r.body)
        self.assertIn("&lt;script&gt;", r.body)

    def test_anonymised_data(self):
        """An example may be had by everybody; what is going on only by who may export."""
        r = self.server.ask("/khao-sat/sipas-ho-2025/du-lieu", raw=True)
        self.assertEqual((r.status, r.getheader("Content-Type")), (200, "application/zip"))
        z = zipfile.ZipFile(io.BytesIO(r.body))
        self.assertIsNone(z.testzip())
        rows = list(csv.DictReader(z.read("data.csv").decode().splitlines()))
        self.assertEqual(len(rows), 558)
        counts = collections.Counter(tuple(row[k] for k in ("month", "mode", "stratum", *(f"A{i}" for i in range(1, 8)))) for row in rows)
        self.assertGreaterEqual(min(counts.values()), 5)
        self.assertNotIn("xa-11", z.read("data.csv").decode())
        self.assertEqual(self.server.ask("/khao-sat/sipas-ho-2025/du-lieu?dang=xlsx", raw=True).body[:2], b"PK")
        self.assertEqual(self.server.ask("/khao-sat/mot-cua-2026/du-lieu").status, 403)
        self.assertIn("/khao-sat/sipas-ho-2025/du-lieu", self.server.ask("/khao-sat/sipas-ho-2025/ket-qua").body)
        self.assertNotIn("/du-lieu", self.server.ask("/khao-sat/mot-cua-2026/ket-qua").body)

    def test_kill_among_many(self):
        """Every answer that got its thanks is there, each once, after kill -9 in the middle of a flood."""
        before, thanked, lock = self.count(), set(), threading.Lock()

        def client(n):
            connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=20)
            for i in range(400):
                key = key_of(100000 + n * 1000 + i)
                try:
                    if self.server.send(key, connection=connection).status == 303:
                        with lock:
                            thanked.add(key)
                except (OSError, http.client.HTTPException):
                    return

        threads = [threading.Thread(target=client, args=(n,)) for n in range(8)]
        for t in threads:
            t.start()
        while len(thanked) < 300 and any(t.is_alive() for t in threads):
            threads[0].join(0.01)
        self.assertTrue(any(t.is_alive() for t in threads), "nothing was under way any more")
        self.server.kill()
        for t in threads:
            t.join()
        type(self).server = Server(self.db)
        stored = self.count() - before
        self.assertGreaterEqual(stored, len(thanked))
        self.assertLessEqual(stored, len(thanked) + 8)  # each client may have had one on its way
        for key in list(thanked)[:50]:
            self.assertEqual(self.server.send(key).status, 303)
        self.assertEqual(self.count() - before, stored)


if PG:
    class AnswersOnPostgres(Answers):
        driver = "postgresql"


if __name__ == "__main__":
    tap.main()
