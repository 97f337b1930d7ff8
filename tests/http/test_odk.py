"""An interviewers' app against `thuocdo serve`.   test_odk.py PROGRAM

Behaves as ODK Collect does: the list, a form with its hash, HEAD before each submission, parts of attachments, the same sent again; and as
nobody should: without or with wrong names, broken XML, entities, too much. On SQLite always, on PostgreSQL when THUOCDO_TEST_PG is set.
"""
import base64
import csv
import hashlib
import http.client
import json
import re
import shutil
import tempfile
import unittest
import urllib.parse
import xml.etree.ElementTree as ET

from server import ENV, PG, Server, done, place, tap
from test_people import GOOD, Browser

SURVEY = "mot-cua-2026"
LIST = "{http://openrosa.org/xforms/xformsList}"
XF = "{http://www.w3.org/2002/xforms}"
H = "{http://www.w3.org/1999/xhtml}"
JR = "{http://openrosa.org/javarosa}"
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==")


class Collect:
    """What a telephone does."""

    def __init__(self, port, login=None, password=None, address="127.0.0.1"):
        self.port, self.address = port, address
        self.headers = {"User-Agent": "org.odk.collect.android/v2024.2", "X-OpenRosa-Version": "1.0", "Accept-Encoding": "identity"}
        if login:
            self.headers["Authorization"] = "Basic " + base64.b64encode(f"{login}:{password}".encode()).decode()

    def ask(self, path, method="GET", body=None, **more):
        c = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60, source_address=(self.address, 0))
        c.request(method, path, body, {**self.headers, **more})
        r = c.getresponse()
        r.raw = r.read()
        c.close()
        return r

    def send(self, xml, files=(), incomplete=False, name="form.xml"):
        mark = "----ODKmark7f3a"
        parts = [("xml_submission_file", name, "text/xml", xml.encode() if isinstance(xml, str) else xml)]
        parts += [(n, n, kind, data) for n, kind, data in files]
        body = b""
        for field, filename, kind, data in parts:
            body += (f'--{mark}\r\nContent-Disposition: form-data; name="{field}"; filename="{filename}"\r\n'
                     f"Content-Type: {kind}\r\n\r\n").encode() + data + b"\r\n"
        if incomplete:
            body += f'--{mark}\r\nContent-Disposition: form-data; name="*isIncomplete*"\r\n\r\nyes\r\n'.encode()
        body += f"--{mark}--\r\n".encode()
        return self.ask("/odk/submission", "POST", body, **{"Content-Type": f"multipart/form-data; boundary={mark}"})


def instance(uid, version, answers, form=SURVEY, place="quay-2", start="2026-11-20T09:00:00.000+07:00", end="2026-11-20T09:04:30.000+07:00", more=""):
    """answers: path -> text."""
    root = ET.Element("data", {"id": form, "version": str(version)})
    for path, text in {"start": start, "end": end, "_noi": place, **answers, "meta/instanceID": uid}.items():
        node = root
        for step in path.split("/"):
            found = node.find(step)
            node = found if found is not None else ET.SubElement(node, step)
        node.text = text
    return ET.tostring(root, encoding="unicode").replace("</data>", more + "</data>")


WHOLE = {"P1/A1": "1", "P1/A2": "2", "P2/B1": "4", "P2/B2": "5", "P3/B3": "4", "P3/B4": "4", "P3/B5": "4", "P4/B6": "5", "P4/C1": "cho giay",
         "P4/C2": "Chữ & <dấu>"}


class Interviews(unittest.TestCase):
    driver = "sqlite"

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="tdodk")
        cls.db = place(cls.dir, cls.driver)
        ENV["THUOCDO_KEY"] = cls.dir + "/a.key"
        done("init", "--db", cls.db, "--demo")
        first = {}
        for login, role in (("pv1", "interviewer"), ("xem", "leader"), ("moi", "interviewer"), ("chu", "coordinator")):
            out = done("user", "add", login, "--db", cls.db, "--name", "Người thử", "--unit", "sample-department/TM-SO-04", "--role", role, "--scope", "*")
            first[login] = re.search(r"first password (\S+)", out)[1]
        cls.first = first
        cls.start()
        for login in ("pv1", "xem", "chu"):
            cls.change_password(login, first[login])
        cls.app = Collect(cls.port, "pv1", GOOD)
        cls.version = cls.forms()[SURVEY][0]

    @classmethod
    def start(cls):
        cls.server = Server(cls.db)
        cls.port = cls.server.port

    @classmethod
    def change_password(cls, login, old):
        b = Browser(cls.port)
        assert b.sign_in(login, old).status == 303
        assert b.post("/toi/mat-khau", old=old, password=GOOD, again=GOOD).status == 303

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        shutil.rmtree(cls.dir)
        assert code == 0, cls.server.errors()

    @classmethod
    def forms(cls):
        root = ET.fromstring(cls.app.ask("/odk/formList").raw)
        return {x.findtext(LIST + "formID"): (x.findtext(LIST + "version"), x.findtext(LIST + "hash"), x.findtext(LIST + "downloadUrl"))
                for x in root.findall(LIST + "xform")}

    def answers(self, survey):
        rows = csv.DictReader(self.app.ask("/khao-sat.csv").raw.decode().lstrip("\ufeff").splitlines())
        return next(int(row["answers"]) for row in rows if row["code"] == survey)

    def count(self):
        return self.answers(SURVEY)

    def uid(self, n):
        return f"uuid:0000{self.driver}-{n:06d}"

    def refused(self, r, status, words=""):
        self.assertEqual(r.status, status, r.raw[:300])
        self.assertIn(words, r.raw.decode())

    # ---- the list and the form ----

    def test_list(self):
        r = self.app.ask("/odk/formList")
        self.assertEqual((r.status, r.getheader("X-OpenRosa-Version")), (200, "1.0"))
        self.assertTrue(r.getheader("Content-Type").startswith("text/xml"))
        self.assertIsNotNone(r.getheader("Date"))
        self.assertGreater(int(r.getheader("X-OpenRosa-Accept-Content-Length")), 1 << 20)
        self.assertIn(SURVEY, self.forms())
        self.assertNotIn("sipas-ho-2025", self.forms())  # it is over
        self.assertEqual(self.app.ask("/odk/formList", Accept="text/xml").status, 200)

    def test_form(self):
        version, digest, url = self.forms()[SURVEY]
        r = self.app.ask(urllib.parse.urlparse(url).path)
        self.assertEqual(r.status, 200)
        self.assertEqual("md5:" + hashlib.md5(r.raw).hexdigest(), digest)
        root = ET.fromstring(r.raw)
        data = root.find(f"{H}head/{XF}model/{XF}instance/{XF}data")
        self.assertEqual((data.get("id"), data.get("version")), (SURVEY, version))
        paths = set()

        def walk(node, at):
            paths.add(at)
            for child in node:
                walk(child, at + "/" + re.sub(r"^\{.*\}", "", child.tag))

        walk(data, "/data")
        binds = {b.get("nodeset").replace("orx:", ""): b for b in root.iter(XF + "bind")}
        self.assertLessEqual(set(binds), paths)
        self.assertEqual(binds["/data/P1/A3"].get("relevant"), "/data/P1/A2 = 3")
        self.assertEqual(binds["/data/P4/C1"].get("constraint"),
                         "count-selected(.) >= 1 and count-selected(.) <= 3 and not(selected(., 'khong') and count-selected(.) > 1)")
        self.assertEqual(binds["/data/P1/A1"].get("required"), "true()")
        controls = [c for tag in ("input", "select1", "select", "group") for c in root.iter(XF + tag)]
        self.assertTrue(controls)
        for c in controls:
            self.assertIn(c.get("ref"), binds)
        texts = {}
        for t in root.iter(XF + "translation"):
            texts[t.get("lang")] = {x.get("id"): x.findtext(XF + "value") for x in t.findall(XF + "text")}
        self.assertEqual(set(texts), {"Tiếng Việt (vi)", "English (en)"})
        used = {m for e in root.iter() for v in e.attrib.values() for m in re.findall(r"jr:itext\('([^']+)'\)", v)}
        for lang, known in texts.items():
            self.assertLessEqual(used, set(known), lang)
        self.assertEqual(texts["English (en)"]["list:hl:5"], "Very satisfied")
        for expression in [b.get(k) for b in binds.values() for k in ("relevant", "constraint") if b.get(k)]:
            for path in re.findall(r"/data[/\w.-]*", expression):
                self.assertIn(path, paths)
        self.assertEqual(self.app.ask("/odk/forms/khong-co").status, 404)
        self.assertEqual(self.app.ask("/odk/forms/sipas-ho-2025").status, 404)

    # ---- submissions ----

    def test_head_then_post_then_again(self):
        before = self.count()
        r = self.app.ask("/odk/submission", "HEAD")
        self.assertEqual((r.status, r.raw), (204, b""))
        self.assertTrue(r.getheader("Location").endswith("/odk/submission"))
        xml = instance(self.uid(1), self.version, WHOLE)
        for n in range(3):
            r = self.app.send(xml)
            self.assertEqual(r.status, 201, r.raw)
            self.assertEqual(ET.fromstring(r.raw).tag, "{http://openrosa.org/http/response}OpenRosaResponse")
        self.assertEqual(self.count(), before + 1)

    def test_parts_of_attachments(self):
        before = self.count()
        xml = instance(self.uid(2), self.version, WHOLE)
        self.assertEqual(self.app.send(xml, [("a.png", "image/png", PNG)], incomplete=True).status, 201)
        self.assertEqual(self.app.send(xml, [("b.png", "image/png", PNG)], incomplete=True).status, 201)
        self.assertEqual(self.app.send(xml, [("b.png", "image/png", PNG)]).status, 201)
        self.assertEqual(self.count(), before + 1)
        if self.driver == "sqlite":
            import sqlite3
            k = sqlite3.connect(self.db)
            rows = k.execute("SELECT f.name FROM file f JOIN file_ref r ON r.file_id = f.id WHERE r.noun = 'odk' ORDER BY f.name").fetchall()
            self.assertEqual(rows, [("a.png",), ("b.png",)])
            who = k.execute("SELECT a.login, v.started_at, v.ended_at, r.mode FROM response_visit v JOIN account a ON a.id = v.account_id"
                            " JOIN response r ON r.id = v.response_id").fetchall()
            self.assertIn(("pv1", 1795140000000, 1795140270000, "odk"), who)
            k.close()

    def test_program_in_an_image(self):
        r = self.app.send(instance(self.uid(3), self.version, WHOLE), [("a.png", "image/png", b"MZ\x90\0not a picture")])
        self.assertIn(r.status, (400, 413))

    def test_faults_are_told_and_nothing_is_stored(self):
        before = self.count()
        for wrong, words in (({"P1/A1": "7"}, "A1"), ({"P1/A1": ""}, "A1"), ({"P4/C1": "khong cho"}, "C1"), ({"P1/A9": "1"}, "P1/A9")):
            self.refused(self.app.send(instance(self.uid(4), self.version, {**WHOLE, **wrong})), 400, words)
        self.refused(self.app.send(instance(self.uid(4), 999, WHOLE)), 400, "999")
        self.refused(self.app.send(instance(self.uid(4), self.version, WHOLE, form="khong-co")), 404, "khong-co")
        self.refused(self.app.send(instance("", self.version, WHOLE)), 400, "instanceID")
        self.refused(self.app.send(instance(self.uid(4), self.version, WHOLE, place="khong-co")), 403)
        self.refused(self.app.send(instance(self.uid(4), self.version, WHOLE, start="hôm qua")), 400)
        self.refused(self.app.send(instance(self.uid(4), 1, {}, form="sipas-ho-2025", place="")), 403)  # long over
        self.assertEqual(self.count(), before)

    def test_what_is_no_form(self):
        good = instance(self.uid(5), self.version, WHOLE)
        bomb = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + good.replace("Chữ", "&b;")
        outside = '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + good.replace("Chữ", "&x;")
        for xml, status in ((bomb, 400), (outside, 400), ("", 400), ("<data>", 400), ("<data/>", 400), (b"\xff\xfe\0", 400), (good[:-20], 400),
                            ("<a id='x'>" * 100 + "</a>" * 100, 400), (f"<data id='{SURVEY}'>" + "<x/>" * 9000 + "</data>", 400),
                            (f"<data id='{SURVEY}'><x>" + "y" * 20000 + "</x></data>", 400), ("<data id='x'>" + " " * (1 << 20) + "</data>", 413)):
            r = self.app.send(xml)
            self.assertEqual(r.status, status, (xml[:60], r.raw[:200]))
            self.assertNotIn(b"root:", r.raw)
        self.assertEqual(self.app.ask("/odk/submission", "POST", b"x", **{"Content-Type": "text/xml"}).status, 415)
        r = self.app.ask("/odk/submission", "POST", None, **{"Content-Type": "multipart/form-data; boundary=x", "Content-Length": str(33 << 20)})
        self.assertEqual(r.status, 413)  # before a byte of it was sent

    # ---- cases of a sample ----

    PHONE = "dien-thoai-2026"

    def cases(self, app):
        """Codes that the form offers to somebody, and its hash."""
        root = ET.fromstring(app.ask("/odk/formList").raw)
        digest = next(x.findtext(LIST + "hash") for x in root.findall(LIST + "xform") if x.findtext(LIST + "formID") == self.PHONE)
        form = ET.fromstring(app.ask("/odk/forms/" + self.PHONE).raw)
        ask = next((c for c in form.iter(XF + "select1") if c.get("ref") == "/data/_phieu"), None)
        return [v.text for v in ask.iter(XF + "value")] if ask is not None else [], digest

    def interview(self, n, case, app=None, **more):
        xml = instance(f"uuid:case{self.driver}-{n:06d}", self.version, {"_phieu": case, **WHOLE}, form=self.PHONE, place="", **more)
        return (app or self.app).send(xml)

    def test_cases(self):
        done("import", "cases", self.make("c.csv", "survey,code,place,stratum,psu,weight,interviewer,name\n" + "".join(
            f"{self.PHONE},{c},an-binh,an-binh,an-binh-1,12.5,{who},{name}\n" for c, who, name in
            (("OD-1", "pv1", "Nguyễn <Thử>"), ("OD-2", "pv1", ""), ("OD-3", "moi", "")))), "--db", self.db)
        choices, digest = self.cases(self.app)
        self.assertEqual(choices, ["OD-1", "OD-2", "_ma", "_khong"])  # those of others are not his to see
        before = self.answers(self.PHONE)
        self.assertEqual(self.interview(1, "OD-1").status, 201)
        self.assertEqual(self.interview(1, "OD-1").status, 201)  # once more: the connection was lost
        self.assertEqual(self.answers(self.PHONE), before + 1)
        choices, other = self.cases(self.app)
        self.assertEqual(choices, ["OD-2", "_ma", "_khong"])
        self.assertNotEqual(digest, other)  # so that the app fetches the form anew
        # unknown, of another, over, not in the list: kept, and no answer yet
        for n, case in ((2, "OD-99"), (3, "OD-3"), (4, "OD-1"), (5, "_khong")):
            r = self.interview(n, case)
            self.assertEqual(r.status, 201, r.raw)
            self.assertIn("danh sách", r.raw.decode())
            self.assertEqual(self.interview(n, case).status, 201)
        photo = instance(f"uuid:case{self.driver}-{4:06d}", self.version, {"_phieu": "OD-1", **WHOLE}, form=self.PHONE, place="")
        self.assertEqual(self.app.send(photo, [("c.png", "image/png", PNG)]).status, 201)
        self.assertEqual(self.answers(self.PHONE), before + 1)
        out = done("survey", "rates", self.PHONE, "--db", self.db, "-o", "json")
        self.assertIn('"completed":27', out)
        self.assertIn('"strays":4', done("survey", "quality", self.PHONE, "--db", self.db, "-o", "json"))
        # an answer that is no good is told as always
        self.assertEqual(self.app.send(instance(self.uid(90), self.version, {"_phieu": "OD-99", **WHOLE, "P1/A1": "7"}, form=self.PHONE, place="")).status, 400)
        self.settle(before + 1)

    def settle(self, answers):
        """The page of quality lists what is kept; who manages surveys says whose it is."""
        page = f"/khao-sat/{self.PHONE}/chat-luong"
        boss = Browser(self.port)
        self.assertEqual(boss.sign_in("chu", GOOD).status, 303)
        rows = json.loads(boss.ask(page + ".json").text)["data"]["strays"]
        self.assertEqual([r["why"] for r in rows], ["unknown", "foreign", "over", "none"])
        look = Browser(self.port)
        self.assertEqual(look.sign_in("xem", GOOD).status, 303)
        self.assertEqual(look.ask(page).status, 403)
        # what one may know it by: who asked, when, the first items; the form keeps what was typed
        text = boss.ask(page).text
        for words in ("OD-99", "không có mã này", "bắt đầu ", "phải đến bộ phận một cửa mấy lần", "Bỏ, kèm lý do"):
            self.assertIn(words, text)
        self.assertTrue(rows[0]["first"].count("; ") == 2 and rows[0]["began"], rows[0])
        empty = boss.post(page + "/ghep", at=page, so=rows[0]["id"], **{"ma-phieu": ""})
        self.assertEqual(empty.status, 422)
        self.assertIn("mã phiếu trong mẫu", empty.text)
        self.assertIn("Phiếu chưa khớp danh sách", empty.text)
        self.assertEqual(boss.post(page + "/ghep", at=page, so=rows[0]["id"], **{"ma-phieu": "OD-77"}).status, 422)
        self.assertEqual(boss.post(page + "/ghep", at=page, so=rows[0]["id"], **{"ma-phieu": "OD-2"}).status, 303)
        self.assertEqual(boss.post(page + "/ghep", at=page, so=rows[0]["id"], **{"ma-phieu": "OD-2"}).status, 422)  # gone
        self.assertEqual(boss.post(page + "/ghep", at=page, so=rows[1]["id"], **{"ma-phieu": "OD-1"}).status, 422)  # has an answer
        # nobody's: away with a reason, which alone is logged
        for bad in ("", "ab", "x" * 301):
            r = boss.post(page + "/bo", at=page, so=rows[2]["id"], **{"ly-do": bad})
            self.assertEqual(r.status, 422, bad)
            self.assertIn("lý do", r.text)
        self.assertEqual(look.post(page + "/bo", at="/toi", so=rows[2]["id"], **{"ly-do": "phiếu thử"}).status, 403)
        self.assertEqual(boss.post(page + "/bo", at=page, so=rows[2]["id"], **{"ly-do": "Người ấy đã trả lời rồi <2>"}).status, 303)
        self.assertIn("Đã bỏ phỏng vấn", boss.ask(page + "?xong=bo").text)
        self.assertEqual(boss.post(page + "/bo", at=page, so=rows[2]["id"], **{"ly-do": "lần nữa"}).status, 422)  # gone
        self.assertEqual([r["why"] for r in json.loads(boss.ask(page + ".json").text)["data"]["strays"]], ["foreign", "none"])
        if self.driver == "sqlite":
            import sqlite3
            k = sqlite3.connect(self.db)
            log = k.execute("SELECT detail FROM audit_entry WHERE what = 'stray_interview.dismiss'").fetchall()
            self.assertEqual([json.loads(x[0]) for x in log], [{"reason": "Người ấy đã trả lời rồi <2>"}])
            self.assertEqual(k.execute("SELECT COUNT(*) FROM file_ref r JOIN file f ON f.id = r.file_id WHERE f.name = 'c.png'").fetchone()[0], 0)
            k.close()
        self.assertEqual(self.answers(self.PHONE), answers + 1)
        self.assertEqual(self.interview(2, "OD-99").status, 201)  # sent again after it was settled
        self.assertEqual(self.answers(self.PHONE), answers + 1)

    def make(self, name, text):
        path = f"{self.dir}/{name}"
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)
        return path

    # ---- who may ----

    def test_who(self):
        for app in (Collect(self.port), Collect(self.port, "pv1", "sai mật khẩu rồi", "127.8.0.1"), Collect(self.port, "khong-co", GOOD, "127.8.0.2")):
            for method, path in (("GET", "/odk/formList"), ("HEAD", "/odk/submission"), ("GET", f"/odk/forms/{SURVEY}")):
                r = app.ask(path, method)
                self.assertEqual((r.status, r.getheader("WWW-Authenticate")), (401, 'Basic realm="thuocdo", charset="UTF-8"'))
            self.assertEqual(app.send(instance(self.uid(6), self.version, WHOLE)).status, 401)
        self.assertEqual(Collect(self.port, "xem", GOOD, "127.8.0.3").ask("/odk/formList").status, 403)
        # the first password has to be changed before
        self.assertEqual(Collect(self.port, "moi", self.first["moi"], "127.8.0.4").ask("/odk/formList").status, 403)
        for bad in ("Basic", "Basic ****", "Basic " + base64.b64encode(b"nocolon").decode(), "Bearer x", "Basic " + "QQ" * 4000):
            app = Collect(self.port, address="127.8.0.5")
            app.headers["Authorization"] = bad
            self.assertIn(app.ask("/odk/formList").status, (401, 431))

    def test_guessing_is_slowed_down(self):
        app = Collect(self.port, "pv1", "đoán mò thôi", "127.8.1.1")
        got = [app.ask("/odk/formList").status for _ in range(8)]
        self.assertEqual(got[0], 401)
        self.assertIn(429, got)
        self.assertEqual(Collect(self.port, "pv1", GOOD, "127.8.1.1").ask("/odk/formList").status, 429)

    def test_zz_kill(self):
        """An answer that got its 201 is there after kill -9, and sent again it stays one."""
        before = self.count()
        xml = instance(self.uid(7), self.version, WHOLE)
        self.assertEqual(self.app.send(xml).status, 201)
        self.server.kill()
        type(self).start()
        type(self).app = Collect(self.port, "pv1", GOOD)
        self.assertEqual(self.count(), before + 1)
        self.assertEqual(self.app.send(xml).status, 201)
        self.assertEqual(self.count(), before + 1)


if PG:
    class InterviewsOnPostgres(Interviews):
        driver = "postgresql"


if __name__ == "__main__":
    tap.main()
