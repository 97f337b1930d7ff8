"""Surveys under attack: a bot that sends without pause, forms that are too large or no forms, guessed invitations, the same form again and again.
Refused with 4xx, counted, never a 5xx; the service stays up and honest people get through, whose times are told.   test_flood.py PROGRAM

The usual limits are on. Clients differ by X-Forwarded-For, which is believed from a proxy at 127.0.0.1. On SQLite, and on PostgreSQL when
THUOCDO_TEST_PG is set.
"""
import collections
import csv
import http.client
import os
import random
import re
import shutil
import socket
import tempfile
import threading
import time
import unittest
import urllib.parse

from server import FORM as FORM_TYPE
from server import PG, ROOT, Server, done, place, tap

FORM = "/khao-sat/lu"
WHOLE = {"A1": "1", "A2": "2", "B1": "4", "B2": "5", "B3": "4", "B4": "4", "B5": "4", "B6": "5", "C1": "cho"}
SURVEYS = ("code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,illustrative\n"
           "lu,mot-cua-minh-hoa,Lũ,Flood,2026,self_selected,open,open,2026-01-05,,yes\n")
BURST = 60  # POST of one address at once; 600 a minute
BOT = "10.9.9.9"


def body_of(key, step=4, **more):
    fields = [("khoa", key), ("buoc", step), *{**WHOLE, **more}.items(), *[("_co", k) for k in ("B6", "C1", "C2")]]
    return urllib.parse.urlencode(fields)


class Flood(unittest.TestCase):
    driver = "sqlite"

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="tdflood")
        cls.db = place(cls.dir, cls.driver)
        surveys = os.path.join(cls.dir, "surveys.csv")
        with open(surveys, "w", encoding="utf-8") as f:
            f.write(SURVEYS)
        for args in (["init", "--bare"], ["import", "questionnaire", os.path.join(ROOT, "method/questionnaires/mot-cua-minh-hoa.csv")],
                     ["import", "surveys", surveys]):
            done(*args, "--db", cls.db)
        cls.server = Server(cls.db, "--proxy", "127.0.0.1", rate=())
        cls.port = cls.server.port

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        shutil.rmtree(cls.dir)
        assert code == 0, cls.server.errors()

    def ask(self, client, path, body=None, connection=None):
        head = {"Content-Type": FORM_TYPE} if body is not None else {}
        return self.server.ask(path, "POST" if body is not None else "GET", body, connection, Accept="text/html", X_Forwarded_For=client, **head)

    def count(self):
        rows = csv.DictReader(self.ask("10.0.0.1", "/khao-sat.csv").body.decode().lstrip("\ufeff").splitlines())
        return next(int(row["answers"]) for row in rows if row["code"] == "lu")

    def test_bot_beside_honest_people(self):
        """A bot without pause from one address; twenty others, each from its own, fill in step by step."""
        before, stop = self.count(), threading.Event()
        seen, times, honest, lock = collections.Counter(), [], collections.Counter(), threading.Lock()

        def bot(n):
            c, i = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60), 0
            while not stop.is_set():
                i += 1
                r = self.ask(BOT, FORM, body_of(f"b{n}x{i}".rjust(22, "0")), c)
                with lock:
                    seen[r.status] += 1

        def person(n):
            client, key = f"10.1.0.{n}", f"h{n}".rjust(22, "0")
            for step in (1, 2, 3, 4):
                begin = time.monotonic()
                status = self.ask(client, FORM, body_of(key, step)).status
                with lock:
                    times.append(1000 * (time.monotonic() - begin))
                    if step == 4:
                        honest[status] += 1
                time.sleep(0.1)

        bots = [threading.Thread(target=bot, args=(n,)) for n in range(4)]
        people = [threading.Thread(target=person, args=(n,)) for n in range(1, 21)]
        for t in bots + people:
            t.start()
        for t in people:
            t.join()
        stop.set()
        for t in bots:
            t.join()
        times.sort()
        sent = sum(seen.values())
        print(f"# bot: {sent} sent, {seen[303]} taken, {seen[429]} refused; honest: {honest[303]} of 20 got through, "
              f"p50 {times[len(times) // 2]:.0f} ms, longest {times[-1]:.0f} ms ({self.driver})", flush=True)
        self.assertEqual(set(seen) - {303, 429}, set())
        self.assertLessEqual(seen[303], BURST + 10 * 60)  # the burst, and ten a second
        self.assertGreater(seen[429], 0)
        self.assertEqual(honest, {303: 20})
        self.assertEqual(self.count() - before, 20 + seen[303])

    def test_one_address_for_many(self):
        """Desks and a whole office behind one address: fifteen people who fill in at the same moment are within the burst."""
        before, seen, lock = self.count(), collections.Counter(), threading.Lock()

        def person(n):
            for step in (1, 2, 3, 4):
                status = self.ask("10.2.0.1", FORM, body_of(f"n{n}".rjust(22, "0"), step)).status
                with lock:
                    seen[status] += 1

        people = [threading.Thread(target=person, args=(n,)) for n in range(15)]
        for t in people:
            t.start()
        for t in people:
            t.join()
        self.assertEqual(seen[429], 0, seen)
        self.assertEqual(self.count() - before, 15)
        # Beyond it: told when to come again, and the same form is taken then.
        refused, wait = -1, 0
        for i in range(200):
            r = self.ask("10.2.0.1", FORM, body_of(f"m{i}".rjust(22, "0")))
            if r.status == 429:
                refused = i
                wait = int(r.getheader("Retry-After"))
                break
        self.assertGreaterEqual(refused, 0)
        self.assertLessEqual(wait, 2)
        time.sleep(wait)
        self.assertEqual(self.ask("10.2.0.1", FORM, body_of(f"m{refused}".rjust(22, "0"))).status, 303)

    def test_oversized_and_malformed(self):
        before, seen, r = self.count(), collections.Counter(), random.Random(7)
        for n in range(120):
            client = f"10.3.{n // 20}.{n % 20}"
            good = body_of(f"o{n}".rjust(22, "0"))
            cut = good[:r.randrange(len(good) - 60)]
            bodies = (good + "&C2=" + "x" * 70000, "&".join(["A1=1"] * 4000), bytes(r.randrange(256) for _ in range(300)), cut, good.replace("A1=1", "A1=%ff%fe"),
                      good.replace("khoa=", "khoa[]="), good + "&B1=99", "\0" * 100)
            seen[self.ask(client, FORM, bodies[n % len(bodies)]).status] += 1
        print(f"# malformed: {dict(sorted(seen.items()))}", flush=True)
        self.assertEqual([s for s in seen if s >= 500], [])
        self.assertEqual(self.count(), before)
        # Says that a gigabyte comes, or nothing more: no memory, no thread is kept waiting.
        with socket.create_connection(("127.0.0.1", self.port)) as c:
            c.sendall(f"POST {FORM} HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 1000000000\r\n\r\n".encode())
            self.assertIn(b" 413 ", c.recv(4096))
        self.assertEqual(self.ask("10.3.9.9", FORM).status, 200)

    def test_guessed_invitations(self):
        """130 bits cannot be guessed; who tries is slowed down, and learns nothing from the answer."""
        r, seen, sizes = random.Random(3), collections.Counter(), set()
        signs = "0123456789abcdefghjkmnpqrstvwxyz"
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for _ in range(1500):
            a = self.ask("10.4.0.1", "/phieu/" + "".join(r.choice(signs) for _ in range(26)), None, c)
            seen[a.status] += 1
            if a.status == 404:
                sizes.add(len(re.sub(rb"[0-9a-f]{8}-[0-9a-f]+", b"", a.body)))
        print(f"# guesses: {dict(sorted(seen.items()))}", flush=True)
        self.assertEqual(set(seen) - {404, 429}, set())
        self.assertEqual(len(sizes), 1, "answers differ")
        self.assertEqual(self.ask("10.4.0.2", FORM).status, 200)

    def test_replay(self):
        """The same form fifty times, from many addresses, at once, and with other answers: one answer, the first."""
        before, seen, lock, key = self.count(), collections.Counter(), threading.Lock(), "replay".rjust(22, "0")

        def send(n):
            status = self.ask(f"10.5.0.{n}", FORM, body_of(key, B1=str(1 + n % 5))).status
            with lock:
                seen[status] += 1

        threads = [threading.Thread(target=send, args=(n,)) for n in range(50)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(seen, {303: 50})
        self.assertEqual(self.count() - before, 1)


if PG:
    class FloodOnPostgres(Flood):
        driver = "postgresql"


if __name__ == "__main__":
    tap.main()
