"""People from outside: signing in and out, what guards it, and who sees what.   test_people.py PROGRAM

Every route of the table is asked by nobody and by each role; the roles' rights come from the pack that the program ships with. On SQLite
always, on PostgreSQL when THUOCDO_TEST_PG is set.
"""
import base64
import csv
import hashlib
import hmac
import http.client
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tools"))
import tap

ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
PG = os.environ.get("THUOCDO_TEST_PG")
ENV = dict(os.environ, THUOCDO_METHOD=os.path.join(ROOT, "method"), LC_ALL="C")
GOOD = "con mèo trèo cây cau"  # a password that nobody minds
ROLES = ["administrator", "coordinator", "appraiser", "unit_officer", "division_officer", "unit_head", "leader", "auditor"]
OWN = "sample-department/TM-SO-04"


def run(*args):
    p = subprocess.run([PROGRAM, *args, "--lang", "en"], env=ENV, capture_output=True, text=True)
    return p.returncode, p.stdout, p.stderr


def totp(secret, step):
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    mac = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


class Browser:
    """Keeps cookies, follows nothing by itself; each from a network of its own, since rates and delays go by networks."""

    made = 0

    def __init__(self, port, agent="Firefox/115", network=None):
        Browser.made += 1
        self.port, self.agent, self.cookies = port, agent, {}
        self.address = network or f"127.{1 + Browser.made // 200}.{Browser.made % 200}.9"

    def ask(self, path, method="GET", body=None, **headers):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.address, 0))
        sent = {"User-Agent": self.agent, **{k.replace("_", "-"): v for k, v in headers.items()}}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{k}={v}" for k, v in self.cookies.items())
        if isinstance(body, dict):
            body = urllib.parse.urlencode(body)
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        c.request(method, path, body, sent)
        r = c.getresponse()
        r.text = r.read().decode("utf-8", "replace")
        r.cookies = r.msg.get_all("Set-Cookie") or []
        for line in r.cookies:
            name, value = line.split(";")[0].split("=", 1)
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        c.close()
        return r

    def token(self, path):
        found = re.search(r'name="_csrf" value="([^"]+)"', self.ask(path).text)
        return found[1] if found else ""

    def post(self, path, form=None, at=None, **fields):
        """A form of page `at`."""
        return self.ask(path, "POST", {"_csrf": self.token(at or path), **(form or {}), **fields})

    def sign_in(self, login, password, back=""):
        return self.post("/dang-nhap", login=login, password=password, ve=back)


class People:
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tdpeople")
        cls.db = cls.place()
        ENV["THUOCDO_KEY"] = cls.folder + "/a.key"
        code, _, errors = run("init", "--demo", "--db", cls.db)
        assert code == 0, errors
        cls.first = {}
        for role in ROLES:
            scope = [] if role in ("administrator", "coordinator", "auditor") else ["--scope", OWN]
            code, out, errors = run("user", "add", role, "--db", cls.db, "--name", f"Người {role}", "--unit", OWN, "--role", role,
                                    *(scope or ["--scope", "*"]))
            assert code == 0, errors
            cls.first[role] = re.search(r"first password (\S+)", out)[1]
        cls.start()
        cls.ready = {}

    @classmethod
    def start(cls, *options):
        cls.process = subprocess.Popen([PROGRAM, "serve", "--db", cls.db, "--listen", "127.0.0.1:0", "--rate", "0", *options], env=ENV,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8")
        while True:
            line = cls.process.stdout.readline()
            found = re.search(r"http://127\.0\.0\.1:(\d+)/", line)
            if found or not line:
                break
        assert found, cls.process.communicate()[1]
        cls.port = int(found[1])

    @classmethod
    def stop(cls):
        cls.process.send_signal(signal.SIGTERM)
        _, errors = cls.process.communicate(timeout=40)
        assert cls.process.returncode == 0, errors
        assert "Sanitizer" not in errors and "runtime error" not in errors, errors

    @classmethod
    def tearDownClass(cls):
        cls.stop()
        code, out, errors = run("audit", "verify", "--db", cls.db)
        shutil.rmtree(cls.folder, ignore_errors=True)
        assert code == 0, out + errors

    def browser(self):
        return Browser(self.port)

    def user(self, login, role=None, scope=OWN, unit=OWN):
        """A fresh account; its first password."""
        args = ["--role", role, "--scope", scope] if role else []
        code, out, errors = run("user", "add", login, "--db", self.db, "--name", "Trần Thử", "--unit", unit, *args)
        self.assertEqual(code, 0, errors)
        return re.search(r"first password (\S+)", out)[1]

    def signed_in(self, login, password):
        """Signed in with a password of its own."""
        b = self.browser()
        r = b.sign_in(login, password)
        self.assertEqual(r.status, 303, r.text[:2000])
        r = b.post("/toi/mat-khau", old=password, password=GOOD, again=GOOD)
        self.assertEqual(r.status, 303, re.findall(r"<li>.*?</li>", r.text))
        return b

    def of_role(self, role):
        if role not in self.ready:
            self.ready[role] = self.signed_in(role, self.first[role])
        return self.ready[role]

    # --- signing in ---

    def test_sign_in_and_out(self):
        password = self.user("vao.ra")
        b = self.browser()
        r = b.ask("/toi")
        self.assertEqual((r.status, r.headers["Location"]), (303, "/dang-nhap?ve=%2Ftoi"))
        self.assertEqual(b.ask("/toi", Accept="application/json").status, 401)
        self.assertEqual(b.ask("/toi/phien", "POST", "").status, 303)
        r = b.sign_in("vao.ra", "wrong password")
        self.assertEqual(r.status, 422)
        self.assertNotIn("td_session", b.cookies)
        self.assertNotIn("wrong password", r.text)
        r = b.sign_in(" Vao.Ra ", password, "/toi")
        self.assertEqual((r.status, r.headers["Location"]), (303, "/toi"))
        cookie = [c for c in r.cookies if c.startswith("td_session=")][0]
        for word in ("HttpOnly", "SameSite=Lax", "Path=/"):
            self.assertIn(word, cookie)
        self.assertNotIn("Max-Age", cookie)
        r = b.ask("/toi")  # the first password: nothing but to change it
        self.assertEqual((r.status, r.headers["Location"]), (303, "/toi/mat-khau"))
        self.assertEqual(b.ask("/toi", Accept="application/json").status, 403)
        self.assertEqual(b.ask("/").status, 200)
        r = b.post("/toi/mat-khau", old=password, password=GOOD, again=GOOD)
        self.assertEqual(r.status, 303)
        r = b.ask("/toi")
        self.assertEqual(r.status, 200)
        self.assertIn("no-store", r.headers["Cache-Control"])
        self.assertIn("Trần Thử", r.text)
        self.assertIn("no-store", b.ask("/").headers["Cache-Control"])
        kept = dict(b.cookies)
        self.assertEqual(b.post("/dang-xuat", at="/toi").status, 303)
        self.assertNotIn("td_session", b.cookies)
        b.cookies = kept  # who kept the cookie has nothing
        self.assertEqual(b.ask("/toi").status, 303)

    def test_weak_passwords(self):
        first = self.user("yeu.duoi")
        b = self.browser()
        b.sign_in("yeu.duoi", first)
        for weak in ("short", "matkhau2026!", "1234567890", "aaaaaaaaaaaa", "yeuduoi2026", "TranThu12345", first):
            r = b.post("/toi/mat-khau", old=first, password=weak, again=weak)
            self.assertEqual(r.status, 422, weak)
            self.assertNotIn(f">{weak}<", r.text)
        self.assertEqual(b.post("/toi/mat-khau", old=first, password=GOOD, again=GOOD + "x").status, 422)
        self.assertEqual(b.post("/toi/mat-khau", old="no", password=GOOD, again=GOOD).status, 422)

    def test_a_session_given_by_somebody_is_not_taken(self):
        first = self.user("co.dinh")
        b = self.browser()
        b.ask("/dang-nhap")
        b.cookies["td_session"] = "A" * 43
        b.sign_in("co.dinh", first)
        self.assertNotEqual(b.cookies["td_session"], "A" * 43)
        thief = self.browser()
        thief.cookies["td_session"] = "A" * 43
        self.assertEqual(thief.ask("/toi").status, 303)
        for bad in ("", "x", "A" * 42, "A" * 44, "A" * 4000, "%00" * 14 + "a", "..\\..", "'; DROP TABLE session; --"):
            thief.cookies["td_session"] = bad
            self.assertIn(thief.ask("/toi").status, (303, 400, 431), bad[:50])

    def test_forms_belong_to_their_session(self):
        a, b = self.of_role("appraiser"), self.of_role("leader")
        form = {"_csrf": a.token("/toi")}
        self.assertEqual(b.ask("/toi/phien", "POST", form).status, 403)
        self.assertEqual(b.ask("/toi/phien", "POST", {}).status, 403)
        self.assertEqual(b.ask("/toi/phien", "POST", {"_csrf": b.token("/toi")}, Origin="http://evil.example").status, 403)
        before = self.browser()
        old = before.token("/dang-nhap")
        before.ask("/dang-nhap", "POST", {"_csrf": old, "login": "leader", "password": GOOD})
        self.assertIn("td_session", before.cookies)
        self.assertEqual(before.ask("/toi/phien", "POST", {"_csrf": old}).status, 403)  # made before signing in

    def test_return_path_stays_here(self):
        first = self.user("tro.ve")
        for bad in ("//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x=1"):
            b = self.browser()
            r = b.sign_in("tro.ve", first, bad)
            if r.status == 303:
                self.assertEqual(r.headers["Location"], "/", bad)

    # --- guessing ---

    def test_guessing_is_slowed_down_and_nobody_is_locked_out(self):
        first = self.user("bi.do")
        good = self.signed_in("bi.do", first)
        b = self.browser()
        waits = []
        for n in range(9):
            r = b.sign_in("bi.do", f"guess number {n}")
            if r.status == 429:
                waits.append(int(re.search(r"(\d+) giây", r.text)[1]))
                break
        self.assertTrue(waits and waits[0] <= 900)
        r = b.sign_in("bi.do", GOOD)  # the right one has to wait too
        self.assertEqual(r.status, 429)
        self.assertEqual(good.ask("/toi").status, 200)  # who is in stays in
        # A login that does not exist behaves alike.
        c = self.browser()
        states = [c.sign_in("khong.co", f"guess number {n}").status for n in range(9)]
        self.assertEqual(states[:4], [422] * 4)
        self.assertIn(429, states)
        time.sleep(waits[0] + 0.2)
        self.assertEqual(b.sign_in("bi.do", GOOD).status, 303)

    # --- sessions ---

    def test_sessions_are_listed_and_ended(self):
        first = self.user("nhieu.phien")
        a = self.signed_in("nhieu.phien", first)
        b = Browser(self.port, "Other/1.0 <b>")
        b.sign_in("nhieu.phien", GOOD)
        data = json.loads(a.ask("/toi.json").text)["data"]
        self.assertEqual(len(data["sessions"]), 2)
        other = [s for s in data["sessions"] if not s["here"]][0]
        self.assertEqual(other["agent"], "Other/1.0 <b>")
        self.assertNotIn("Other/1.0 <b>", a.ask("/toi").text)  # escaped
        # Not by somebody else.
        self.of_role("leader").post("/toi/phien", at="/toi", id=other["id"])
        self.assertEqual(b.ask("/toi").status, 200)
        self.assertEqual(a.post("/toi/phien", at="/toi", id=other["id"]).status, 303)
        self.assertEqual(b.ask("/toi").status, 303)
        b.sign_in("nhieu.phien", GOOD)
        a.post("/toi/mat-khau", old=GOOD, password=GOOD + " 2", again=GOOD + " 2")
        self.assertEqual(b.ask("/toi").status, 303)  # another password ends the others
        self.assertEqual(a.ask("/toi").status, 200)

    def test_disabled_while_signed_in(self):
        first = self.user("bi.khoa")
        b = self.signed_in("bi.khoa", first)
        self.assertEqual(run("user", "disable", "bi.khoa", "--db", self.db)[0], 0)
        self.assertEqual(b.ask("/toi").status, 303)
        self.assertEqual(b.sign_in("bi.khoa", GOOD).status, 422)
        self.assertEqual(run("user", "enable", "bi.khoa", "--db", self.db)[0], 0)
        self.assertEqual(b.ask("/toi").status, 303)  # the old session is gone
        self.assertEqual(b.sign_in("bi.khoa", GOOD).status, 303)

    # --- the second factor ---

    def test_second_factor(self):
        first = self.user("hai.lop")
        a = self.signed_in("hai.lop", first)
        page = a.ask("/toi/xac-thuc").text
        secret = re.search(r'class="secret">([A-Z2-7]+)<', page)[1]
        sealed = re.search(r'name="sealed" value="([^"]+)"', page)[1]
        csrf = re.search(r'name="_csrf" value="([^"]+)"', page)[1]
        self.assertEqual(a.ask("/toi/xac-thuc", "POST", {"_csrf": csrf, "sealed": sealed, "code": "000000"}).status, 422)
        step = int(time.time()) // 30
        r = a.ask("/toi/xac-thuc", "POST", {"_csrf": csrf, "sealed": sealed, "code": totp(secret, step)})
        self.assertEqual(r.status, 200)
        codes = re.findall(r"<li><code>([a-z0-9-]+)</code>", r.text)
        self.assertEqual(len(codes), 10)
        b = self.browser()
        r = b.sign_in("hai.lop", GOOD, "/toi")
        self.assertTrue(r.headers["Location"].startswith("/dang-nhap/ma"))
        half = b.cookies["td_session"]
        self.assertEqual(b.ask("/toi").status, 303)  # half a sign-in opens nothing
        self.assertEqual(b.post("/dang-nhap/ma", code="123456").status, 422)
        self.assertEqual(b.post("/dang-nhap/ma", code=totp(secret, step)).status, 422)  # used already
        r = b.post("/dang-nhap/ma", code=totp(secret, step + 1), ve="/toi")
        self.assertEqual((r.status, r.headers["Location"]), (303, "/toi"))
        self.assertNotEqual(b.cookies["td_session"], half)
        self.assertEqual(b.ask("/toi").status, 200)
        c = self.browser()
        c.sign_in("hai.lop", GOOD)
        self.assertEqual(c.post("/dang-nhap/ma", code=codes[0].upper()).status, 303)
        d = self.browser()
        d.sign_in("hai.lop", GOOD)
        self.assertEqual(d.post("/dang-nhap/ma", code=codes[0]).status, 422)  # each once
        # Another account cannot take the secret over.
        e = self.of_role("appraiser")
        r = e.ask("/toi/xac-thuc", "POST", {"_csrf": e.token("/toi"), "sealed": sealed, "code": totp(secret, step)})
        self.assertEqual(r.status, 404)
        self.assertEqual(b.post("/toi/xac-thuc/tat", at="/toi", password="no").status, 422)
        self.assertEqual(b.post("/toi/xac-thuc/tat", at="/toi", password=GOOD).status, 303)

    # --- every route, every role ---

    def test_routes_by_roles(self):
        rights = {role: set() for role in ROLES}
        with open(os.path.join(ROOT, "method/packs/role_rights.csv"), encoding="utf-8") as f:
            for row in csv.DictReader(f):
                rights[row["role"]].add((row["noun"], row["verb"]))
        api = json.loads(self.browser().ask("/openapi.json").text)
        checks, wrong = 0, []
        for path, item in api["paths"].items():
            where = re.sub(r"\{[^}]*\}", "0000000000001", path)
            for method, operation in item.items():
                may = operation["x-permission"]
                if may == "public":
                    continue
                nobody = self.browser()
                r = nobody.ask(where, method.upper(), "" if method == "post" else None, Accept="*/*")
                checks += 1
                if r.status not in (401, 303) or (r.status == 303 and not r.headers["Location"].startswith("/dang-nhap")):
                    wrong.append(f"{method} {path} nobody {r.status}")
                for role in ROLES:
                    noun, _, verb = may.partition(".")
                    allowed = may == "signed-in" or any(n in (noun, "*") and v in (verb, "*") for n, v in rights[role])
                    b = self.of_role(role)
                    # A POST without a token is refused in any case; which of the two refusals it is says who refused.
                    r = b.ask(where, method.upper(), {} if method == "post" else None, Accept="*/*")
                    refused = r.status == 403 and "chưa được giao quyền" in r.text
                    checks += 1
                    if allowed == refused or r.status >= 500:
                        wrong.append(f"{method} {path} {role}: {r.status}, should {'not ' if not allowed else ''}be allowed")
        self.assertEqual(wrong, [])
        self.assertGreater(checks, 60)


class OnSqlite(People, unittest.TestCase):
    @classmethod
    def place(cls):
        return cls.folder + "/a.db"


if PG:

    class OnPostgresql(People, unittest.TestCase):
        @classmethod
        def place(cls):
            schema = f"people{os.getpid()}"
            subprocess.run(["psql", "-X", "-q", PG, "-c", f"CREATE SCHEMA {schema}"], check=True)
            return f"{PG}{'&' if '?' in PG else '?'}options=-csearch_path%3D{schema}"


if __name__ == "__main__":
    tap.main()
