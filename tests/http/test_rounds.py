"""No one sees or changes what is not theirs: every route of the yearly work, each role and some units, reading and writing.   test_rounds.py PROGRAM

The routes come from the table of the program (/openapi.json), so that a new page is asked for without a line here; who sees which sheet
follows from the pack of roles and from the subtree of units that a role holds for. On SQLite always, on PostgreSQL when THUOCDO_TEST_PG is set.
"""
import csv
import json
import os
import re
import shutil
import tempfile
import time
import unittest

import test_people as people
from server import ENV, PG, ROOT, done, place, tap
from test_people import GOOD

DATA = os.path.join(ROOT, "tests", "data", "round")
DOWN, UP = "thu-2025", "tinh-2024"
HOME, OTHER, PROVINCE = "TM-SO-04", "TM-SO-05", "TM"
# What the tests of rights fill into the places of a path.
SHEETS = {(DOWN, HOME): "tm-so-04.so-tai-chinh", (DOWN, OTHER): "tm-so-05.so-cong-thuong", (UP, PROVINCE): "tm.tinh-mau"}
ALL = "*"
# login: role, unit of the account, units that the role holds for. The last two: an account without a role, and one of a unit outside the rounds.
ACTORS = {
    "administrator": ("administrator", HOME, ALL), "coordinator": ("coordinator", "TM-SO-02", ALL), "auditor": ("auditor", "TM-SO-01", ALL),
    "appraiser": ("appraiser", "TM-SO-03", "sample-province/TM"), "leader": ("leader", PROVINCE, "sample-province/TM"),
    "unit_officer": ("unit_officer", HOME, f"sample-department/{HOME}"), "division_officer": ("division_officer", HOME, f"sample-department/{HOME}"),
    "unit_head": ("unit_head", HOME, f"sample-department/{HOME}"), "other_head": ("unit_head", OTHER, f"sample-department/{OTHER}"),
    "commune": ("unit_head", "TM-XA-07", "sample-commune/TM-XA-07"), "nothing": (None, HOME, None),
}
# Pages of a sheet that are for those who see all of it, not for an agency with a part.
WHOLE = {"tham-dinh", "ho-so", "minh-chung.zip", "bang-diem.xlsx"}
# What a role may change by these routes; any other role is refused. "": the sheet itself, whose right is asked for cell by cell.
MAY = {"tham-dinh": ("score", "appraise decide"), "minh-chung": ("score", "fill submit"), "": ("score", "fill submit appraise decide")}


def rights():
    out = {}
    with open(os.path.join(ROOT, "method/packs/role_rights.csv"), encoding="utf-8") as f:
        for row in csv.DictReader(f):
            out.setdefault(row["role"], set()).add((row["noun"], row["verb"]))
    return out


RIGHTS = rights()


def may(login, noun, verbs):
    return any(n in (noun, "*") and (v == "*" or v in verbs.split()) for n, v in RIGHTS.get(ACTORS[login][0], ()))


def covers(login, unit):
    """Whether the role holds for the unit: everywhere, for the province and what is below it, or for the one unit."""
    scope = ACTORS[login][2]
    return scope == ALL or scope is not None and (scope.endswith("/TM") or scope.endswith("/" + unit))


def sees(login, unit):
    return covers(login, unit) and may(login, "score", "view fill submit appraise")


def has_part(login, round_code):
    """HOME answers for a part of the province's sheet."""
    return round_code == UP and covers(login, HOME) and may(login, "score", "fill")


def day(days):
    return time.strftime("%d/%m/%Y", time.gmtime(time.time() + 7 * 3600 + days * 86400))


class Rounds:
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tdrounds")
        cls.db = place(cls.folder, cls.database)
        ENV["THUOCDO_KEY"] = cls.folder + "/a.key"
        cls.cli("init")
        cls.cli("import", "units", os.path.join(ROOT, "method/demo/units.csv"))
        cls.cli("import", "edition", os.path.join(DATA, "edition.csv"), "--code", "bo-thu")
        cls.first = {}
        for login, (role, unit, scope) in ACTORS.items():
            level = "province" if unit == PROVINCE else "commune" if "-XA-" in unit else "department"
            out = cls.cli("user", "add", login, "--name", f"Người {login}", "--unit", f"sample-{level}/{unit}",
                          *(["--role", role, "--scope", scope] if role else []))
            cls.first[login] = re.search(r"first password (\S+)", out)[1]
        people.People.start.__func__(cls)
        cls.who = {login: cls.signed_in(login) for login in ACTORS}
        cls.nobody = people.Browser(cls.port)
        cls.make_rounds()

    @classmethod
    def cli(cls, *words):
        return done(*words, "--db", cls.db)

    @classmethod
    def signed_in(cls, login):
        b = people.Browser(cls.port)
        assert b.sign_in(login, cls.first[login]).status == 303
        assert b.post("/toi/mat-khau", old=cls.first[login], password=GOOD, again=GOOD).status == 303
        return b

    @classmethod
    def make_rounds(cls):
        b = cls.who["coordinator"]
        dates = {"mo": day(-1), "tu-cham": day(10), "tham-dinh": day(20), "giai-trinh": day(30), "ket-thuc": day(40)}
        owners = ["Văn phòng UBND tỉnh", "Sở Nội vụ", "Sở Tư pháp", "Sở Tài chính", "Sở Khoa học và Công nghệ", "Trung tâm PVHCC", "UBND cấp xã"]
        units = ["TM-SO-01", "TM-SO-02", "TM-SO-03", HOME, "TM-SO-08", "TM-SO-12", "TM-SO-02"]
        for code, edition, level, kind, period, more in (
                (DOWN, "bo-thu", "sample-department", "down", "2025", []),
                (UP, "par-index-minh-hoa", "sample-province", "up", "2024",
                 [x for o, u in zip(owners, units) for x in (("chu-tri", o), ("co-quan", f"sample-department/{u}"))])):
            form = [("_csrf", b.token("/toi")), ("ma", code), ("ten", f"Đợt {code}"), ("bo", edition), ("cap", level), ("loai", kind), ("ky", period),
                    *dates.items(), *more]
            r = b.ask("/tu-cham/tao", "POST", people.urllib.parse.urlencode(form), Content_Type="application/x-www-form-urlencoded")
            assert r.status == 303, re.findall(r"<li>.*?</li>", r.text)
            assert b.post(f"/tu-cham/{code}/buoc", at="/toi", buoc="open").status == 303

    @classmethod
    def tearDownClass(cls):
        people.People.stop.__func__(cls)
        cls.cli("audit", "verify")
        shutil.rmtree(cls.folder, ignore_errors=True)

    # --- the table of routes ---

    def routes(self, method, below):
        """Paths of the yearly work with what is filled in, and the word after the sheet."""
        paths = json.loads(self.nobody.ask("/openapi.json").text)["paths"]
        out = [p for p, item in paths.items() if p.startswith(below) and method in item]
        self.assertGreater(len(out), 0, below)
        return out

    def row_of(self, round_code):
        return "1.1" if round_code == DOWN else self.own_row

    @property
    def own_row(self):
        """A criterion of the province that HOME answers for."""
        rows = json.loads(self.who["unit_officer"].ask(f"/tu-cham/{UP}/tm.tinh-mau.json").text)["data"]["rows"]
        return next(r["code"] for r in rows if r["mine"])

    def counts(self):
        """What a sheet is like: its history, and where it stands."""
        b, out = self.who["coordinator"], {}
        for (code, unit), slug in SHEETS.items():
            out[code, unit] = len(json.loads(b.ask(f"/tu-cham/{code}/{slug}/lich-su.json").text)["data"]["events"])
        for code in (DOWN, UP):
            data = json.loads(b.ask(f"/tu-cham/{code}.json").text)["data"]
            out[code] = (data["state"], len(data["events"]), [(r["unit_code"], r["state"], r["done"]) for r in data["rows"]])
        return out

    def test_reading_sheets(self):
        wrong, asked = [], 0
        for path in self.routes("get", "/tu-cham/{round}/{unit}"):
            word = path.split("/")[-1] if path.count("/") > 3 else ""
            for (code, unit), slug in SHEETS.items():
                where = path.replace("{round}", code).replace("{unit}", slug)
                where += f"?tc={self.row_of(code)}" if word in ("minh-chung", "lich-su") else ""
                r = self.nobody.ask(where)
                if r.status != 303 or not r.headers["Location"].startswith("/dang-nhap"):
                    wrong.append(f"{where} nobody: {r.status}")
                for login, b in self.who.items():
                    allowed = sees(login, unit) or has_part(login, code) and word not in WHOLE
                    for r in (b.ask(where), b.ask(where, Accept="application/json")):
                        asked += 1
                        if r.status == 406 or r.status == 200 and allowed:
                            continue
                        if allowed or r.status not in (403, 404):
                            wrong.append(f"{where} {login}: {r.status}, {'sees it' if allowed else 'does not see it'}")
                        elif "Phòng" in r.text and "plan_done" in r.text:
                            wrong.append(f"{where} {login}: the refusal tells what it refuses")
        self.assertEqual(wrong, [])
        self.assertGreater(asked, 300)

    def test_first_page_names_what_waits(self):
        """Who takes part finds his rounds on the first page, others nothing of them; kept pages are of nobody."""
        for login, b in self.who.items():
            page, mine = b.ask("/").text, [p["link"] for p in json.loads(b.ask("/tu-cham.json").text)["data"]["rounds"]]
            self.assertEqual(re.findall(r'href="(/tu-cham/[^"]+)"', page), mine, login)
        self.assertIn(f"/tu-cham/{DOWN}/{SHEETS[DOWN, HOME]}", self.who["unit_officer"].ask("/").text)
        self.assertNotIn("/tu-cham/", self.nobody.ask("/").text)

    def test_rules_are_said_in_words(self):
        rows = {r["code"]: r for r in json.loads(self.who["unit_officer"].ask(f"/tu-cham/{DOWN}/{SHEETS[DOWN, HOME]}.json").text)["data"]["rows"]}
        rules = [r for r in rows.values() if r["rule"] and not r["note"]]
        self.assertTrue(rules)
        self.assertEqual([r["code"] for r in rules if not r["words"]], [])

    def test_a_survey_gives_the_points_of_a_criterion(self):
        """The index of a survey becomes a measure on its page, and the sheet of the province takes it: value, source, day, points."""
        for form in ("sipas-2022", "mot-cua-minh-hoa", "lanh-dao-minh-hoa", "papi-minh-hoa"):
            self.cli("import", "questionnaire", os.path.join(ROOT, f"method/questionnaires/{form}.csv"))
        for kind in ("surveys", "places", "answers"):
            self.cli("import", kind, os.path.join(ROOT, f"method/demo/{kind}.csv"))
        b, page = self.who["coordinator"], "/khao-sat/sipas-ho-2025/so-lieu"
        ask = {"so-lieu": "sipas", "don-vi": "sample-province/Tỉnh Mẫu", "ky": "2024"}

        def row():
            rows = json.loads(b.ask(f"/tu-cham/{UP}/tm.tinh-mau.json").text)["data"]["rows"]
            return next(r for r in rows if any(c["measure"] == "sipas" for c in r["cells"]))
        before = row()
        look = json.loads(b.ask(f"{page}.json?" + people.urllib.parse.urlencode(ask)).text)["data"]
        self.assertEqual((look["done"], [r["enough"] for r in look["rows"]], [r["n"] for r in look["rows"]]), (False, [True], [558]))
        self.assertEqual(row(), before)  # only looked at
        self.assertEqual(b.post(page, at="/toi", **ask).status, 303)
        after, cell = row(), next(c for c in row()["cells"] if c["measure"] == "sipas")
        value = float(look["rows"][0]["value"])
        self.assertAlmostEqual(float(after["points"]), round(value * float(after["max"]), 2), 9)
        self.assertIn("sipas-ho-2025", json.dumps(cell, ensure_ascii=False))
        self.assertIn("n = 558", json.dumps(cell, ensure_ascii=False))
        for login in ("unit_officer", "leader", "auditor", "nothing"):
            self.assertEqual(self.who[login].ask(page).status, 403, login)
        self.assertEqual(self.who["unit_officer"].post(page, at="/toi", **ask).status, 403)

    def test_boards_and_lists_hold_only_what_is_seen(self):
        for login, b in self.who.items():
            for code in (DOWN, UP):
                r = b.ask(f"/tu-cham/{code}.json")
                units = [u for c, u in SHEETS if c == code] if code == UP else [f"TM-SO-{n:02}" for n in range(1, 13)]
                seen = {u for u in units if sees(login, u)}
                if not seen and not has_part(login, code):
                    self.assertEqual(r.status, 403, (login, code))
                    continue
                data = json.loads(r.text)["data"]
                self.assertEqual({row["unit_code"] for row in data["rows"]}, seen, (login, code))
                if len(seen) < len(units):
                    self.assertEqual(data["owners"], [], (login, code))  # sums over sheets that are not theirs
                for name in ("Sở Y tế", "TM-SO-11"):
                    self.assertTrue(name not in r.text or "TM-SO-11" in seen, (login, code))
            mine = {x["code"] for x in json.loads(b.ask("/tu-cham.json").text)["data"]["rounds"]}
            want = {c for c, u in SHEETS if sees(login, u) or has_part(login, c)}
            self.assertEqual(mine, want, login)

    def test_an_agency_reads_only_its_rows(self):
        data = json.loads(self.who["unit_officer"].ask(f"/tu-cham/{UP}/tm.tinh-mau.json").text)["data"]
        self.assertEqual({r["owner"].split(";")[0] for r in data["rows"] if r["scored"]}, {"Sở Tài chính"})
        self.assertEqual({p["owner"] for p in data["parts"]}, {"Sở Tài chính"})
        for word in ("minh-chung", "lich-su"):
            self.assertEqual(self.who["unit_officer"].ask(f"/tu-cham/{UP}/tm.tinh-mau/{word}?tc=1.1.1").status, 404, word)

    # --- writing ---

    def bodies(self, word, code):
        """What a form of the page would send, for each thing that can be done there."""
        row = self.row_of(code)
        if word == "buoc":
            out = [{"buoc": v, "ly-do": "x"} for v in ("submit", "approve", "return", "appraise1", "explain", "appraise2", "lock", "unlock", "khong-co")]
            part = "Sở Tài chính" if code == UP else "Văn phòng"
            return out + [{"buoc": v, "phan": part, "ly-do": "x"} for v in ("submit", "return", "accept")]
        if word == "minh-chung":
            return [{"tc": row, "ten": "Báo cáo"}, {"tc": row, "bo": "0000000000001", "ly-do": "x"}]
        if word == "tham-dinh":
            return [{"dong-y": "1"}, {"o": f"{row}|0||||", "c": "points", "d": "1", "f": "", "h": "", "k": "", "g": "x"}]
        return [{"o": "plan_done|now|0|0||", "a": "9", "b": "10"}, {"e": f"{row}|explanation|0|0", "g": "x"}]

    def test_writing_to_sheets_of_others(self):
        wrong, asked, before = [], 0, self.counts()
        for path in self.routes("post", "/tu-cham/{round}/{unit}"):
            word = path.split("/")[-1] if path.count("/") > 3 else ""
            for (code, unit), slug in SHEETS.items():
                where = path.replace("{round}", code).replace("{unit}", slug)
                for body in self.bodies(word, code):
                    r = self.nobody.ask(where, "POST", dict(body))
                    if r.status not in (303, 403) or r.status == 303 and not r.headers["Location"].startswith("/dang-nhap"):
                        wrong.append(f"{where} {body} nobody: {r.status}")
                    for login, b in self.who.items():
                        if sees(login, unit) or has_part(login, code):
                            continue
                        r = b.post(where, body, at="/toi")
                        asked += 1
                        if r.status not in (403, 404):
                            wrong.append(f"{where} {body} {login}: {r.status}")
        self.assertEqual(wrong, [])
        self.assertGreater(asked, 200)
        self.assertEqual(self.counts(), before)

    def test_writing_without_the_right(self):
        """Who sees a sheet and has no right to change it changes nothing."""
        wrong, before = [], self.counts()
        for path in self.routes("post", "/tu-cham/{round}/{unit}"):
            word = path.split("/")[-1] if path.count("/") > 3 else ""
            if word == "buoc":
                continue
            for (code, unit), slug in SHEETS.items():
                where = path.replace("{round}", code).replace("{unit}", slug)
                for login, b in self.who.items():
                    if not sees(login, unit) or may(login, *MAY.get(word, MAY[""])):
                        continue
                    for body in self.bodies(word, code):
                        r = b.post(where, body, at="/toi")
                        if r.status not in (403, 404, 409, 422):
                            wrong.append(f"{where} {body} {login}: {r.status}")
        self.assertEqual(wrong, [])
        self.assertEqual(self.counts(), before)

    def test_steps_by_rights(self):
        """Steps of rounds and sheets: who has not the right of the step is refused before anything else is said."""
        need = {"submit": ("score", "submit"), "approve": ("round", "approve"), "return": ("score", "return"), "appraise1": ("score", "appraise"),
                "explain": ("score", "submit"), "appraise2": ("score", "appraise"), "lock": ("round", "plan publish"), "unlock": ("round", "publish")}
        wrong, before = [], self.counts()
        for (code, unit), slug in SHEETS.items():
            for verb, (noun, verbs) in need.items():
                for login, b in self.who.items():
                    if covers(login, unit) and may(login, noun, verbs):
                        continue
                    r = b.post(f"/tu-cham/{code}/{slug}/buoc", at="/toi", buoc=verb, **{"ly-do": "x"})
                    if r.status != 403:
                        wrong.append(f"{slug} {verb} {login}: {r.status}")
        for code in (DOWN, UP):
            for path in self.routes("post", "/tu-cham/{round}/"):
                if "{unit}" in path:
                    continue
                for verb in ("open", "close", "reopen", "appraise1", "publish", "correct", "final"):
                    for login, b in self.who.items():
                        if may(login, "round", "plan publish") and covers(login, HOME):
                            continue
                        r = b.post(path.replace("{round}", code), at="/toi", buoc=verb, **{"ly-do": "x", "den-ngay": day(15), "don-vi": ""})
                        if r.status != 403:
                            wrong.append(f"{path} {verb} {login}: {r.status}")
        self.assertEqual(wrong, [])
        self.assertEqual(self.counts(), before)

    # --- files ---

    def test_files_follow_their_criterion(self):
        line, content = "xx1xx", b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
        for (code, unit), slug, login in (((DOWN, HOME), SHEETS[DOWN, HOME], "unit_officer"), ((UP, PROVINCE), "tm.tinh-mau", "unit_officer")):
            b, row = self.who[login], self.row_of(code)
            parts = [("_csrf", b.token("/toi")), ("tc", row), ("ten", "Quyết định")]
            body = "".join(f'--{line}\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n' for n, v in parts).encode()
            body += f'--{line}\r\nContent-Disposition: form-data; name="tep"; filename="Quyết định {code}.pdf"\r\nContent-Type: application/pdf\r\n\r\n'.encode()
            body += content + code.encode() + f"\r\n--{line}--\r\n".encode()
            r = b.ask(f"/tu-cham/{code}/{slug}/minh-chung", "POST", body, Content_Type=f"multipart/form-data; boundary={line}")
            self.assertEqual(r.status, 303, re.findall(r"<li>.*?</li>", r.text))
            page = b.ask(f"/tu-cham/{code}/{slug}/minh-chung?tc={row}").text
            file = re.search(r'href="(/tep/[^"/]+)"', page)[1]
            wrong = []
            for path in ("", "/thong-tin"):
                r = self.nobody.ask(file + path)
                if r.status not in (303, 401, 403, 404):
                    wrong.append(f"{file}{path} nobody: {r.status}")
                for login, who in self.who.items():
                    allowed = sees(login, unit) or has_part(login, code)
                    status = who.ask(file + path).status
                    if (status == 200) != allowed:
                        wrong.append(f"{code} {file}{path} {login}: {status}, {'sees it' if allowed else 'does not see it'}")
            self.assertEqual(wrong, [])


class OnSqlite(Rounds, unittest.TestCase):
    database = "sqlite"


if PG:

    class OnPostgresql(Rounds, unittest.TestCase):
        database = "postgresql"


if __name__ == "__main__":
    tap.main()
