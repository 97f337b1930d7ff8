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
import tempfile
import time
import unittest
import urllib.parse

from server import ENV, PG, PROGRAM, ROOT, Server, done, place, run, tap

GOOD = "con mèo trèo cây cau"  # a password that nobody minds
ROLES = ["administrator", "coordinator", "appraiser", "unit_officer", "division_officer", "unit_head", "leader", "auditor"]
OWN = "sample-department/TM-SO-04"


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
        r.raw = r.read()
        r.text = r.raw.decode("utf-8", "replace")
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
        cls.db = place(cls.folder, cls.database)
        ENV["THUOCDO_KEY"] = cls.folder + "/a.key"
        done("init", "--demo", "--db", cls.db)
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
        cls.server = Server(cls.db, *options)
        cls.port = cls.server.port

    @classmethod
    def stop(cls):
        assert cls.server.stop() == 0, cls.server.errors()

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

    # --- administrators ---

    def test_an_administrator_keeps_accounts(self):
        a = self.of_role("administrator")
        r = a.post("/nguoi-dung/moi", login="moi.1", name="Người <Mới>", unit="Sở Tài chính", role="unit_officer", title="", email="", phone="")
        self.assertEqual(r.status, 303, re.findall(r"<li>.*?</li>", r.text))
        page = r.headers["Location"].split("?")[0]
        self.assertIn("Người &lt;Mới&gt;", a.ask(page).text)
        self.assertEqual(a.post("/nguoi-dung/moi", login="moi.1", name="X").status, 422)  # taken
        self.assertEqual(a.post("/nguoi-dung/moi", login="moi.2", name="X", unit="Sở Không Có").status, 422)
        r = a.post(page + "/thu", at=page)
        password = re.search(r"<dd><code>([a-z0-9-]{14})</code>", r.text)[1]
        self.assertIn("no-store", r.headers["Cache-Control"])
        b = self.signed_in("moi.1", password)
        self.assertIn("Chuyên viên đơn vị", b.ask("/toi").text)
        self.assertEqual(a.post(page + "/giao", at=page, role="unit_head", place=OWN).status, 303)
        self.assertEqual(len(json.loads(a.ask(page + ".json").text)["data"]["grants"]), 2)
        self.assertEqual(a.post(page + "/thu-hoi", at=page, role="unit_head", level=OWN.split("/")[0], code=OWN.split("/")[1]).status, 303)
        r = a.post(page + "/lien-ket", at=page)
        link = re.search(r"http://[^<]*(/dat-mat-khau/[^<]+)<", r.text)[1]
        self.assertEqual(a.post(page + "/khoa", at=page).status, 303)
        self.assertEqual(b.ask("/toi").status, 303)
        self.assertEqual(self.browser().ask(link).status, 404)  # of a disabled account
        self.assertEqual(a.post(page + "/khoa", at=page, on="1").status, 303)
        c = self.browser()
        self.assertEqual(c.post(link, password="short", again="short").status, 422)
        self.assertEqual(c.post(link, password=GOOD + "!", again=GOOD + "!").status, 303)
        self.assertEqual(c.ask(link).status, 404)  # once
        self.assertEqual(c.sign_in("moi.1", GOOD + "!").status, 303)
        # The last one over all units stays.
        own = [u for u in json.loads(a.ask("/nguoi-dung.json?q=administrator").text)["data"]["rows"] if u["login"] == "administrator"][0]
        self.assertEqual(a.post(f"/nguoi-dung/{own['id']}/khoa", at=page).status, 422)

    def test_accounts_from_a_table(self):
        a = self.of_role("administrator")
        head = "login,name,unit_level,unit_code,role\n"
        good = head + "".join(f"bang.{n},Người {n},sample-department,TM-SO-05,unit_officer\n" for n in range(200))

        def send(*fields):
            return self.send_table(a, "/nguoi-dung/nhap", *fields)
        file = self.table

        def there():
            return json.loads(a.ask("/nguoi-dung.json?q=bang.").text)["data"]["total"]
        r = send(file(good + "bang.1,Hai,sample-department,TM-SO-99,no_such_role\n"))
        self.assertEqual(r.status, 422)
        self.assertIn("a.csv:202", r.text)
        self.assertNotIn("tep-noi-dung", r.text)
        r = send(file(good))  # looked at: nothing is loaded yet
        self.assertEqual((r.status, there()), (200, 0))
        kept = re.search(r'name="tep-noi-dung" value="([^"]+)"', r.text)[1]
        self.assertEqual(send(("tep-ten", "", "a.csv"), ("tep-noi-dung", "", "???")).status, 422)
        r = send(("tep-ten", "", "a.csv"), ("tep-noi-dung", "", kept))
        self.assertEqual((r.status, r.headers["Location"], there()), (303, "/nguoi-dung?nhap=200", 200))
        r = a.post("/nguoi-dung/thu", at="/nguoi-dung")
        self.assertGreaterEqual(r.text.count('class="panel letter"'), 200)
        login, password = re.search(r"<code>(bang\.\d+)</code>.*?<code>([a-z0-9-]{14})</code>", r.text, re.S).groups()
        self.assertEqual(self.browser().sign_in(login, password).status, 303)

    @staticmethod
    def table(content, name="a.csv"):
        return "tep", f"; filename=\"{name}\"\r\nContent-Type: text/csv", content

    @staticmethod
    def send_table(who, page, *fields):
        line = b"xx1xx"
        parts = [("_csrf", "", who.token(page)), *fields]
        body = b"".join(b"--" + line + f"\r\nContent-Disposition: form-data; name=\"{name}\"{more}\r\n\r\n".encode()
                        + (content if isinstance(content, bytes) else content.encode()) + b"\r\n" for name, more, content in parts)
        return who.ask(page, "POST", body + b"--" + line + b"--\r\n", Content_Type="multipart/form-data; boundary=xx1xx")

    def test_a_second_server(self):
        """What an administrator sets through one server holds in another on the same store, without a restart."""
        a, page, line = self.of_role("administrator"), "/cai-dat/he-thong", b"xx1xx"
        mail = {"url": "https://do.tinh.gov.vn", "host": "127.0.0.1", "port": "1", "tls": "none", "from": "do@tinh.gov.vn"}
        none = "Chưa đặt máy chủ thư"
        second = Server(self.db)
        b = Browser(second.port)
        b.cookies = a.cookies

        def within_two_seconds(good):
            end = time.monotonic() + 2
            while not good() and time.monotonic() < end:
                time.sleep(0.1)
            return good()
        try:
            self.assertIn(none, b.post(page + "/gui-thu", at=page, to="a@tinh.gov.vn").text)
            self.assertNotIn("/bieu-trung?v=", b.ask("/").text)
            body = (b"--" + line + b'\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n' + a.token(page).encode() + b"\r\n--" + line
                    + b'\r\nContent-Disposition: form-data; name="tep"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n\x1a\n........\r\n--'
                    + line + b"--\r\n")
            r = a.ask(page + "/bieu-trung", "POST", body, Content_Type="multipart/form-data; boundary=xx1xx")
            self.assertEqual(r.status, 303, r.text[:500])
            self.assertEqual(a.post(page + "/thu", mail, at=page).status, 303)
            self.assertTrue(within_two_seconds(lambda: "/bieu-trung?v=" in b.ask("/").text))
            self.assertNotIn(none, b.post(page + "/gui-thu", at=page, to="a@tinh.gov.vn").text)
            self.assertEqual(b.post(page + "/thu", {**mail, "host": ""}, at=page).status, 303)
            self.assertTrue(within_two_seconds(lambda: none in a.post(page + "/gui-thu", at=page, to="a@tinh.gov.vn").text))
        finally:
            self.assertEqual(second.stop(), 0, second.errors())

    def test_units_from_a_table(self):
        """Looked at first, with faults by cell; then there. The workbook that is taken away comes back unchanged."""
        a, page = self.of_role("administrator"), "/cai-dat/don-vi/nhap"
        head = "level,code,name,type,parent_level,parent_code,valid_from\n"
        good = head + "sample-commune,TM-XA-90,Xã Thử Một,xã,sample-province,TM,\nsample-commune,TM-XA-91,Xã Thử Hai,xã,sample-province,TM,2026-01-01\n"

        def there():
            return json.loads(a.ask("/cai-dat/don-vi.json?cap=sample-commune").text)["data"]["total"]
        before = there()
        r = self.send_table(a, page, self.table(good + "sample-commune,TM-XA-92,Xã Thử Ba,xã,sample-province,TM,31-31-2026\n"))
        self.assertEqual(r.status, 422)
        self.assertIn("a.csv:4", r.text)
        self.assertNotIn("tep-noi-dung", r.text)
        r = self.send_table(a, page, self.table(good))
        self.assertEqual((r.status, there()), (200, before))
        kept = re.search(r'name="tep-noi-dung" value="([^"]+)"', r.text)[1]
        r = self.send_table(a, page, ("tep-ten", "", "a.csv"), ("tep-noi-dung", "", kept))
        self.assertEqual((r.status, r.headers["Location"], there()), (303, "/cai-dat/don-vi?nhap=2", before + 2))
        book = a.ask("/cai-dat/don-vi/bang.xlsx?cap=sample-commune").raw
        r = self.send_table(a, page, self.table(book, "a.xlsx"))
        self.assertEqual((r.status, "tep-noi-dung" in r.text), (200, False))
        self.assertEqual(r.text.count("như cũ</span>"), before + 2)
        for who, status in ((self.of_role("coordinator"), 403), (self.of_role("unit_officer"), 403),
                            (self.signed_in("mot.so", self.user("mot.so", "administrator", "sample-department/TM-SO-07", "sample-department/TM-SO-07")), 403)):
            r = who.ask(page, "POST", b"_csrf=" + who.token("/toi").encode(), Content_Type="application/x-www-form-urlencoded")
            self.assertEqual(r.status, status)
        self.assertEqual(there(), before + 2)

    def test_an_administrator_of_one_unit_sees_it_alone(self):
        a = self.signed_in("so.mot", self.user("so.mot", "administrator", "sample-department/TM-SO-06", "sample-department/TM-SO-06"))
        self.user("cua.so", None, unit="sample-department/TM-SO-06")
        seen = {u["login"] for u in json.loads(a.ask("/nguoi-dung.json").text)["data"]["rows"]}
        self.assertEqual(seen, {"so.mot", "cua.so"})
        everybody = json.loads(self.of_role("administrator").ask("/nguoi-dung.json?q=auditor").text)["data"]["rows"]
        other = f"/nguoi-dung/{everybody[0]['id']}"
        self.assertEqual(a.ask(other).status, 403)
        for deed, form in (("", {"name": "X"}), ("/khoa", {}), ("/thu", {}), ("/lien-ket", {}), ("/giao", {"role": "auditor"}), ("/xac-thuc", {})):
            self.assertEqual(a.post(other + deed, form, at="/nguoi-dung/moi").status, 403, deed)
        mine = f"/nguoi-dung/{[u for u in json.loads(a.ask('/nguoi-dung.json').text)['data']['rows'] if u['login'] == 'cua.so'][0]['id']}"
        self.assertEqual(a.post(mine + "/giao", at=mine, role="unit_officer", place="sample-department/TM-SO-06").status, 303)
        self.assertEqual(a.post(mine + "/giao", at=mine, role="coordinator", place="").status, 403)
        self.assertEqual(a.post("/nguoi-dung/moi", login="cho.khac", name="X", unit=OWN).status, 403)

    def test_delegation(self):
        head, deputy = self.of_role("unit_head"), self.of_role("division_officer")
        today = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 7 * 3600))
        self.assertEqual(head.post("/uy-quyen", at="/toi", to="nobody.here", reason="x", **{"from": today, "until": today}).status, 422)
        self.assertEqual(head.post("/uy-quyen", at="/toi", to="division_officer", reason="Đi họp", **{"from": today, "until": today}).status, 303)
        self.assertIn("thay Người unit_head", deputy.ask("/toi").text)
        row = json.loads(deputy.ask("/toi.json").text)["data"]["delegations"][0]
        self.assertEqual(deputy.post(f"/uy-quyen/{row['id']}/ket-thuc", at="/toi").status, 403)
        self.assertEqual(head.post(f"/uy-quyen/{row['id']}/ket-thuc", at="/toi").status, 303)
        self.assertNotIn("thay Người unit_head", deputy.ask("/toi").text)

    def test_the_counter_of_a_survey_shows_its_form_again(self):
        survey = "/khao-sat/mot-cua-2026"
        desk, typist = self.of_role("coordinator"), self.signed_in("typist", self.user("typist", "interviewer", "*"))
        for path in ("/phat-hanh", "/giay"):
            r = desk.post(survey + path, {"so-luong": "many"})
            self.assertEqual(r.status, 422, r.text[:2000])
            self.assertIn(f'action="{survey}{path}"', r.text)
        self.assertEqual(desk.post(survey + "/giay", {"so-luong": "1"}).status, 303)
        for b in (desk, typist):
            self.assertIn("987654", b.ask(survey + "/giay/nhap?so=987654").text)
        for path, form in (("/nhap", {}), ("/doi-chieu", {"ly-do": "x"}), ("/huy", {"ly-do": "x"})):
            r = typist.post(f"{survey}/giay{path}", {"so": "987654", **form}, at=survey + "/giay")
            self.assertEqual(r.status, 422, r.text[:2000])
        page = typist.ask(survey + "/giay/nhap?so=1").text
        fields = dict.fromkeys(re.findall(r'name="(c\d+)"', page), "zzz")
        self.assertGreater(len(fields), 5)
        r = typist.post(survey + "/giay/nhap", {"so": "1", **fields}, at=survey + "/giay")
        self.assertEqual(r.status, 422, r.text[:2000])
        self.assertIn('value="zzz"', r.text)  # what was typed stays

    def test_the_auditor_reads(self):
        b = self.of_role("auditor")
        data = json.loads(b.ask("/nhat-ky.json?viec=user.add").text)["data"]
        self.assertEqual((data["chain"], data["checked"]), ("whole", True))
        self.assertTrue(data["rows"] and all(r["what"] == "user.add" for r in data["rows"]))
        lines = b.ask("/nhat-ky.csv").text.strip().split("\n")
        self.assertGreater(len(lines), 8)
        for name in ("Người administrator", GOOD, self.first["leader"]):
            self.assertNotIn(name, "".join(r["detail"] or "" for r in json.loads(b.ask("/nhat-ky.json").text)["data"]["rows"]))
        self.assertEqual(self.of_role("administrator").ask("/nhat-ky.csv").status, 403)  # may look, not export

    def test_first_start(self):
        folder = tempfile.mkdtemp(prefix="tdsetup")
        env = dict(ENV, THUOCDO_KEY=folder + "/a.key")
        subprocess.run([PROGRAM, "init", "--db", folder + "/a.db"], env=env, check=True, capture_output=True)
        p = subprocess.Popen([PROGRAM, "serve", "--db", folder + "/a.db", "--listen", "127.0.0.1:0"], env=env, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, encoding="utf-8")
        try:
            port = int(re.search(r"http://127\.0\.0\.1:(\d+)/", p.stdout.readline())[1])
            code = re.search(r"mã (\S+)", p.stdout.readline())[1]
            form = {"login": "quan.tri", "name": "Nguyễn Thị Quản", "password": GOOD, "again": GOOD, "province": ""}
            a = Browser(port)
            self.assertEqual(a.ask("/cai-dat").status, 200)
            self.assertEqual(a.post("/cai-dat", {**form, "code": "aaaa-bbbb-cccc"}).status, 422)
            self.assertEqual(a.post("/cai-dat", {**form, "code": code, "password": "short", "again": "short"}).status, 422)
            r = a.post("/cai-dat", {**form, "code": code})
            self.assertEqual((r.status, r.headers["Location"]), (303, "/cai-dat/he-thong?buoc=1"), re.findall(r"<li>.*?</li>", r.text))
            self.assertEqual(a.ask("/nguoi-dung").status, 200)
            self.assertEqual(self.browser_at(port).ask("/cai-dat").status, 404)
        finally:
            p.send_signal(signal.SIGTERM)
            p.communicate(timeout=40)
            shutil.rmtree(folder, ignore_errors=True)
        self.assertEqual(p.returncode, 0)

    def browser_at(self, port):
        return Browser(port)

    # --- every route, every role ---

    def test_lists_have_pages(self):
        """Accounts by number, the audit log by place; the board of a round and the rest of what is paged answers too."""
        b = self.of_role("administrator")
        self.user("trang.mot"), self.user("trang.hai")
        total, logins, at = None, [], "/nguoi-dung.json?moi-trang=5"
        while at:
            answer = json.loads(b.ask(at).text)
            total, at = answer["page"]["total"], answer["page"]["next"]
            logins += [r["login"] for r in answer["data"]["rows"]]
        self.assertEqual((len(logins), len(set(logins))), (total, total))
        self.assertEqual(b.ask("/nguoi-dung?moi-trang=5&trang=999").status, 404)
        self.assertIn('rel="next"', b.ask("/nguoi-dung?moi-trang=5").text)
        self.assertEqual(len(b.ask("/nguoi-dung.csv?moi-trang=5").text.splitlines()), total + 1)
        log = self.of_role("auditor")
        seqs, at = [], "/nhat-ky.json"
        while at:
            answer = json.loads(log.ask(at).text)
            seqs += [r["seq"] for r in answer["data"]["rows"]]
            at = answer["page"]["next"]
        self.assertEqual(seqs, list(range(len(seqs), 0, -1)))
        api = json.loads(b.ask("/openapi.json").text)
        for path, item in api["paths"].items():
            get = item.get("get", {})
            if "{" in path or "page" not in get.get("responses", {}).get("200", {}).get("content", {}).get("application/json", {}).get("schema", {}).get(
                    "properties", {}):
                continue
            r = b.ask(path + ".json")
            if r.status == 200:
                self.assertIn("size", json.loads(r.text)["page"], path)

    def test_routes_by_roles(self):
        rights = {role: set() for role in ROLES}
        with open(os.path.join(ROOT, "method/packs/role_rights.csv"), encoding="utf-8") as f:
            for row in csv.DictReader(f):
                rights.setdefault(row["role"], set()).add((row["noun"], row["verb"]))
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
                    if "security" in operation:  # HTTP Basic: a session counts for nothing there (tests/http/test_odk.py has who may)
                        if r.status != 401:
                            wrong.append(f"{method} {path} {role}: {r.status} by a session")
                        continue
                    if allowed == refused or r.status >= 500:
                        wrong.append(f"{method} {path} {role}: {r.status}, should {'not ' if not allowed else ''}be allowed")
        self.assertEqual(wrong, [])
        self.assertGreater(checks, 60)


class OnSqlite(People, unittest.TestCase):
    database = "sqlite"


if PG:

    class OnPostgresql(People, unittest.TestCase):
        database = "postgresql"


if __name__ == "__main__":
    tap.main()
