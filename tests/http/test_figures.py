"""What comes after the answers: weights looked at and recorded, figures handed on to rounds, change between years.   test_figures.py PROGRAM

On the demo, as the coordinator, who has every right over surveys, and as people who have none. On SQLite always, on PostgreSQL when
THUOCDO_TEST_PG is set.
"""
import csv
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

import test_people as people
from server import ENV, PG, ROOT, done, place, tap
from test_people import GOOD

SURVEY = "/khao-sat/sipas-ho-2025"
SHEET = "/tu-cham/tu-cham-tinh-2025/tm.tinh-mau"
PROVINCE = "sample-province/Tỉnh Mẫu"
SEX = "A1,total\n1,120000\n2,130000\n"


class Figures:
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tdfigures")
        cls.db = place(cls.folder, cls.database)
        ENV["THUOCDO_KEY"] = cls.folder + "/a.key"
        done("init", "--demo", "--db", cls.db)
        made = os.path.join(ROOT, "tests/data/survey_change.py")
        subprocess.run([sys.executable, made, "make", os.path.join(ROOT, "method")], cwd=cls.folder, check=True)
        done("import", "surveys", os.path.join(cls.folder, "surveys.csv"), "--db", cls.db)
        done("import", "answers", os.path.join(cls.folder, "answers.csv"), "--db", cls.db)
        done("survey", "publish", "sipas-ho-2026", "--db", cls.db)
        first = {}
        for login, role in (("dp", "coordinator"), ("kt", "auditor")):
            out = done("user", "add", login, "--db", cls.db, "--name", f"Người {role}", "--unit", "sample-department/TM-SO-02", "--role", role, "--scope", "*")
            first[login] = re.search(r"first password (\S+)", out)[1]
        people.People.start.__func__(cls)
        cls.who = {}
        for login, password in first.items():
            b = cls.who[login] = people.Browser(cls.port)
            assert b.sign_in(login, password).status == 303
            assert b.post("/toi/mat-khau", old=password, password=GOOD, again=GOOD).status == 303
        cls.nobody = people.Browser(cls.port)
        cls.boss = cls.who["dp"]

    @classmethod
    def tearDownClass(cls):
        people.People.stop.__func__(cls)
        done("audit", "verify", "--db", cls.db)
        shutil.rmtree(cls.folder, ignore_errors=True)

    def data(self, path, who=None):
        r = (who or self.nobody).ask(path)
        self.assertEqual(r.status, 200, r.text[:300])
        return json.loads(r.text)["data"]

    def test_change_in_csv_and_json(self):
        want = list(csv.DictReader(done("survey", "change", "sipas-ho-2025", "sipas-ho-2026", "--db", self.db, "-o", "csv").splitlines()))
        path = "/khao-sat/sipas-ho-2026/ket-qua"
        rows = {(r["kind"], r["code"], r["stat"]): r for r in self.data(path + ".json?so=sipas-ho-2025")["rows"] if r.get("change") is not None}
        self.assertEqual(len(rows), len(want))
        for w in want:
            r = next(r for (kind, code, stat), r in rows.items() if kind == w["row"] and stat == w["stat"] and (kind == "index" or code == w["code"]))
            for key, name in (("earlier", "old"), ("change", "change"), ("change_se", "se"), ("change_low", "ci_low"), ("change_high", "ci_high")):
                self.assertAlmostEqual(r[key], float(w[name]), 9)
            self.assertEqual(r["told"], w["told"])
        table = list(csv.DictReader(self.nobody.ask(path + ".csv?so=sipas-ho-2025").text.lstrip("\ufeff").splitlines()))
        self.assertEqual(sum(r["change"] != "" for r in table), len(want))
        self.assertEqual([r for r in self.data(path + ".json")["rows"] if r.get("change") is not None], [])
        # figures of some answers beside a change of all would mislead
        self.assertIn("bỏ lọc", self.nobody.ask(path + "?so=sipas-ho-2025&loc=A1%3D1").text)

    def test_weighing(self):
        page, b = SURVEY + "/trong-so", self.boss
        for other in (self.nobody, self.who["kt"]):
            self.assertIn(other.ask(page).status, (303, 401, 403))
            self.assertIn(other.ask(page, "POST", {"viec": "ghi"}).status, (303, 401, 403))
        form = {"cao": "3x", "can": SEX + "\r\n\r\nA3,total\n1,125000\n2,125000\n"}
        before = self.data(SURVEY + "/ket-qua.json")
        # published figures do not change
        self.assertIn("Công bố", b.ask(page).text)
        self.assertEqual(b.post(page, form, at="/toi", viec="ghi").status, 422)
        self.assertEqual(b.post(SURVEY + "/cong-bo", at=SURVEY + "/cong-bo", viec="dinh-chinh", **{"ly-do": "Cân lại"}).status, 303)
        # looked at: nothing is recorded; margins that cannot be met are faults, and the cells are there all the same
        r = b.post(page, {**form, "can": SEX}, viec="xem")
        self.assertEqual(r.status, 200, r.text[-3000:])
        self.assertIn("A1=1", r.text)
        self.assertIn('value="ghi"', r.text)
        self.assertEqual(self.data(page + ".json", b)["in_use"], [])
        r = b.post(page, {"can": "A1,total\n1,10\n2,10\n7,10\n"}, viec="xem")
        self.assertEqual(r.status, 422)
        self.assertNotIn('value="ghi"', r.text)
        self.assertIn("A1,total", r.text)  # what was typed stays
        self.assertEqual(b.post(page, {"can": "Z9,total\n1,10\n"}, viec="ghi").status, 422)
        self.assertEqual(b.post(page, {"can": "\r\n\r\n".join([SEX] * 9)}, viec="xem").status, 422)
        # recorded: as the terminal does it
        self.assertEqual(b.post(page, {**form, "can": SEX}, viec="ghi").status, 303)
        steps = self.data(page + ".json", b)["in_use"]
        self.assertEqual([s["kind"] for s in steps], ["trim", "rake"])
        told = json.loads(done("survey", "weigh", "sipas-ho-2025", "--db", self.db, "-o", "json"))["steps"]
        for s, t in zip(steps, told):
            self.assertAlmostEqual(s["deff"], t["deff"], 9)
            self.assertAlmostEqual(s["n_eff"], s["people"] / t["deff"], 6)
        self.assertAlmostEqual(steps[1]["total"], 250000, 3)
        after = self.data(SURVEY + "/ket-qua.json", b)
        self.assertIn("Cân theo biên", after["weighing"])
        self.assertNotEqual(before["rows"][0]["estimate"], after["rows"][0]["estimate"])
        self.assertEqual(b.post(page, viec="bo").status, 303)
        self.assertEqual(self.data(SURVEY + "/ket-qua.json", b)["rows"][0]["estimate"], before["rows"][0]["estimate"])
        self.assertEqual(b.post(SURVEY + "/cong-bo", at=SURVEY + "/cong-bo", viec="cong-bo", **{"ly-do": ""}).status, 303)

    def cell(self, code):
        row = next(r for r in self.data(SHEET + ".json", self.boss)["rows"] if r["code"] == code)
        return row, row["cells"][0]

    def test_a_survey_in_a_round(self):
        page, b = SURVEY + "/so-lieu", self.boss
        ask = {"so-lieu": "sipas", "don-vi": PROVINCE, "ky": "2025", "noi-dung": ""}
        for other in (self.nobody, self.who["kt"]):
            self.assertIn(other.ask(page).status, (303, 401, 403))
        rows = self.data(page + ".json?" + people.urllib.parse.urlencode(ask), b)["rows"]
        self.assertEqual((len(rows), rows[0]["unit"], rows[0]["enough"], rows[0]["n"]), (1, "Tỉnh Mẫu", True, 558))
        before = self.cell("8.1")
        self.assertEqual(before, self.cell("8.1"))
        sent = b.post(page, ask, at="/toi")
        self.assertEqual(sent.status, 303)
        self.assertIn("Đã ghi 1 số liệu", b.ask(sent.headers["location"]).text)
        row, cell = self.cell("8.1")
        self.assertNotEqual(cell, before[1])
        self.assertIn("sipas-ho-2025", json.dumps([row, cell], ensure_ascii=False))
        self.assertIn("bộ câu hỏi sipas-2022, bản 1", cell["source"] if "source" in cell else json.dumps(cell, ensure_ascii=False))
        self.assertIn("không phải cách tính chính thức", json.dumps(cell, ensure_ascii=False))
        self.assertIn("n = 558, sai số chuẩn 0,0204", json.dumps([row, cell], ensure_ascii=False))
        log = self.data("/nhat-ky.json?viec=measures.write", self.who["kt"])
        self.assertEqual(len(log["rows"]), 1)
        self.too_few()
        # a panel whose figure is not worth a rank: missing, with the reason, no points
        r = b.post("/khao-sat/mot-cua-2026/so-lieu", {**ask, "so-lieu": "mot_cua_7"}, at="/toi")
        self.assertEqual(r.status, 422)
        self.assertIn("không xác suất", r.text)
        # a unit by its name alone; one name of two levels must be said whole; what is not in the catalogue is not written
        rows = self.data(page + ".json?" + people.urllib.parse.urlencode({**ask, "don-vi": "Tỉnh Mẫu", "gop": "pooled"}), b)
        self.assertEqual((rows["rows"][0]["unit"], rows["rollup"], rows["version"]), ("Tỉnh Mẫu", "pooled", 1))
        self.assertIn("gộp mọi câu trả lời", rows["rows"][0]["source"])
        r = b.ask("/khao-sat/lanh-dao-2025/so-lieu?so-lieu=sipas")
        self.assertEqual(r.status, 422)
        self.assertIn("Chỉ một đơn vị", r.text)
        self.assertIn('<option value="sample-province/Tỉnh Mẫu">', r.text)
        self.assertIn("danh mục không có số liệu x", b.post(page, {**ask, "so-lieu": "x"}, at="/toi").text)
        for wrong in ({"so-lieu": "x"}, {"gop": "khac"}, {"don-vi": "Tỉnh Không Có"}, {"don-vi": "province/Nirgendwo"}, {"noi-dung": "C2"}, {"noi-dung": "khong-co"}):
            self.assertEqual(b.post(page, {**ask, **wrong}, at="/toi").status, 422, wrong)

    def test_published_with_its_roll_up(self):
        """The publisher's choice is stored, shown on page, JSON and CSV with the form and its version, and the full results start from it."""
        b, page = self.boss, "/khao-sat/lanh-dao-2025"
        d = self.data(SURVEY + "/cong-bo.json")
        self.assertEqual((d["questionnaire"], d["version"], d["rollup"], d["agg"], d["basis"]), ("sipas-2022", 1, "questionnaire", "mean_factors", "probability"))
        self.assertEqual((d["rows"][0]["n"], d["rows"][0]["answers"]), (558, 18414))
        text = self.nobody.ask(SURVEY + "/cong-bo").text
        self.assertIn("không phải cách tính chính thức", text)
        self.assertIn("chưa đủ cơ sở xếp hạng", text)
        self.assertNotIn("15.041/18.414", text)  # a mean is no quotient
        head = self.nobody.ask(SURVEY + "/cong-bo.csv").text.splitlines()[0]
        for name in ("questionnaire", "version", "rollup", "answers", "hits", "enough"):
            self.assertIn(name, head)
        self.assertEqual(b.post(page + "/cong-bo", at=page + "/cong-bo", viec="dinh-chinh", **{"ly-do": "Đổi cách gộp"}).status, 303)
        look = b.ask(page + "/cong-bo?gop=mean_items").text
        self.assertIn('name="gop" value="mean_items"', look)
        self.assertIn(">trung bình các câu</option>", look)
        self.assertEqual(b.post(page + "/cong-bo", at="/toi", viec="cong-bo", gop="khac", **{"ly-do": ""}).status, 422)
        self.assertEqual(b.post(page + "/cong-bo", at="/toi", viec="cong-bo", gop="mean_items", **{"ly-do": ""}).status, 303)
        self.assertEqual(self.data(page + "/cong-bo.json")["rollup"], "mean_items")
        self.assertEqual(self.data(page + "/ket-qua.json")["rollup"], "mean_items")
        self.assertEqual(self.data(page + "/ket-qua.json?gop=questionnaire")["rollup"], "questionnaire")

    def test_the_survey_before(self):
        """Offered at once where the form is the same; with intervals; across a break of method refused, with the reason."""
        page = self.nobody.ask(SURVEY + "/ket-qua").text
        self.assertIn(f'href="{SURVEY}/ket-qua?so=sipas-ho-2024#ky-truoc"', page)
        page = self.nobody.ask(SURVEY + "/ket-qua?so=sipas-ho-2024").text
        self.assertIn('id="ky-truoc"', page)
        self.assertIn("5 đơn vị chọn mẫu có ở cả hai kỳ", page)
        self.assertIn("hai bộ câu hỏi khác nhau", self.nobody.ask("/khao-sat/mot-cua-xa-2025/ket-qua?so=sipas-ho-2024").text)

    def test_by_unit(self):
        """Units of the places: ranked where there is enough, and told where there is not; strata by their names."""
        rows = self.data("/khao-sat/mot-cua-xa-2025/cong-bo.json")["rows"]
        self.assertEqual([r["rank"] is not None for r in rows], [False] + [True] * 7 + [False])
        self.assertEqual((rows[8]["name"], rows[8]["enough"]), ("Xã Thượng Nhãn", False))
        self.assertIn("Huyện Thượng (cũ)", self.nobody.ask(SURVEY + "/cong-bo").text)
        rows = self.data("/khao-sat/mot-cua-xa-2025/so-lieu.json?so-lieu=mot_cua_7", self.boss)["rows"]
        self.assertEqual([r["enough"] for r in rows], [True] * 7 + [False])

    def test_weights_of_the_demo(self):
        """Steps recorded before publication can be seen after it."""
        page = self.boss.ask("/khao-sat/mot-cua-xa-2025/trong-so")
        self.assertEqual([s["kind"] for s in self.data("/khao-sat/mot-cua-xa-2025/trong-so.json", self.boss)["in_use"]], ["trim", "rake"])
        self.assertIn("Cân theo biên", page.text)

    def test_what_people_wrote(self):
        """Places by name, months as people write them; nobody wrote: said so, not "nothing fits"."""
        page = self.boss.ask("/khao-sat/mot-cua-2026/y-kien").text
        self.assertIn("Trung tâm Phục vụ hành chính công", page)
        self.assertNotIn(">quay-1<", page)
        self.assertRegex(page, r">\d\d/2026<")
        self.assertNotRegex(page, r">2026-\d\d<")
        self.assertIn("Chưa có ý kiến nào", self.boss.ask("/khao-sat/ho-2026/y-kien").text)
        self.assertIn("Không có ý kiến nào khớp", self.boss.ask("/khao-sat/mot-cua-2026/y-kien?tim=zzzz").text)

    def test_english(self):
        page = self.nobody.ask("/en" + SURVEY + "/ket-qua").text
        self.assertIn("Officials communicate politely", page)
        self.assertIn("unofficial translation", page)
        self.assertNotIn("Công chức có thái độ", page)

    def test_of_whom(self):
        """The title of a filtered page says of whom; counts stand only where the figure is their quotient."""
        page = self.nobody.ask("/khao-sat/mot-cua-2026/ket-qua?loc=A2%3D3").text
        self.assertRegex(page, "<h1>[^<]*chỉ người trả lời: [^<]+</h1>")
        self.assertNotIn("150/329", page)
        self.assertIn("33,93% (19)", page)
        self.assertIn("19/56", self.nobody.ask("/khao-sat/mot-cua-2026/ket-qua?loc=A2%3D3&lua-chon=1").text)

    def test_small_cells(self):
        """The public sees no option of fewer than five people, nor their mean where that would tell; who may see answers does."""
        page = "/khao-sat/%s/ket-qua%s"
        few = lambda rows: [r for r in rows if r["kind"] == "option" and 0 < r["hits"] < 5]
        for survey in ("sipas-ho-2025", "lanh-dao-2025", "mot-cua-2026"):
            public = self.data(page % (survey, ".json"))
            self.assertEqual(few(public["rows"]), [])
            self.assertFalse(public["all"])
        self.assertTrue([r for r in self.data(page % ("sipas-ho-2025", ".json"))["rows"] if r["state"] == "hidden"])
        inner = self.data(page % ("sipas-ho-2025", ".json"), self.boss)
        self.assertEqual(sorted(r["hits"] for r in few(inner["rows"])), [3, 4])
        self.assertTrue(inner["all"])
        self.assertIn("đừng công bố", self.boss.ask(page % ("sipas-ho-2025", "?lua-chon=1")).text)
        self.assertNotIn("đừng công bố", self.nobody.ask(page % ("sipas-ho-2025", "?lua-chon=1")).text)
        # A filter is a row of a division: what one hides the other does not tell.
        by = {(r["group"], r["option"]): r for r in self.data(page % ("mot-cua-2026", ".json?chia=A2&cau=B5"))["rows"]
              if r["code"] == "B5" and r["kind"] == "option"}
        for value in "1234":
            alone = self.data(page % ("mot-cua-2026", f".json?loc=A2%3D{value}"), self.boss)
            self.assertFalse(alone["all"])
            for r in alone["rows"]:
                if r["code"] == "B5" and r["kind"] == "option":
                    self.assertEqual((r["state"], r["hits"]), (by[value, r["option"]]["state"], by[value, r["option"]]["hits"]))

    def test_overview_first(self):
        """The index and its factors, then the items folded; options on demand; nobody has answered: an empty state and nothing else."""
        page = self.nobody.ask(SURVEY + "/ket-qua").text
        at = [page.index(f'id="{x}"') for x in ("nhom-noi-dung", "tung-cau")]
        self.assertEqual(at, sorted(at))
        self.assertEqual(page.count('<details class="fold"'), 14)
        self.assertNotIn("<details class=\"fold\" id=\"n1\" open", page)
        self.assertLess(page.count("<tr"), 120)
        self.assertNotIn("– Rất hài lòng", page)
        self.assertIn("– Rất hài lòng", self.nobody.ask(SURVEY + "/ket-qua?lua-chon=1").text)
        self.assertNotIn("0/0", page)
        for end in ("du-lieu", "du-lieu?dang=xlsx"):
            self.assertIn(f'href="{SURVEY}/{end}"', page)
        empty = self.boss.ask("/khao-sat/ho-2026/ket-qua").text
        self.assertIn("Chưa có phiếu nào", empty)
        self.assertNotIn("<table", empty)

    def too_few(self):
        """Eight people are not worth a rank: the measure is missing, says why, and the criterion has no points."""
        for name, text in (("e.csv", "code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,illustrative\n"
                                     "few,mot-cua-minh-hoa,Ít,Few,2025,census,token,closed,2025-01-05,2025-03-01,yes\n"),
                           ("a.csv", "survey,key,day,mode,lang,place,stratum,psu,weight,answers\n" + "".join(
                               f"few,k{i},2025-02-0{i},web,vi,,,,,A1=1&A2=2&B1=4&B2=5&B3=4&B4=4&B5=4&B6=5&C1=cho\n" for i in range(1, 9)))):
            with open(os.path.join(self.folder, name), "w", encoding="utf-8") as f:
                f.write(text)
        done("import", "surveys", os.path.join(self.folder, "e.csv"), "--db", self.db)
        done("import", "answers", os.path.join(self.folder, "a.csv"), "--db", self.db)
        ask = {"so-lieu": "sipas", "don-vi": PROVINCE, "ky": "2025", "noi-dung": "B1"}
        page = "/khao-sat/few/so-lieu"
        shown = self.data(page + ".json?" + people.urllib.parse.urlencode(ask), self.boss)["rows"]
        self.assertEqual((shown[0]["enough"], shown[0]["value"], shown[0]["n"]), (False, "", 8))
        self.assertEqual(self.boss.post(page, ask, at="/toi").status, 303)
        row, cell = self.cell("8.1")
        self.assertIsNone(row.get("points"), row)
        self.assertIn("chưa đủ cơ sở xếp hạng", json.dumps([row, cell], ensure_ascii=False))

    def test_help(self):
        for path, slug in (("/bo-cau-hoi", "bo-cau-hoi"), (SURVEY + "/trong-so", "trong-so"), (SURVEY + "/ket-qua", "ket-qua-khao-sat"),
                           (SURVEY + "/so-lieu", "so-lieu-khao-sat"), (SURVEY + "/cong-bo", "cong-bo-khao-sat"), (SURVEY + "/mau", "mau-khao-sat"),
                           (SURVEY + "/chat-luong", "chat-luong-phieu"), (SURVEY + "/tien-do", "tien-do"), (SURVEY + "/giay", "phieu-giay"),
                           (SURVEY + "/nhap-bang", "nhap-bang"), (SURVEY + "/phat-hanh", "phat-hanh"), (SURVEY + "/phong-van", "phong-van")):
            self.assertIn(f'href="/huong-dan/{slug}"', self.boss.ask(path).text, path)
            self.assertEqual(self.nobody.ask(f"/huong-dan/{slug}").status, 200)


class OnSqlite(Figures, unittest.TestCase):
    database = "sqlite"


if PG:
    class OnPostgres(Figures, unittest.TestCase):
        database = "postgresql"


if __name__ == "__main__":
    tap.main()
