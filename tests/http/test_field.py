"""The field work of surveys from outside: sample, cases, quality, results without flagged answers, letters.   test_field.py PROGRAM

Each page is asked for by each role, whose rights come from the pack that the program ships with; a real mail server (aiosmtpd) runs beside
the program. On SQLite always, on PostgreSQL when THUOCDO_TEST_PG is set.
"""
import csv
import ctypes
import io
import json
import os
import re
import shutil
import tempfile
import unittest
import urllib.parse
import zipfile

import test_net as net
import test_people as people
from server import ENV, PG, ROOT, Server, done, place, tap

DRAWN, PHONE, OVER, QR = "ho-2026", "dien-thoai-2026", "sipas-ho-2025", "mot-cua-2026"
ROLES = ["administrator", "coordinator", "appraiser", "unit_officer", "leader", "auditor", "interviewer"]
# Pages of a survey, and the verbs of which one opens them.
PAGES = {"mau": "sample", "mau.json": "sample", "mau.csv": "sample", "mau/danh-sach": "sample", "chat-luong": "check", "chat-luong.json": "check",
         "chat-luong.csv": "check", "chat-luong/phieu": "check", "chat-luong/phieu.json": "check", "chat-luong/phieu.csv": "check",
         "tien-do": "interview view", "phuc-tra": "sample",
         "phuc-tra.json": "sample", "phong-van": "interview", "phat-hanh": "issue", "giay": "enter", "thiet-lap": "manage", "thiet-lap.json": "manage", "dia-diem": "manage", "dia-diem.csv": "manage"}
FORMS = {"phuc-tra": ("sample", {"viec": "dat", "ty-le": "20", "hat": "3"}), "phuc-tra/HS-109": ("sample", {"viec": "khong"}),
         "mau/phieu": ("sample", {}), "mau/thay": ("sample", {"so": "1", "ly-do": "đi vắng"}), "mau/xoa-lien-he": ("sample", {}),
         "chat-luong/ghep": ("manage", {"so": "1", "ma-phieu": "X"}), "chat-luong/bo": ("manage", {"so": "1", "ly-do": "thử thôi"}), "gui-thu": ("issue", {"lan": "moi"}),
         "thiet-lap": ("manage", {"ten": "Tên khác", "ky": "2026", "tu": "01/01/2026"}), "trang-thai": ("manage", {"viec": "dong", "chac": "1"}),
         "chi-tieu": ("manage", {"nhom": "x", "ten": "X", "o": "A1=1", "nhieu-nhat": "1", "moi": "1"}), "chi-tieu/bo": ("manage", {"nhom": "x"}),
         "dia-diem": ("manage", {"ma": "x", "ten": "X", "moi": "1"}), "dia-diem/bo": ("manage", {"ma": "quay-1"}),
         "phong-van/HS-002": ("interview", {"ket-qua": "busy"})}
WHOLE = [*zip(("A1", "A2", "B1", "B2", "B3", "B4", "B5", "B6"), "12454445"), ("C1", "cho")]
SHOWN = [("_co", "B6"), ("_co", "C1"), ("_co", "C2")]
CSRF = "/toi"  # a page that everybody has


class Squares(ctypes.Structure):
    _fields_ = [("version", ctypes.c_int), ("width", ctypes.c_int), ("data", ctypes.POINTER(ctypes.c_ubyte))]


def may(role, verbs):
    with open(os.path.join(ROOT, "method/packs/role_rights.csv"), encoding="utf-8") as f:
        return any(r["role"] == role and r["noun"] in ("survey", "*") and (r["verb"] == "*" or r["verb"] in verbs.split()) for r in csv.DictReader(f))


class Field:
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tdfield")
        cls.db = place(cls.folder, cls.database)
        ENV["THUOCDO_KEY"] = cls.folder + "/a.key"
        cls.post = tempfile.mkdtemp(prefix="tdpost")
        cls.mailer, port = net.started(["/usr/bin/python3", "tests/unit/net/smtp_server.py", cls.post])
        done("init", "--db", cls.db, "--demo")
        first = {}
        for role in ROLES:
            out = done("user", "add", role, "--db", cls.db, "--name", f"Người {role}", "--unit", people.OWN, "--role", role, "--scope", "*")
            first[role] = re.search(r"first password (\S+)", out)[1]
        cls.port = net.free_port()
        cls.url = f"http://127.0.0.1:{cls.port}"
        cls.config = cls.folder + "/thuocdo.ini"
        with open(cls.config, "w", encoding="utf-8") as f:
            f.write(f"[web]\nurl = {cls.url}\n[mail]\nhost = 127.0.0.1\nport = {port}\ntls = none\nfrom = thuocdo@x.vn\n")
        cls.server = Server(cls.db, "--config", cls.config, listen=f"127.0.0.1:{cls.port}")
        cls.who = {}
        for role in ROLES:
            b = cls.who[role] = people.Browser(cls.port)
            assert b.sign_in(role, first[role]).status == 303
            assert b.post("/toi/mat-khau", old=first[role], password=people.GOOD, again=people.GOOD).status == 303
        cls.nobody, cls.boss = people.Browser(cls.port), cls.who["coordinator"]

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        cls.mailer.kill()
        cls.mailer.wait()
        cls.mailer.stdout.close()
        done("audit", "verify", "--db", cls.db)
        shutil.rmtree(cls.folder)
        shutil.rmtree(cls.post)
        assert code == 0, cls.server.errors()

    letter_to = net.Net.letter_to

    def data(self, path, who=None):
        r = (who or self.boss).ask(path)
        self.assertEqual(r.status, 200, path)
        return json.loads(r.text)["data"]

    def send(self, path, who=None, **fields):
        return (who or self.boss).post(path, form={k.replace("_", "-"): v for k, v in fields.items()}, at=CSRF)

    def told(self, r):
        self.assertEqual(r.status, 422, r.text[:200])
        return " ".join(re.findall(r"<li>(.*?)</li>", r.text, re.S)) or r.text

    def after(self, r, words):
        self.assertEqual(r.status, 303, r.text[:300])
        self.assertIn(words, self.boss.ask(r.headers["Location"]).text)

    # --- who may ---

    def test_reading_by_role(self):
        wrong = []
        for page, verbs in PAGES.items():
            path = f"/khao-sat/{DRAWN if page.startswith('mau') else PHONE}/{page}"
            r = self.nobody.ask(path)
            if r.status not in (303, 401) or "HO-0" in r.text:
                wrong.append((path, "nobody", r.status))
            for role, b in self.who.items():
                r = b.ask(path)
                if r.status != (200 if may(role, verbs) else 403):
                    wrong.append((path, role, r.status))
        self.assertEqual(wrong, [])

    def test_writing_without_the_right(self):
        def stands():  # the seed that the form offers goes with the clock
            return [{k: v for k, v in self.data(f"/khao-sat/{s}/{p}.json").items() if k != "seed"}
                    for s, p in ((DRAWN, "mau"), (PHONE, "chat-luong"), (PHONE, "tien-do"), (DRAWN, "thiet-lap"), (DRAWN, "dia-diem"))]
        before = stands()
        wrong = []
        for page, (verbs, fields) in FORMS.items():
            path = f"/khao-sat/{PHONE if 'phong-van' in page or 'chat-luong' in page else DRAWN}/{page}"
            for role, b in self.who.items():
                if not may(role, verbs) and b.post(path, form=fields, at=CSRF).status != 403:
                    wrong.append((path, role))
            if self.boss.ask(path, "POST", fields).status != 403:  # without the token of a form
                wrong.append((path, "no token"))
            if self.nobody.post(path, form=fields, at="/dang-nhap").status not in (303, 401, 403):
                wrong.append((path, "nobody"))
        self.assertEqual(wrong, [])
        self.assertEqual(before, stands())

    # --- a survey is made and kept ---

    def setting(self, code, **more):
        return {"bo-cau-hoi": "mot-cua-minh-hoa/1", "ten": "Cuộc mới", "ten-en": "", "ky": "2026", "cach-chon": "tu-tra-loi", "cach-vao": "mo",
                "tu": "01/01/2026", "den": "", "toi-da": "", "moi-ngay": "", "ma": code, **more}

    def test_a_survey_is_made_by_who_may(self):
        for role, b in self.who.items():
            self.assertEqual(b.ask("/khao-sat/moi").status, 200 if may(role, "manage") else 403, role)
            if not may(role, "manage"):
                self.assertEqual(b.post("/khao-sat/moi", form=self.setting("trom"), at=CSRF).status, 403, role)
        self.assertIn(self.nobody.ask("/khao-sat/moi").status, (303, 401))
        new = lambda code, **more: self.boss.post("/khao-sat/moi", form=self.setting(code, **more), at=CSRF)
        for wrong, words in (({"ma": "Có dấu"}, "Mã gồm"), ({"ma": "moi"}, "Mã gồm"), ({"ma": QR}, "Đã có khảo sát"), ({"ten": ""}, "Cần tên"),
                             ({"ky": "hai nghìn"}, "Kỳ viết như"), ({"tu": ""}, "Cần ngày mở"), ({"tu": "2/1/2026", "den": "1/1/2026"}, "đứng trước ngày mở"),
                             ({"bo-cau-hoi": "khong-co/1"}, "Chọn một bộ câu hỏi"), ({"cach-chon": "xac-suat"}, "phải dùng mã mời"),
                             ({"toi-da": "nhiều"}, ""), ({"toi-da": "-1"}, "")):
            self.assertIn(words, self.told(new("hong", **wrong)), wrong)
        self.assertEqual(self.boss.ask("/khao-sat/hong/thiet-lap").status, 404)
        self.assertEqual(new("cuoc-moi").status, 303)
        got = self.data("/khao-sat/cuoc-moi/thiet-lap.json")
        self.assertEqual([got[k] for k in ("state", "answered", "tokens", "design", "name_en")], ["draft", False, False, "self_selected", "Cuộc mới"])
        self.assertNotIn("cuoc-moi", self.nobody.ask("/khao-sat.json").text)
        self.assertNotIn("cuoc-moi", self.who["leader"].ask("/khao-sat.json").text)
        self.assertIn("cuoc-moi", self.boss.ask("/khao-sat.json").text)

    def test_open_answered_closed(self):
        page = "/khao-sat/vong-doi"
        state = lambda what, **more: self.send(f"{page}/trang-thai", viec=what, **more)
        keep = lambda **more: self.boss.post(page + "/thiet-lap", form={k: v for k, v in self.setting("", **more).items() if k != "ma"}, at=CSRF)
        self.assertEqual(self.boss.post("/khao-sat/moi", form=self.setting("vong-doi"), at=CSRF).status, 303)
        self.assertIn("còn là dự thảo", self.told(state("dong", chac="1")))
        self.assertEqual(keep(den="02/01/2026").status, 303)
        self.assertIn("Ngày đóng đã qua", self.told(state("mo")))
        self.assertEqual(keep().status, 303)
        self.assertEqual(state("mo").status, 303)
        self.assertEqual(state("mo").status, 303)  # pressed twice
        self.assertEqual(state("du-thao").status, 303)
        self.assertEqual(state("mo").status, 303)
        # places
        place_ = lambda **f: self.send(page + "/dia-diem", **f)
        self.assertEqual(place_(ma="quay-1", ten="Quầy 1", moi="1").status, 303)
        self.assertEqual(place_(ma="quay-2", ten="Quầy 2", moi="1").status, 303)
        for wrong, words in (({"ma": "quay-1", "moi": "1"}, "Đã có địa điểm"), ({"ma": "quầy", "moi": "1"}, "Mã gồm"), ({"ma": "q", "moi": "1", "ten": ""}, "Cần tên"),
                             ({"ma": "quay-1", "don_vi": "commune/khong-co"}, "không có đơn vị")):
            self.assertIn(words, self.told(place_(**{"ten": "Quầy", **wrong})), wrong)
        self.assertEqual(place_(ma="quay-9", ten="Quầy 9").status, 404)
        # answers, enough of them to be published
        for n in range(6):
            body = [("khoa", f"{n:022d}"), ("buoc", 4), ("noi", "quay-1"), *WHOLE, *SHOWN]
            sent = self.nobody.ask(page, "POST", urllib.parse.urlencode(body), Content_Type="application/x-www-form-urlencoded")
            self.assertEqual(sent.status, 303, sent.text[:300])
        self.assertIn("nên không bỏ được", self.told(self.send(page + "/dia-diem/bo", ma="quay-1")))
        self.assertEqual(self.send(page + "/dia-diem/bo", ma="quay-2").status, 303)
        self.assertEqual([(p["code"], p["answers"]) for p in self.data(page + "/dia-diem.json")["places"]], [("quay-1", 6)])
        # what it rests on stays, the rest does not
        for wrong in ({"cach-vao": "ma-moi"}, {"cach-chon": "toan-bo", "cach-vao": "ma-moi"}, {"bo-cau-hoi": "sipas-2017-minh-hoa/1"}):
            self.assertIn("Đã có phiếu trả lời", self.told(keep(**wrong)), wrong)
        self.assertIn("Đã có phiếu trả lời", self.told(state("du-thao")))
        self.assertEqual(keep(ten="Tên mới", ky="2027", **{"toi-da": "50"}).status, 303)
        got = self.data(page + "/thiet-lap.json")
        self.assertEqual([got[k] for k in ("state", "answered", "name_vi", "period", "max_answers")], ["open", True, "Tên mới", "2027", 50])
        # two at once: the second is told, keeps what was typed, and may save it all the same
        mark = lambda text: re.search(r'name="dau" value="(\w+)"', text)[1]
        seen, more = mark(self.boss.ask(page + "/thiet-lap").text), {"ky": "2027", "toi-da": "50"}
        self.assertEqual(keep(ten="Của người thứ nhất", dau=seen, **more).status, 303)
        refused = keep(ten="Của người thứ hai", dau=seen, **more)
        self.assertIn("người khác đã lưu", self.told(refused))
        self.assertIn('value="Của người thứ hai"', refused.text)
        self.assertEqual(self.data(page + "/thiet-lap.json")["name_vi"], "Của người thứ nhất")
        self.assertEqual(keep(ten="Của người thứ hai", dau=mark(refused.text), **more).status, 303)
        # quotas
        cell = lambda **f: self.send(page + "/chi-tieu", **f)
        self.assertIn("Điều kiện của nhóm", self.told(cell(nhom="x", ten="X", o="A1=99", nhieu_nhat="5", moi="1")))
        self.assertEqual(cell(nhom="x", ten="X", o="A1=1", nhieu_nhat="5", moi="1").status, 303)
        self.assertIn("Đã có nhóm", self.told(cell(nhom="x", ten="X", o="A1=1", nhieu_nhat="5", moi="1")))
        self.assertEqual([(q["code"], q["answers"], q["most"]) for q in self.data(page + "/thiet-lap.json")["quotas"]], [("x", 6, 5)])
        self.assertEqual(cell(nhom="x", ten="Y", o="A1=2", nhieu_nhat="0").status, 303)
        self.assertEqual([(q["name"], q["answers"], q["most"]) for q in self.data(page + "/thiet-lap.json")["quotas"]], [("Y", 0, 0)])
        self.assertEqual(self.send(page + "/chi-tieu/bo", nhom="x").status, 303)
        self.assertEqual(self.send(page + "/chi-tieu/bo", nhom="x").status, 404)
        # closed, and again open until it is published
        self.assertIn("xác nhận", self.told(state("dong")))
        self.assertEqual(state("dong", chac="1").status, 303)
        late = self.nobody.ask(page, "POST", urllib.parse.urlencode([("khoa", "w" * 22), *body[1:]]), Content_Type="application/x-www-form-urlencoded")
        self.assertEqual((late.status, self.sql("SELECT COUNT(*) FROM response x JOIN survey s ON s.id = x.survey_id WHERE s.code = 'vong-doi'")[0][0] in (6, "6")),
                         (200, True))
        r = self.boss.post(page + "/cong-bo", at=CSRF, form={"viec": "cong-bo", "ly-do": ""})
        self.assertEqual(r.status, 303, re.findall(r"<li>(.*?)</li>", r.text, re.S))
        self.assertIn("đính chính", self.told(state("mo")))
        self.assertIn("đính chính", self.told(keep(ten="Tên mới", ky="2026")))
        self.assertIn("đính chính", self.told(place_(ma="quay-1", ten="Quầy 1", don_vi="sample-department/TM-SO-02")))
        self.assertEqual(keep(ten="Tên mới hơn", ky="2027", **{"toi-da": "50"}).status, 303)
        whats = [str(x[0]) for x in self.sql("SELECT what FROM audit_entry WHERE object = 'vong-doi' ORDER BY seq")]
        self.assertEqual(whats, ["survey.create", "survey.settle", "survey.settle", "survey.open", "survey.redraft", "survey.open", "survey_place.save",
                                 "survey_place.save", "survey_place.drop", *["survey.settle"] * 3, "survey_quota.save", "survey_quota.save", "survey_quota.drop",
                                 "survey.close", "survey.publish", "survey.settle"])

    # --- screens at desks, invitations and their codes ---

    def test_screens_at_desks(self):
        text = self.boss.ask(f"/khao-sat/{QR}/phat-hanh").text
        self.assertIn(f"{self.url}/khao-sat/{QR}?noi=quay-1&amp;quay=1", text)
        self.assertNotIn("quay=1", self.boss.ask(f"/khao-sat/{PHONE}/phat-hanh").text)
        thanks = f"/khao-sat/{QR}/cam-on?noi=quay-1"
        r = self.nobody.ask(thanks + "&quay=1")
        self.assertEqual(r.headers["Refresh"], f"30; url=/khao-sat/{QR}?noi=quay-1&quay=1")
        self.assertNotIn("http-equiv", r.text)
        self.assertIn("sau 30 giây", r.text)
        away = re.compile(rf'href="(?!/static/|(?:/en)?/khao-sat/{QR}[?"])[^"]*"')  # what leads out of the form
        self.assertIsNone(self.nobody.ask(thanks).headers["Refresh"])
        self.assertTrue(away.search(self.nobody.ask(thanks).text))
        for path in (f"/khao-sat/{QR}?noi=quay-1&quay=1", f"/khao-sat/{OVER}?quay=1", thanks + "&quay=1"):
            text = self.nobody.ask(path).text.replace(OVER, QR)
            self.assertEqual([x for x in away.findall(text) if x != 'href="#phieu"'], [], path)

    def code_of(self, address):
        """The squares of a QR code as the page draws them."""
        lib = ctypes.CDLL("libqrencode.so.4")
        lib.QRcode_encodeString.restype = ctypes.POINTER(Squares)
        q = lib.QRcode_encodeString(address.encode(), 0, 1, 2, 1).contents
        rows = ["".join("x" if q.data[y * q.width + x] & 1 else "." for x in range(q.width)) for y in range(q.width)]
        return "".join(f"M{m.start() + 4} {y + 4}h{len(m[0])}v1h-{len(m[0])}z" for y, row in enumerate(rows) for m in re.finditer("x+", row))

    def test_codes_say_that_they_are_codes(self):
        page = self.boss.ask(f"/khao-sat/{QR}/ma-qr?kho=a6&noi=quay-1").text
        self.assertIn(f'<p class="qrs__at">{self.url}/khao-sat/{QR}?noi=quay-1</p>', page)
        self.assertIn(self.code_of(f"{self.url}/khao-sat/{QR}?noi=quay-1&qr=1"), page)
        count = lambda mode: int(self.sql(f"SELECT COUNT(*) FROM response r JOIN survey s ON s.id = r.survey_id WHERE s.code = '{PHONE}' AND mode = '{mode}'")[0][0])
        before = count("qr"), count("web")
        page = self.boss.post(f"/khao-sat/{PHONE}/phat-hanh", form={"so-luong": "2", "dang": "the"}, at=CSRF).text
        printed = re.findall(r'<p class="qrs__at">(.*?)</p>', page)
        self.assertEqual(len(printed), 2)
        for n, address in enumerate(printed):
            self.assertNotIn("qr=1", address)
            self.assertIn(self.code_of(address + "?qr=1"), page)
            path = address[len(self.url):] + ("?qr=1" if n == 0 else "")
            form = self.nobody.ask(path).text
            self.assertEqual('name="qr" value="1"' in form, n == 0)
            body = [(x, re.search(f'name="{x}" value="([^"]+)"', form)[1]) for x in ("khoa", "luc", "ma")] + [("buoc", 4), *WHOLE, *SHOWN] + [("qr", "1")] * (n == 0)
            send = lambda body: self.nobody.ask(f"/khao-sat/{PHONE}", "POST", urllib.parse.urlencode(body), Content_Type="application/x-www-form-urlencoded")
            self.assertEqual(send(body).status, 303)
            used = send([("khoa", "z" * 22), *body[1:]])
            self.assertEqual(used.status, 409)
            self.assertIn("đã gửi một phiếu", used.text)
            self.assertNotIn("đang sửa", used.text)
        self.assertEqual((count("qr"), count("web")), (before[0] + 1, before[1] + 1))

    def test_a_mistyped_invitation(self):
        page = self.boss.post(f"/khao-sat/{PHONE}/phat-hanh", form={"so-luong": "1", "dang": "csv"}, at=CSRF).text
        token = re.search(r"/phieu/(\w{26})", page)[1]
        typed = token.upper().replace("0", "O").replace("1", "L")
        self.assertEqual(self.nobody.ask(f"/phieu/{typed[:13]}-{typed[13:]}").status, 200)
        said = set()
        for wrong in ("0" * 26, token[:-1], token + "0", "x", "%C4%91%C3%A2y"):
            r = self.nobody.ask("/phieu/" + wrong)
            self.assertEqual(r.status, 404, wrong)
            said.add(re.search(r"<main>(.*?)</main>", r.text, re.S)[1])
        self.assertEqual(len(said), 1)
        self.assertIn("xem lại mã trên thư", said.pop())
        self.assertIn("look at the letter", self.nobody.ask("/en/phieu/" + "0" * 26).text)
        self.assertEqual(json.loads(self.nobody.ask(f"/phieu/{'0' * 26}.json").text)["status"], 404)

    def test_a_draft_has_nothing_to_publish(self):
        self.assertEqual(self.boss.post("/khao-sat/moi", form=self.setting("chua-mo"), at=CSRF).status, 303)
        text = self.boss.ask("/khao-sat/chua-mo/cong-bo").text
        self.assertIn("còn là dự thảo", text)
        self.assertNotIn("còn nhận phiếu", text)

    # --- a sample becomes cases ---

    def test_sample_becomes_cases(self):
        page = f"/khao-sat/{DRAWN}/mau"
        self.assertIn("khong-co", self.told(self.send(page + "/phieu", nguoi="interviewer, khong-co")))
        self.assertEqual(self.data(page + ".json")["cases"], 0)
        for _ in range(2):
            self.assertEqual(self.send(page + "/phieu", nguoi="interviewer").status, 303)
        data = self.data(page + ".json")
        self.assertEqual((data["asked"], data["cases"], data["begun"]), (60, 60, False))
        mine = self.data(f"/khao-sat/{DRAWN}/phong-van.json", self.who["interviewer"])["cases"]
        self.assertEqual(len(mine), 60)
        self.assertNotIn("Hộ minh họa", self.nobody.ask(f"/khao-sat/{DRAWN}/phong-van.json").text)
        # whom of the household, in words: in the list, on the case, in the form of the app and in the list to download
        for x in mine:
            self.assertRegex(x["ask"], r"^Nhà có 1 người: hỏi người thứ 1; 2 người: thứ [12]; .*; từ 6 người: thứ [1-6]\.$")
        one = next(x for x in mine if x["person"] == "F")
        self.assertIn("; 5 người: thứ 5; từ 6 người: thứ 6.", one["ask"])
        self.assertTrue(one["place_name"].startswith(("Phường ", "Xã ")) and one["place"] not in one["place_name"])
        case = self.who["interviewer"].ask(f"/khao-sat/{DRAWN}/phong-van/{one['code']}").text
        for words in (one["ask"], "Đánh số nam trước", "Số nhà ", one["place_name"]):
            self.assertIn(words, case)
        self.assertIn("; 5: number 5; 6 or more: number 6.", self.who["interviewer"].ask(f"/en/khao-sat/{DRAWN}/phong-van/{one['code']}").text)
        listed = self.who["interviewer"].ask(f"/khao-sat/{DRAWN}/phong-van").text
        for words in (one["ask"], "Đánh số nam trước", "Số nhà "):
            self.assertIn(words, listed)
        rows = list(csv.DictReader(self.boss.ask(page + "/danh-sach").text.splitlines()))
        self.assertEqual({r["code"]: r["ask"] for r in rows}[one["code"]], one["ask"])
        self.assertTrue(rows[0]["address"].startswith("Số nhà "))
        areas = self.data(f"/khao-sat/{DRAWN}/tien-do.json")["areas"]
        self.assertTrue(all(a["name"].startswith(("Phường ", "Xã ")) for a in areas if not a["whole"]) and len(areas) > 2)
        # the item that says how many persons there were
        self.assertIn("SN (Trong nhà có bao nhiêu người từ 18 tuổi trở lên?)", self.boss.ask(page).text)
        # one stands in for another
        for wrong in ({"so": "1", "ly-do": "x"}, {"so": "999999", "ly-do": "đi vắng"}, {"so": "0", "ly-do": "đi vắng"},
                      {"so": "1", "ly-do": "đi vắng", "ket-qua": "completed"}):
            self.assertEqual(self.boss.post(page + "/thay", form=wrong, at=CSRF).status, 422, wrong)
        self.assertEqual(self.send(page + "/thay", so="1", ly_do="chuyển đi nơi khác", ket_qua="unreachable").status, 303)
        self.told(self.send(page + "/thay", so="1", ly_do="chuyển đi nơi khác"))
        rates = self.data(f"/khao-sat/{DRAWN}/chat-luong.json")
        self.assertEqual({o["what"]: (o["cases"], o["code"], o["counts"]) for o in rates["outcomes"]},
                         {"new": (60, "3.11", "UH"), "unreachable": (1, "3.90", "UO")})
        self.assertEqual(len(self.data(f"/khao-sat/{DRAWN}/phong-van.json", self.who["interviewer"])["cases"]), 60)
        # nothing is drawn anew over what was begun
        self.told(self.send(page + "/chon", hat="7", giai_doan=":srs:5"))
        self.assertEqual(self.data(page + ".json")["people"], 60)

    def test_next_birthday(self):
        with open(self.folder + "/s.csv", "w", encoding="utf-8") as f:
            f.write("code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,max_answers,illustrative,note\n"
                    "sinh-nhat,lanh-dao-minh-hoa,Thử,Trial,2026,probability,token,open,2026-01-01,,,yes,\n")
        with open(self.folder + "/f.csv", "w", encoding="utf-8") as f:
            f.write("survey,kind,unit,name,address,stratum\n" + "".join(f"sinh-nhat,households,N-{i},Nhà {i},Ngõ {i},A\n" for i in range(20)))
        done("import", "surveys", self.folder + "/s.csv", "--db", self.db)
        done("import", "frame", self.folder + "/f.csv", "--db", self.db)
        page = "/khao-sat/sinh-nhat/mau"
        self.assertEqual(self.boss.post(page + "/chon", form={"hat": "3", "giai-doan": ":srs:4", "nguoi-trong-ho": "x"}, at=CSRF).status, 422)
        self.assertEqual(self.send(page + "/chon", hat="3", giai_doan=":srs:4", tang="stratum", nguoi_trong_ho="birthday").status, 303)
        text = self.boss.ask(page).text
        self.assertIn("sinh nhật đến sớm nhất sau ngày phỏng vấn", text)
        self.assertIn("chưa có: người ở hộ đông", text)  # the questionnaire asks nobody how many there are
        self.assertEqual(self.send(page + "/phieu", nguoi="interviewer").status, 303)
        mine = self.data("/khao-sat/sinh-nhat/phong-van.json", self.who["interviewer"])["cases"]
        self.assertEqual([x["person"] for x in mine], ["birthday"] * 4)
        case = self.who["interviewer"].ask(f"/khao-sat/sinh-nhat/phong-van/{mine[0]['code']}").text
        self.assertIn("sinh nhật đến sớm nhất sau ngày phỏng vấn", case)
        self.assertNotIn("Đánh số nam trước", case)

    # --- quality ---

    def test_quality(self):
        page = f"/khao-sat/{QR}/chat-luong"
        data = self.data(page + ".json")
        flags = {f["what"]: f["answers"] for f in data["flags"]}
        self.assertEqual((flags["duplicate"], flags["straight"], flags["fast"]), (0, 5, 13))
        self.assertEqual({m["mode"]: m["fast"] for m in data["modes"]}, {"web": 9, "kiosk": 4})
        more = self.data(page + ".json?nhanh=90")
        self.assertGreater({f["what"]: f["answers"] for f in more["flags"]}["fast"], 100)
        for bad in ("0", "100", "x", "-1", "9" * 30):
            self.assertEqual(self.boss.ask(f"{page}?nhanh={bad}").status, 400, bad)
        rates = {r["name"]: r["value"] for r in self.data(f"/khao-sat/{PHONE}/chat-luong.json")["rates"]}
        self.assertEqual(len(rates), 16)
        self.assertLess(rates["RR1"], rates["RR3"])
        self.assertIn("RR1", self.boss.ask(f"/khao-sat/{PHONE}/chat-luong").text)
        self.assertEqual(self.boss.ask("/khao-sat/khong-co/chat-luong").status, 404)

    def test_flagged_answers(self):
        page = f"/khao-sat/{QR}/chat-luong"
        flags = {f["what"]: f["answers"] for f in self.data(page + ".json")["flags"]}
        total = self.data(page + ".json")["flagged"]
        self.assertIn('href="/khao-sat/' + QR + '/chat-luong/phieu?dau=fast"', self.boss.ask(page).text)
        whole = json.loads(self.boss.ask(page + "/phieu.json?moi-trang=1000").text)["data"]
        self.assertEqual((whole["found"], len(whole["rows"])), (total, total))
        for what, n in flags.items():
            rows = self.data(f"{page}/phieu.json?dau={what}")["rows"]
            self.assertEqual(len(rows), n, what)
            self.assertTrue(all(what in r["flags"].split() for r in rows))
            self.assertEqual([r["no"] for r in rows], list(range(1, n + 1)))
        table = list(csv.DictReader(self.boss.ask(page + "/phieu.csv").text.lstrip("\ufeff").splitlines()))
        self.assertEqual([r["flags"] for r in table], [r["flags"] for r in whole["rows"]])
        self.assertEqual(sum("straight" in r["flags"] for r in table), 5)
        # what they hold, and nothing that leads to somebody: no id, time or day
        self.assertEqual(set(table[0]), {"no", "flags", "mode", "place", "answers"})
        one = next(r for r in table if r["flags"] == "straight")
        self.assertRegex(one["answers"], r"^A1=\d; A2=\d.*B1=(\d); B2=\1; B3=\1; B4=\1; B5=\1; B6=\1")
        stored = {r[0] for r in self.sql(f"SELECT id FROM response WHERE survey_id = (SELECT id FROM survey WHERE code = '{QR}')")}
        text = self.boss.ask(page + "/phieu?dau=straight").text
        self.assertFalse([x for x in stored if str(x) in text])
        for words in ("5 trong ", "Chỉ dẫn, bảng biểu dễ thấy, dễ hiểu", "chọn một mức cho mọi câu cùng thang"):
            self.assertIn(words, text)
        # pages of a hundred; a survey with a sample names no place
        wide = json.loads(self.boss.ask(f"{page}/phieu.json?nhanh=90").text)
        self.assertEqual(len(wide["data"]["rows"]), 100)
        self.assertGreater(wide["data"]["found"], 100)
        second = json.loads(self.boss.ask(f"{page}/phieu.json?nhanh=90&trang=2").text)["data"]["rows"]
        self.assertEqual(second[0]["no"], 101)
        self.assertEqual({r["place"] for r in self.data(f"/khao-sat/{PHONE}/chat-luong/phieu.json")["rows"]}, {""})
        self.assertEqual(self.boss.ask(page + "/phieu?dau=x").status, 400)
        # beside the data for those who may, and not for others
        path = f"/khao-sat/{OVER}/du-lieu"
        self.assertIn("flags", self.head_of(self.boss.ask(path)))
        self.assertNotIn("flags", self.head_of(self.nobody.ask(path)))

    def head_of(self, r):
        with zipfile.ZipFile(io.BytesIO(r.raw)) as z:
            rows = list(csv.DictReader(io.StringIO(z.read("data.csv").decode())))
        if "flags" in rows[0]:
            flagged = self.data(f"/khao-sat/{OVER}/chat-luong.json")["flagged"]
            self.assertEqual(sum(r["flags"] != "" for r in rows), flagged)
        return list(rows[0])

    def test_call_back(self):
        page, quality = f"/khao-sat/{PHONE}/phuc-tra", f"/khao-sat/{PHONE}/chat-luong"
        survey = f"(SELECT id FROM survey WHERE code = '{PHONE}')"
        self.sql(f"DELETE FROM survey_callback_pair WHERE survey_id = {survey}")
        self.assertNotIn("Kappa", self.boss.ask(quality).text)
        # the list: persons on the page, none in what programs read
        waiting = self.data(page + ".json")
        self.assertIn("HS-121", [x["code"] for x in waiting["waiting"]])
        self.assertEqual(set(waiting["waiting"][0]), {"code"})
        self.assertIn("Người trả lời minh họa 21", self.boss.ask(page).text)
        # the share: bad ones are told, with what was typed kept
        for bad in ("0", "101", "x", "", "-5", "1,5"):
            self.assertIn("tỷ lệ phúc tra", self.told(self.send(page, viec="dat", ty_le=bad, hat="7")))
        for bad in ("x", "-1", "2000000001"):
            self.assertIn("hạt giống", self.told(self.send(page, viec="dat", ty_le="10", hat=bad)))
        self.after(self.send(page, viec="dat", ty_le="25", hat="11"), "Đã đặt tỷ lệ")
        self.assertEqual([self.data(page + ".json")[x] for x in ("share", "seed")], [25, 11])
        for role, b in self.who.items():
            self.assertEqual(b.ask(page + "/HS-121").status, 200 if may(role, "sample") else 403, role)
        # asked again: nothing chosen, no such option, then what they said; never twice
        one = page + "/HS-121"
        self.assertIn("Kết quả được trả so với giấy hẹn", self.boss.ask(one).text)
        self.assertIn("Chưa có câu trả lời nào", self.told(self.send(one, viec="ghi")))
        a1, a2 = (re.search(rf'<label for="(c\d+)">{n}\. ', self.boss.ask(one).text)[1] for n in (1, 2))
        self.told(self.send(one, viec="ghi", **{a1: "99"}))
        self.after(self.send(one, viec="ghi", **{a1: "1", a2: "2"}), "Đã ghi câu trả lời lần hai")
        self.assertEqual(self.boss.ask(one).status, 404)
        self.assertEqual(self.send(one, viec="ghi", **{a1: "1"}).status, 404)
        self.assertEqual({x["code"]: x["pairs"] for x in self.data(quality + ".json")["again"]}, {"A1": 1, "A2": 1})
        self.after(self.send(page + "/HS-129", viec="khong"), "không hỏi lại được")
        self.assertEqual(self.sql(f"SELECT COUNT(*) FROM survey_callback WHERE survey_id = {survey} AND code IN ('HS-121', 'HS-129')")[0][0] in (0, "0"), True)
        logged = [str(x[0]) for x in self.sql("SELECT detail FROM audit_entry WHERE what = 'callback.record'")]
        self.assertEqual(sorted(logged)[:2], ['{"asked":false}', '{"asked":true}'])
        # what came of it, by item
        self.sql(f"DELETE FROM survey_callback_pair WHERE survey_id = {survey}")
        for first, second, n in (("1", "1", 4), ("1", "2", 1), ("2", "2", 5)):
            self.sql(f"INSERT INTO survey_callback_pair (survey_id, item, first, second, n) VALUES ({survey}, 'A2', '{first}', '{second}', {n})")
        self.sql(f"INSERT INTO survey_callback_pair (survey_id, item, first, second, n) VALUES ({survey}, 'A1', '1', '1', 2)")
        few, whole = self.data(quality + ".json")["again"]
        self.assertEqual((few["code"], few["pairs"]), ("A1", 2))
        self.assertIsNone(few.get("agree"))
        self.assertEqual((whole["code"], whole["pairs"], round(whole["agree"], 9), round(whole["kappa"], 9)), ("A2", 10, 0.9, 0.8))
        text = self.boss.ask(quality).text
        self.assertIn("Kappa", text)
        self.assertIn("0,800", text)
        self.assertIn(f'href="{page}"', text)
        # ended: who waits is forgotten, what came of it stays
        self.after(self.send(page, viec="thoi"), "Đã thôi phúc tra")
        self.assertEqual(self.data(page + ".json")["waiting"], [])
        self.assertEqual(len(self.data(quality + ".json")["again"]), 2)

    def test_results_without_flagged(self):
        page = f"/khao-sat/{OVER}/ket-qua"
        self.assertEqual(self.nobody.ask(page).status, 200)
        self.assertEqual(self.nobody.ask(page + "?sach=1").status, 403)
        self.assertEqual(self.who["leader"].ask(page + "?sach=1").status, 403)
        self.assertNotIn('name="sach"', self.nobody.ask(page).text)
        r = self.boss.ask(page + "?sach=1")
        self.assertEqual(r.status, 200)
        flagged = self.data(f"/khao-sat/{OVER}/chat-luong.json")["flagged"]
        self.assertEqual(self.data(page + ".json?sach=1")["flagged"], flagged)
        self.assertRegex(r.text, f"Đã bỏ ra {flagged} phiếu")

    def test_an_interview_leaves_who_asked_and_no_hour(self):
        with open(self.folder + "/i.csv", "w", encoding="utf-8") as f:
            f.write(f"survey,code,place,stratum,psu,weight,interviewer,name,phone\n{PHONE},I-1,an-binh,an-binh,an-binh-1,12.5,interviewer,Người gọi,0900\n")
        done("import", "cases", self.folder + "/i.csv", "--db", self.db)
        b, page = self.who["interviewer"], f"/khao-sat/{PHONE}/phong-van/I-1/phieu"
        form = b.ask(page).text
        key, stamp = (re.search(f'name="{name}" value="([^"]+)"', form)[1] for name in ("khoa", "luc"))
        body = [("_csrf", re.search(r'name="_csrf" value="([^"]+)"', form)[1]), ("khoa", key), ("luc", stamp), ("buoc", 4), *WHOLE, *SHOWN]
        r = b.ask(page, "POST", urllib.parse.urlencode(body), Content_Type="application/x-www-form-urlencoded")
        self.assertEqual(r.status, 303, r.text[:300])
        rows = self.sql("SELECT v.started_at, v.ended_at, v.received_at % 86400000, r.seconds FROM response_visit v JOIN account a ON a.id = v.account_id"
                        " JOIN response r ON r.id = v.response_id WHERE a.login = 'interviewer' AND r.mode = 'phone'")
        self.assertEqual([[str(x) if x not in (None, "") else "" for x in row] for row in rows], [["", "", "0", "1"]])
        people_ = {x["login"]: x["answers"] for x in self.data(f"/khao-sat/{PHONE}/chat-luong.json")["interviewers"]}
        self.assertEqual(people_, {"interviewer": 1})
        gone = self.sql("SELECT outcome, place, interviewer, attempts FROM survey_case WHERE code = 'I-1'")
        self.assertEqual([[str(x) if x not in (None, "") else "" for x in row] for row in gone], [["completed", "", "", "0"]])
        self.assertEqual(self.sql("SELECT COUNT(*) FROM survey_contact p JOIN survey_case x ON x.id = p.case_id WHERE x.code = 'I-1'")[0][0] in (0, "0"), True)

    # --- letters ---

    def test_letters(self):
        with open(self.folder + "/c.csv", "w", encoding="utf-8") as f:
            f.write("survey,code,place,stratum,psu,weight,name,email\n")
            for i in (1, 2):
                f.write(f"{PHONE},T-{i},an-binh,an-binh,an-binh-1,12.5,Người <thư {i}>,thu{i}@x.vn\n")
        done("import", "cases", self.folder + "/c.csv", "--db", self.db)
        self.assertEqual(self.send(f"/khao-sat/{PHONE}/gui-thu", lan="khac").status, 422)
        r = self.send(f"/khao-sat/{PHONE}/gui-thu", lan="moi")
        self.assertEqual(r.status, 303)
        self.assertGreaterEqual(int(re.search(r"da-gui=(\d+)", r.headers["Location"])[1]), 2)
        links = {}
        for i in (1, 2):
            text = self.letter_to(f"thu{i}@x.vn")["parts"]["text/plain"]
            links[i] = re.search(re.escape(self.url) + r"(/phieu/[0-9a-z]{26})", text)[1]
            self.assertEqual(self.nobody.ask(links[i]).status, 200)
        # not again on the same day: neither letter nor reminder
        for again in ("moi", "nhac"):
            self.assertIn("da-gui=0", self.send(f"/khao-sat/{PHONE}/gui-thu", lan=again).headers["Location"])
        # one answers; some days later only the other is reminded, of the same invitation
        self.answer(links[1])
        self.sql("UPDATE survey_contact SET invited_on = invited_on - 10")
        before = len(os.listdir(self.post))
        self.assertNotIn("da-gui=0", self.send(f"/khao-sat/{PHONE}/gui-thu", lan="nhac").headers["Location"])
        self.until_letters(before + 1)
        text = self.letter_to("thu2@x.vn")["parts"]["text/plain"]
        self.assertIn(links[2], text)
        self.assertEqual(sum(m["to"] == ["thu1@x.vn"] for m in self.letters()), 1)
        page = self.who["administrator"].ask("/thong-bao/thu-di").text
        self.assertNotIn(links[2], page)
        self.assertNotIn("thu2@x.vn", page)
        done("audit", "verify", "--db", self.db)

    def letters(self):
        out = []
        for name in os.listdir(self.post):
            if re.fullmatch(r"\d+\.json", name):
                with open(os.path.join(self.post, name), encoding="utf-8") as f:
                    out.append(json.load(f))
        return out

    def until_letters(self, n, seconds=20):
        until = net.time.monotonic() + seconds
        while len(os.listdir(self.post)) < n and net.time.monotonic() < until:
            net.time.sleep(0.1)
        self.letter_to("thu2@x.vn")

    def answer(self, link):
        token = link.rsplit("/", 1)[1]
        page = self.nobody.ask(link).text
        key, stamp = (re.search(f'name="{name}" value="([^"]+)"', page)[1] for name in ("khoa", "luc"))
        fields = [("khoa", key), ("luc", stamp), ("buoc", 4), ("ma", token), *WHOLE, *SHOWN]
        r = self.nobody.ask(f"/khao-sat/{PHONE}", "POST", urllib.parse.urlencode(fields), Content_Type="application/x-www-form-urlencoded")
        self.assertEqual(r.status, 303, r.text[:300])


class OnSqlite(Field, unittest.TestCase):
    database = "sqlite"
    sql = net.OnSqlite.sql


if PG:

    class OnPostgresql(Field, unittest.TestCase):
        database = "postgresql"
        sql = net.OnPostgresql.sql


if __name__ == "__main__":
    tap.main()
