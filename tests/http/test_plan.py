"""What comes before the answers: samples, their weights, questionnaires from files.   test_plan.py PROGRAM

On the demo, as the coordinator. On SQLite always, on PostgreSQL when THUOCDO_TEST_PG is set.
"""
import csv
import html
import io
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

import test_people as people
from server import ENV, PG, PROGRAM, ROOT, done, place, tap
from test_people import GOOD

sys.path.insert(0, os.path.join(ROOT, "tests/data"))
from workbook import workbook

MAU = "/khao-sat/ho-2026/mau"
WEIGH = "/khao-sat/sipas-ho-2025/trong-so"


class Plan:
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tdplan")
        cls.db = place(cls.folder, cls.database)
        ENV["THUOCDO_KEY"] = cls.folder + "/a.key"
        done("init", "--demo", "--db", cls.db)
        out = done("user", "add", "dp", "--db", cls.db, "--name", "Điều phối", "--unit", "sample-department/TM-SO-02", "--role", "coordinator", "--scope", "*")
        first = re.search(r"first password (\S+)", out)[1]
        people.People.start.__func__(cls)
        cls.boss = people.Browser(cls.port)
        assert cls.boss.sign_in("dp", first).status == 303
        assert cls.boss.post("/toi/mat-khau", old=first, password=GOOD, again=GOOD).status == 303

    @classmethod
    def tearDownClass(cls):
        people.People.stop.__func__(cls)
        shutil.rmtree(cls.folder, ignore_errors=True)

    def data(self, path):
        r = self.boss.ask(path)
        self.assertEqual(r.status, 200, r.text[:300])
        return json.loads(r.text)["data"]

    def faults(self, r, status=422):
        self.assertEqual(r.status, status, r.text[:300])
        return [html.unescape(re.sub(r"<[^>]+>", "", f)) for f in re.findall(r"<li>(.*?)</li>", re.search(r'class="faults">(.*?)</ul>', r.text, re.S)[1], re.S)]

    def size(self, lang="", **fields):
        return self.boss.ask(f"{lang}{MAU}?" + urllib.parse.urlencode({k.replace("_", "-"): v for k, v in fields.items()}))

    def sized(self, **fields):
        return self.data(f"{MAU}.json?" + urllib.parse.urlencode({k.replace("_", "-"): v for k, v in fields.items()}))

    def upload(self, page, name, content, to=None, field="tep", **fields):
        line, kind = b"xx1xx", f'; filename="{name}"\r\nContent-Type: application/octet-stream'
        parts = [("_csrf", "", self.boss.token(page)), *[(k, "", v) for k, v in fields.items()], (field, kind, content)]
        body = b"".join(b"--" + line + f"\r\nContent-Disposition: form-data; name=\"{n}\"{more}\r\n\r\n".encode()
                        + (c if isinstance(c, bytes) else c.encode()) + b"\r\n" for n, more, c in parts)
        return self.boss.ask(to or page, "POST", body + b"--" + line + b"--\r\n", Content_Type="multipart/form-data; boundary=xx1xx")

    # --- sizes ---

    def test_numbers_as_the_page_writes_them(self):
        for written in ("50000", "50.000", " 50.000 "):
            self.assertEqual(self.sized(tong_the=written)["interviews"], 539, written)
        self.assertEqual(self.sized(tong_the="1.200.000")["interviews"], 544)
        page = self.size(rho="0,05", cp_cum="500.000", cp_nguoi="50.000").text
        self.assertTrue("Chi phí: 88.650.000." in page)
        self.assertEqual(self.size(lang="/en", rho="0.05", cp_cum="500,000", cp_nguoi="50,000").text.count(" 88,650,000."), 1)
        self.assertEqual(self.sized(sai_so="0.030", ty_le="0.850")["interviews"], 545)  # no thousands begin with a nought
        for wrong in ("5.00", "50.0000", "1.2.3", "12.34.567", "-5", "12,5"):
            self.assertIn(wrong, " ".join(self.faults(self.size(tong_the=wrong))))

    def test_size_as_the_terminal(self):
        for page, terminal in (({"rho": "0,05", "nguoi-cum": "31"}, ["--rho", "0.05", "--cluster", "31"]),
                               ({"deff": "1,6", "dung": "0,9"}, ["--deff", "1.6", "--eligible", "0.9"]),
                               ({"do-lech": "1,2", "sai-so": "0,1", "tin-cay": "0,9", "rho": "0,02", "nguoi-cum": "12", "so-tang": "4"},
                                ["--sd", "1.2", "--level", "0.9", "--rho", "0.02", "--cluster", "12", "--strata", "4"])):
            margin = page.get("sai-so", "0,03").replace(",", ".")
            share = [] if "do-lech" in page else ["--p", "0.85"]
            told = next(csv.DictReader(done("sample", "size", "--margin", margin, *share, "--response", "0.8", *terminal, "-o", "csv").splitlines()))
            got = self.sized(**page)
            self.assertEqual((got["interviews"], got["addresses"]), (int(told["interviews"]), int(told["addresses"])), page)
            self.assertAlmostEqual(got["deff"], float(told["deff"]), 9)
            self.assertEqual(got["clusters"], int(told["clusters"] or 0))
        # a correlation without what it works on is no sample of one by one
        self.assertIn("số người mỗi cụm", self.faults(self.size(rho="0,05"))[0])
        self.assertIn("tương quan", self.faults(self.size(nguoi_cum="31"))[0])
        self.assertIn("cả hai chi phí", self.faults(self.size(cp_cum="500.000"))[0])

    def test_sizes_of_parts(self):
        """As `--domains` of the terminal."""
        table = os.path.join(self.folder, "domains.csv")
        with open(table, "w", encoding="utf-8") as f:
            f.write("domain,population,p\nxã A,1000,\nxã B,200000,0.8\n")
        told = [(r["domain"], int(r["interviews"]), int(r["addresses"])) for r in
                csv.DictReader(done("sample", "size", "--margin", "0.03", "--p", "0.85", "--response", "0.8", "--domains", table, "-o", "csv").splitlines())]
        for text in ("xã A; 1.000\nxã B;200.000;0,8\n", "xã A\t1.000\r\n\r\nxã B\t200000\t0,8"):
            got = self.sized(mien=text)
            self.assertEqual([(d["name"], d["interviews"], d["addresses"]) for d in got["domains"]], told)
            self.assertEqual(got["domain_interviews"], sum(t[1] for t in told))
        self.assertTrue(self.faults(self.size(mien="xã A;1000\nxã B;50.00"))[0].startswith("Các miền:2: "))

    # --- draws ---

    def drawn_again(self):
        """The frame from the page, the command from the page, the same units."""
        d = self.data(MAU + ".json")
        folder = tempfile.mkdtemp(dir=self.folder)
        words = shlex.split(d["command"])
        frame = self.boss.ask(urllib.parse.urlparse(d["frame_url"]).path)
        self.assertEqual(frame.status, 200)
        self.assertEqual(frame.text.splitlines()[0], "unit,place,stratum,cluster,subcluster,size,certain,sd,cost,wanted")
        self.assertNotIn("Hộ minh họa", frame.text)
        with open(os.path.join(folder, words[3]), "wb") as f:
            f.write(frame.raw)
        out = subprocess.run([PROGRAM, *words[1:], "-o", "csv"], cwd=folder, env=ENV, capture_output=True, text=True)
        self.assertEqual(out.returncode, 0, out.stderr)
        again = sorted((r["unit"], r["role"]) for r in csv.DictReader(io.StringIO(out.stdout)))
        listed = csv.DictReader(io.StringIO(self.boss.ask(MAU + "/danh-sach").text.lstrip("\ufeff")))
        self.assertEqual(again, sorted((r["code"], r["role"]) for r in listed))
        told = json.loads(subprocess.run([PROGRAM, *words[1:], "-o", "json"], cwd=folder, env=ENV, capture_output=True, text=True).stdout)
        self.assertEqual(told["frame_sha256"], d["hash"])
        return d

    def test_a_draw_is_shown_and_repeated(self):
        d = self.drawn_again()
        self.assertEqual((d["seed"], d["stages"], d["strata_by"], d["allocate"], d["reserve"], d["person"]),
                         (2026, "cluster:pps:6:size:certain,:srs:10", "stratum", "proportional", 3, "kish"))
        page = self.boss.ask(MAU).text
        for shown in ("cluster:pps:6:size:certain,:srs:10", "thuocdo sample draw dan-mau-ho-2026.csv --seed 2026", "theo quy mô"):
            self.assertIn(shown, page)

    def test_allocations(self):
        rows = ["survey,unit,stratum,cluster,size,sd,cost,wanted"]
        rows += [f"ho-2026,u{h}{i},T{h},c{h}{i // 4},5,{1 + h},{2 if h else 9},{2 + h}" for h in range(2) for i in range(40)]
        self.assertEqual(self.upload(MAU, "f.csv", "\n".join(rows) + "\n", to=MAU + "/dan-mau").status, 303)

        def draw(**fields):
            return self.boss.post(MAU + "/chon", {k.replace("_", "-"): v for k, v in fields.items()}, at="/toi")

        def shares():
            return [s["drawn"] for s in self.data(MAU + ".json")["strata"]]

        self.assertEqual(draw(hat="5", giai_doan=":srs:30", tang="stratum", phan_bo="neyman").status, 303)
        self.assertEqual((shares(), self.drawn_again()["sd"]), ([10, 20], "sd"))
        self.assertEqual(draw(hat="5", giai_doan=":srs:30", tang="stratum", phan_bo="neyman", chi_phi="1").status, 303)
        self.assertEqual((shares(), self.drawn_again()["cost_of"]), ([6, 24], "cost"))
        self.assertEqual(draw(hat="5", giai_doan="cluster:srs:,:srs:3", tang="stratum", phan_bo="given").status, 303)
        self.assertEqual((shares(), self.drawn_again()["allocate"]), ([6, 9], "given:wanted"))

    def test_faults_of_a_frame_by_cell(self):
        text = "survey;unit;size;cost\nho-2026;1;5;50.000\nho-2026;2;1.200.000;2,5\n"
        told = self.faults(self.upload(MAU, "f.csv", text, to=MAU + "/dan-mau"))
        self.assertTrue(told[0].startswith("f.csv:2:4: ") and told[1].startswith("f.csv:3:3: ") and "hàng nghìn" in told[0], told)
        text = "survey,unit,size,wanted\nho-2026,1,5,x\nho-2026,2,y,3\n"
        told = self.faults(self.upload(MAU, "f.csv", text, to=MAU + "/dan-mau"))
        self.assertTrue(any(f.startswith("f.csv:2:4: ") for f in told) and any(f.startswith("f.csv:3:3: ") for f in told), told)

    # --- weights ---

    def weigh(self, **fields):
        return self.boss.post(WEIGH, {k.replace("_", "-"): v for k, v in fields.items()}, at="/toi", viec="xem")

    def open_weights(self):
        if "Công bố" in self.boss.ask(WEIGH).text and 'name="viec" value="xem"' not in self.boss.ask(WEIGH).text:
            page = "/khao-sat/sipas-ho-2025/cong-bo"
            self.assertEqual(self.boss.post(page, at=page, viec="dinh-chinh", **{"ly-do": "Cân lại"}).status, 303)

    def test_tables_of_the_population(self):
        self.open_weights()
        for table in ("A1,total\n1,120.000\n2,130.000\n", "A1;total\r\n1;120000\r\n2;130.000,0\r\n", "A1\ttotal\n1\t120.000\n2\t130000\n"):
            r = self.weigh(can=table)
            self.assertEqual(r.status, 200, (table, r.text[-2000:]))
            self.assertIn("250.000,00", r.text, table)
        for table, cell in (("A1,total\n1,1.200\n2,1204.5\n", "Cân theo biên:2:2: "), ("A1;total\n1;120000\n2;130,000\n", "Cân theo biên:3:2: "),
                            ("A1,total\n1,5\n2,6\n\nA3,total\n1,x\n", "Cân theo biên:6:2: "), ("A1,total\n1,5\n1,6\n", "Cân theo biên:3:1: ")):
            told = self.faults(self.weigh(can=table))
            self.assertTrue(told[0].startswith(cell), (table, told))
        book = workbook("# gioi\nA1|total\n1|120.000\n2|130000\n\nA3|total\n1|125000\n2|125000\n")
        r = self.upload_weights(book)
        self.assertEqual(r.status, 200, r.text[-3000:])
        self.assertIn("A1,total\n1,120000\n2,130000\n\nA3,total", html.unescape(r.text))
        told = self.faults(self.upload_weights(workbook("# gioi\n\nA1|total\n1|nhiều\n")))
        self.assertTrue(told[0].startswith("biên.xlsx:gioi!B3: "), told)

    def upload_weights(self, book):
        return self.upload(WEIGH, "biên.xlsx", book, field="tep-can", viec="xem")

    def test_words_of_the_weighing_page(self):
        self.open_weights()
        for fields in ({"trong_ho": "A1"}, {"cao": "abc"}, {"cao": "0,01"}, {"can": "A1,total\n1,10\n2,10\n7,10\n"}, {"can": "A1,total\n1,10\n2,20\n\nA3,total\n1,9\n2,9\n"}):
            told = " ".join(self.faults(self.weigh(**fields)))
            for word in ("--", "rake", "abc:", "poststratify"):
                self.assertNotIn(word, told)
        self.assertIn("số lần trung vị", " ".join(self.faults(self.weigh(cao="abc"))))
        self.assertEqual(self.weigh(cao="2,5x", thap="0,3x").status, 200)

    # --- questionnaires from files ---

    def begin(self, code, book, name="", file="phiếu.xlsx"):
        return self.upload("/bo-cau-hoi", file, workbook(book), ma=code, ten=name)

    def draft(self, code):
        return self.boss.ask(f"/bo-cau-hoi/{code}")

    def test_faults_of_a_form_by_cell(self):
        told = self.faults(self.begin("loi", FORM.replace("integer|n", "image|n")))
        self.assertTrue(told[0].startswith("phiếu.xlsx:survey!A3: "), told)
        text = "code,parent,kind,text_vi\n@name,,,Phiếu\nS,,section,Phần\nA,S,textt,Câu\n"
        told = self.faults(self.upload("/bo-cau-hoi", "p.csv", text, ma="loi2"))
        self.assertTrue(told[0].startswith("p.csv:4:3: "), told)

    def test_a_form_without_a_title(self):
        book = FORM.split("# settings")[0]
        told = self.faults(self.begin("khong-ten", book))
        self.assertTrue(any("form_title" in f and "ô Tên" in f for f in told), told)
        self.assertEqual(self.begin("khong-ten", book, name="Phiếu đặt tên sau").status, 303)
        self.assertIn("Phiếu đặt tên sau", self.draft("khong-ten").text)

    def test_what_was_left_out_is_told(self):
        book = FORM.replace("label::vi", "label::vi|label::Français (fr)", 1).replace("integer|n|Tuổi", "integer|n|Tuổi|Âge") \
            .replace("select_one k|", "select_one k or_other|") + ""
        book = book.replace("\n# choices", "\ncalculate|c\nnote|cuoi|Xin cảm ơn\n# choices")
        self.assertEqual(self.begin("bo-qua", book).status, 303)
        for page in (self.draft("bo-qua").text, self.boss.ask("/bo-cau-hoi/bo-qua").text):  # it stays there
            told = html.unescape(page)
            for words in ("survey!A6: ghi chú cuối phiếu", "bỏ qua dòng tính c", "or_other được đổi thành", "thứ tiếng khác: Français"):
                self.assertTrue(words in told, words)
        self.assertIn("left out or changed", self.boss.ask("/en/bo-cau-hoi/bo-qua").text)

    def in_force(self, code):
        revision = re.search(r'name="ban" value="(\d+)"', self.draft(code).text)[1]
        self.assertEqual(self.boss.post(f"/bo-cau-hoi/{code}/ap-dung", at=f"/bo-cau-hoi/{code}", ban=revision).status, 303)
        table = os.path.join(self.folder, code + ".csv")
        with open(table, "w", encoding="utf-8") as f:
            f.write("code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,illustrative\n"
                    f"{code},{code},Khảo sát {code},Survey {code},2026,self_selected,open,open,2026-01-01,2099-01-01,yes\n")
        done("import", "surveys", table, "--db", self.db)

    def test_what_odk_cannot_say(self):
        self.assertEqual(self.begin("rel", FORM.replace("${n} > 3", "${n} mod 2 = 1 and int(${n}) > 3")).status, 303)
        self.assertFalse("ODK Collect" in self.draft("rel").text)
        self.in_force("rel")
        self.assertFalse("không có trong ODK Collect" in self.boss.ask("/khao-sat/rel/tien-do").text)
        self.assertEqual(self.boss.ask("/bo-cau-hoi/rel/tep?dang=xlsx&ban=1").status, 200)
        text = "code,parent,kind,text_vi,show_if\n@name,,,Phiếu,\nS,,section,Phần,\nN,S,number,Số,\nB,S,text,Câu,sqrt(N) > 2\n"
        self.assertEqual(self.upload("/bo-cau-hoi", "p.csv", text, ma="can-bac-hai").status, 303)
        page = html.unescape(self.draft("can-bac-hai").text)
        self.assertTrue("Không dùng được với ODK Collect" in page and "B, điều kiện hỏi: sqrt(N)" in page)
        self.in_force("can-bac-hai")
        for tab in ("tien-do", "phong-van"):
            self.assertTrue("không có trong ODK Collect" in self.boss.ask(f"/khao-sat/can-bac-hai/{tab}").text, tab)

    def test_not_in_the_future(self):
        self.assertEqual(self.begin("ngay", FORM.replace("integer|n|Tuổi", "date|n|Ngày nộp||. <= today()").replace("${n} > 3", "${n} = today()")).status, 303)
        self.in_force("ngay")
        out = done("questionnaire", "export", "ngay", "--db", self.db, "-o", os.path.join(self.folder, "ngay.csv"))
        self.assertEqual(out, "")
        with open(os.path.join(self.folder, "ngay.csv"), encoding="utf-8") as f:
            self.assertIn("n <= today()", f.read())


FORM = """
# survey
type|name|label::vi|relevant|constraint
text|t|Tên
integer|n|Tuổi
select_one k|k|Kênh|${n} > 3
# choices
list_name|name|label::vi
k|1|Một cửa
k|2|Qua mạng
# settings
form_title
Phiếu thử
"""


class OnSqlite(Plan, unittest.TestCase):
    database = "sqlite"


if PG:
    class OnPostgres(Plan, unittest.TestCase):
        database = "postgresql"


if __name__ == "__main__":
    tap.main()
