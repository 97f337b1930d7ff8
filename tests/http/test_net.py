"""The program and other servers: letters, notices, single sign-on.   test_net.py PROGRAM

A real mail server (aiosmtpd) and a real OpenID provider (tests/oidc) run on this machine beside the program. On SQLite always, on PostgreSQL
when THUOCDO_TEST_PG is set.
"""
import hashlib
import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import urllib.request

import test_people as people
from server import PG, ROOT, Server, run, schema, tap


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def started(command):
    p = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8", cwd=ROOT)
    line = p.stdout.readline()
    if not line.startswith("port "):
        raise AssertionError(f"{command[1]} did not start")
    return p, int(line.split()[1])


class Net(people.People):
    @classmethod
    def setUpClass(cls):
        cls.listen = free_port()
        cls.url = f"http://127.0.0.1:{cls.listen}"
        cls.post = tempfile.mkdtemp(prefix="tdpost")
        cls.mailer, port = started(["/usr/bin/python3", "tests/unit/net/smtp_server.py", cls.post])
        cls.provider, cls.issuer_port = started(["sh", "tests/npm.sh", "oidc", "provider.mjs", cls.post, "login=binh", f"redirect={cls.url}/dang-nhap/quay-ve"])
        cls.issuer = f"http://127.0.0.1:{cls.issuer_port}"
        secrets = os.path.join(cls.post, "secrets.ini")
        with open(os.open(secrets, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as f:
            f.write("[oidc]\nclient-secret = bi mat & dai\n")
        cls.config = os.path.join(cls.post, "thuocdo.ini")
        with open(cls.config, "w", encoding="utf-8") as f:
            f.write(f"[web]\nurl = {cls.url}\n[mail]\nhost = 127.0.0.1\nport = {port}\ntls = none\nfrom = thuocdo@x.vn\n"
                    f"[oidc]\nissuer = {cls.issuer}\nclient-id = thuocdo\nlabel = tài khoản Tỉnh Mẫu\n[secrets]\nfile = {secrets}\n")
        super().setUpClass()

    @classmethod
    def start(cls, *options):
        cls.server = Server(cls.db, "--config", cls.config, *options, listen=f"127.0.0.1:{cls.listen}")
        cls.port = cls.listen

    @classmethod
    def tearDownClass(cls):
        for p in (cls.mailer, cls.provider):
            p.kill()
            p.wait()
            p.stdout.close()
        super().tearDownClass()
        shutil.rmtree(cls.post, ignore_errors=True)

    def account(self, login, email):
        code, out, errors = run("user", "add", login, "--db", self.db, "--name", "Trần Thử", "--email", email, "--unit", people.OWN)
        self.assertEqual(code, 0, errors)
        return re.search(r"first password (\S+)", out)[1]

    def letter_to(self, address, seconds=20):
        """The newest letter to somebody."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for name in sorted(os.listdir(self.post), reverse=True):
                if re.fullmatch(r"\d+\.json", name):
                    with open(os.path.join(self.post, name), encoding="utf-8") as f:
                        m = json.load(f)
                    if m["to"] == [address]:
                        return m
            time.sleep(0.1)
        self.fail(f"no letter to {address}")

    # --- letters ---

    def test_forgotten_password(self):
        self.account("quen.mk", "quen@x.vn")
        b = self.browser()
        self.assertEqual(b.post("/quen-mat-khau", login="quen.mk").status, 200)
        text = self.letter_to("quen@x.vn")["parts"]["text/plain"]
        path = re.search(re.escape(self.url) + r"(/dat-mat-khau/\S+)", text)[1]
        self.assertEqual(b.post(path, password=people.GOOD, again=people.GOOD).status, 303)
        self.assertEqual(b.sign_in("quen.mk", people.GOOD).status, 303)
        # Who is not there gets no letter, and the same answer.
        self.assertEqual(self.browser().post("/quen-mat-khau", login="khong.co").status, 200)

    # --- notices ---

    def test_notices(self):
        b = self.signed_in("nhan.tin", self.account("nhan.tin", "nhantin@x.vn"))
        r = b.ask("/thong-bao")
        self.assertEqual(r.status, 200)
        self.assertIn("Chưa có thông báo nào", r.text)
        user = self.sql("SELECT id FROM account WHERE login = 'nhan.tin'")[0][0]
        for i in range(1, 103):
            self.sql(f"INSERT INTO notice (id, user_id, kind, subject, subject_en, unit, detail, path, shown, created_at) VALUES ({i}, {user}, 'returned', "
                     f"'Chấm điểm <{i}>', '', 'Sở A', 'Thiếu minh chứng', '/ket-qua', 1, 1790000000000)")
        data = json.loads(b.ask("/thong-bao.json").text)["data"]
        self.assertEqual((data["unread"], len(data["items"]), data["items"][0]["subject"], data["items"][0]["kind"]), (102, 100, "Chấm điểm <102>", "returned"))
        page = b.ask("/thong-bao").text
        self.assertIn("Trả lại: <a href=\"/ket-qua\">Chấm điểm &lt;102&gt;</a>", page)
        self.assertRegex(page, r'href="/thong-bao">Thông báo <b>102</b>')
        older = re.search(r'href="(/thong-bao\?truoc=[^"]+)"', page)[1]
        self.assertIn("Chấm điểm &lt;1&gt;", b.ask(older).text)
        one = data["items"][0]["id"]
        self.assertEqual(b.post("/thong-bao/da-doc", at="/thong-bao", id=one).status, 303)
        self.assertEqual(json.loads(b.ask("/thong-bao.json?moi=1").text)["data"]["unread"], 101)
        # Nobody marks or sees what is another's.
        other = self.of_role("auditor")
        self.assertEqual(other.post("/thong-bao/da-doc", at="/thong-bao", id=data["items"][1]["id"]).status, 303)
        self.assertEqual(json.loads(other.ask("/thong-bao.json").text)["data"]["items"], [])
        self.assertEqual(json.loads(b.ask("/thong-bao.json").text)["data"]["unread"], 101)
        self.assertEqual(b.post("/thong-bao/da-doc", at="/thong-bao", den=one).status, 303)
        self.assertEqual(json.loads(b.ask("/thong-bao.json").text)["data"]["unread"], 0)

    def test_choices(self):
        b = self.signed_in("lua.chon", self.account("lua.chon", "luachon@x.vn"))
        names = [c["kind"] for c in json.loads(b.ask("/thong-bao/lua-chon.json").text)["data"]["choices"]]
        self.assertLessEqual({"opened", "due", "late", "returned", "remark", "decided", "published"}, set(names))
        form = {f"{n}-mail": "now" for n in names} | {"late-list": "1", "tieng": "en"}
        self.assertEqual(b.post("/thong-bao/lua-chon", form).status, 303)
        data = json.loads(b.ask("/thong-bao/lua-chon.json").text)["data"]
        self.assertTrue(data["english"])
        self.assertEqual([c["kind"] for c in data["choices"] if c["shown"]], ["late"])
        self.assertEqual({c["mail"] for c in data["choices"]}, {"now"})
        self.assertEqual(b.post("/thong-bao/lua-chon", {"opened-mail": "always"}).status, 422)

    def test_outbox(self):
        admin, officer = self.of_role("administrator"), self.of_role("unit_officer")
        self.assertEqual(officer.ask("/thong-bao/thu-di").status, 403)
        self.account("hong.thu", "refused@x.vn")
        self.assertEqual(self.browser().post("/quen-mat-khau", login="hong.thu").status, 200)
        until = time.monotonic() + 20
        failed = []
        while not failed and time.monotonic() < until:
            failed = json.loads(admin.ask("/thong-bao/thu-di.json?trang-thai=failed").text)["data"]["letters"]
            time.sleep(0.2)
        self.assertEqual((failed[0]["what"], failed[0]["reply"]), ("reset", "550"))
        page = admin.ask("/thong-bao/thu-di").text
        self.assertNotIn("refused@x.vn", page)
        self.assertNotIn("dat-mat-khau", page)
        self.assertEqual(admin.post("/thong-bao/gui-lai", at="/thong-bao/thu-di", id=failed[0]["id"]).status, 409)

    # --- files ---

    def put_file(self, number, login, name, kind, content):
        """As an upload leaves it: belongs to nothing yet, so only who brought it sees it."""
        user = self.sql(f"SELECT id FROM account WHERE login = '{login}'")[0][0]
        pieces = [content[i:i + 262144] for i in range(0, len(content), 262144)]
        self.sql(f"INSERT INTO file_content (id, state, sha256, kind, size, n_chunks, touched_at) VALUES ({number}, 'whole', "
                 f"'{hashlib.sha256(content).hexdigest()}', '{kind}', {len(content)}, {len(pieces)}, 1)")
        for i, piece in enumerate(pieces):
            self.sql(f"INSERT INTO file_chunk (content_id, no, hash, bytes) VALUES ({number}, {i}, '{hashlib.sha256(piece).hexdigest()}', "
                     f"{self.blob(piece)})")
        now = int(time.time() * 1000)
        self.sql(f"INSERT INTO file (id, content_id, name, user_id, added_at, free_since) VALUES ({number}, {number}, '{name}', {user}, {now}, {now})")
        digits = "0123456789abcdefghjkmnpqrstvwxyz"
        return "/tep/" + "".join(digits[number >> 5 * i & 31] for i in range(12, -1, -1))

    def test_files(self):
        b = self.signed_in("co.tep", self.account("co.tep", "cotep@x.vn"))
        pdf = b"%PDF-1.7\n" + os.urandom(60000).hex().encode() * 5
        path = self.put_file(7001, "co.tep", "Báo cáo.pdf", "pdf", pdf)
        r = b.ask(path)
        self.assertEqual((r.status, len(r.raw), r.raw == pdf), (200, len(pdf), True))
        self.assertEqual((r.headers["Content-Type"], r.headers["X-Content-Type-Options"], r.headers["Cache-Control"]),
                         ("application/pdf", "nosniff", "no-store"))
        self.assertTrue(r.headers["Content-Disposition"].startswith("attachment;"))
        self.assertTrue(r.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'"))
        r = b.ask(path + "?xem=1", Range="bytes=262140-262150")
        self.assertEqual((r.status, r.raw), (206, pdf[262140:262151]))
        self.assertTrue(r.headers["Content-Disposition"].startswith("inline;"))
        self.assertIn("default-src 'none'", r.headers["Content-Security-Policy"])
        r = b.ask(path + "/thong-tin")
        self.assertEqual(r.status, 200)
        self.assertIn("Tệp chưa có chữ ký số", r.text)
        self.assertEqual(json.loads(b.ask(path + "/thong-tin.json").text)["data"]["sha256"], hashlib.sha256(pdf).hexdigest())
        # An office file is never shown, whatever is asked.
        doc = self.put_file(7002, "co.tep", "a.docx", "docx", b"PK\3\4")
        r = b.ask(doc + "?xem=1")
        self.assertTrue(r.headers["Content-Disposition"].startswith("attachment;"))
        for who in (self.of_role("leader"), self.browser()):
            for at in (path, path + "/thong-tin", doc):
                self.assertEqual(who.ask(at).status, 403, at)
        self.assertEqual(b.ask("/tep/0000000000123").status, 404)
        # Damaged in the store: nothing is handed out.
        self.sql(f"UPDATE file_chunk SET bytes = {self.blob(b'x')} WHERE content_id = 7001 AND no = 1")
        r = b.ask(path)
        self.assertEqual(r.status, 500)
        self.assertIn("không còn nguyên vẹn", r.text)

    # --- single sign-on ---

    def away(self, b, back="/toi"):
        r = b.ask("/dang-nhap/mot-lan?ve=" + urllib.parse.quote(back))
        self.assertEqual(r.status, 303, r.text[:500])
        self.assertTrue(r.headers["Location"].startswith(self.issuer + "/"))
        with urllib.request.urlopen(f"{self.issuer}/__browse?url=" + urllib.parse.quote(r.headers["Location"], safe="")) as answer:
            url = answer.read().decode()
        self.assertTrue(url.startswith(self.url + "/dang-nhap/quay-ve?"), url[:500])
        return url[len(self.url):]

    def test_single_sign_on(self):
        self.assertIn("tài khoản Tỉnh Mẫu", self.browser().ask("/dang-nhap").text)
        b = self.browser()
        r = b.ask(self.away(b))
        self.assertEqual(r.status, 403)  # signed in there, but no account here
        self.assertIn("chưa có tài khoản", r.text)
        self.account("tran.binh", "binh@x.vn")
        b = self.browser()
        path = self.away(b)
        r = b.ask(path)
        # The first password must be changed first; the session is there.
        self.assertEqual((r.status, r.headers["Location"]), (303, "/toi"), r.text[:500])
        self.assertEqual(b.ask("/toi").headers["Location"], "/toi/mat-khau")
        self.assertEqual(self.browser().ask(path).status, 403)  # another browser: no such state
        self.assertEqual(b.ask(path).status, 403)  # a second time
        # Another account takes the address: the link counts.
        self.sql("UPDATE account SET email = 'khac@x.vn' WHERE login = 'tran.binh'")
        self.account("nguoi.khac", "binh@x.vn")
        b = self.browser()
        self.assertEqual(b.ask(self.away(b)).status, 303)
        got = self.sql("SELECT a.login FROM account_identity i JOIN account a ON a.id = i.account_id")
        self.assertEqual([x[0] for x in got], ["tran.binh"])
        # Disabled here is disabled, whatever the provider says.
        self.assertEqual(run("user", "disable", "tran.binh", "--db", self.db)[0], 0)
        b = self.browser()
        self.assertEqual(b.ask(self.away(b)).status, 403)

    def test_coming_back_with_nothing(self):
        b = self.browser()
        self.away(b)
        for query in ("", "?code=x", "?state=x&code=x", "?error=access_denied&error_description=%3Cscript%3E", "?code=x&state="):
            r = b.ask("/dang-nhap/quay-ve" + query)
            self.assertEqual(r.status, 403, query)
            self.assertNotIn("<script>", r.text)
        # Never away to somebody else's page.
        path = self.away(b, "https://khac.vn/x")
        self.assertIn(b.ask(path).status, (303, 403))


# What is tested there already is not tested again, but for the routes of the pages here.
for name in dir(people.People):
    if name.startswith("test_") and name != "test_routes_by_roles":
        setattr(Net, name, None)


class OnSqlite(Net, unittest.TestCase):
    database = "sqlite"

    def blob(self, content):
        return f"X'{content.hex()}'"

    def sql(self, text):
        d = sqlite3.connect(self.db, timeout=10)
        try:
            with d:
                return d.execute(text).fetchall()
        finally:
            d.close()


if PG:

    class OnPostgresql(Net, unittest.TestCase):
        database = "postgresql"

        def blob(self, content):
            return f"decode('{content.hex()}', 'hex')"

        def sql(self, text):
            p = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", PG],
                               input=f"SET search_path = {schema(self.db)}; {text};", capture_output=True, text=True, check=True)
            return [line.split("\t") for line in p.stdout.splitlines()]


if __name__ == "__main__":
    tap.main()
