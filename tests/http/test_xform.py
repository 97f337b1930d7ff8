"""Our XForms in the hands of others.   test_xform.py PROGRAM

The engine of ODK Web Forms (tests/xform: a reader and an XPath of its own) loads each form that the server hands out: the same items, required,
with the same options in both languages. Then the same answers, drawn at random with a seed, go into that engine and into ours: what is asked and
what is refused must be the same. Where pyxform is installed, our XLSForms go through it as well, and what it makes of them is compared with our
XForms; no package of Debian has it.
"""
import csv
import importlib.util
import io
import json
import os
import random
import shutil
import sqlite3
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree as ET

from server import ENV, ROOT, Server, done, place, run, tap
from test_odk import Collect, H, XF
from test_people import GOOD, Browser

SEED = 20261126
DRAWN = 300
HEAD = ["code", "parent", "kind", "text_vi", "text_en", "list", "required", "show_if", "check", "say_vi", "min", "max", "means"]
ROWS = '''@name,,,Phiếu thử (minh họa)
hl,,list
1,hl,option,Không hài lòng,Dissatisfied
4,hl,option,Hài lòng,Satisfied,,,,,,,,good
9,hl,option,Không biết,Don't know,,,,,,,,dont_know
co,,list
co,co,option,Có,Yes
khong,co,option,Không,No
mon,,list
giay,mon,option,Bớt giấy,Papers
cho,mon,option,Bớt chờ,Waiting
gon,mon,option,Gọn hơn,Simpler
het,mon,option,Không cần gì,Nothing,,,,,,,,none
S,,section,Phần một,Part one
K,S,text,Số thứ tự,Number,,yes
A,S,single,Đã nộp hồ sơ?,Filed?,co,yes
B,S,scale,Hài lòng?,Satisfied?,hl,yes,"A = ""co"""
C,S,multiple,Cải thiện gì?,What to improve?,mon,,,,,,2
N,S,number,Tuổi,Age,,,,,,18,110
M,S,number,Số năm ở đây,Years here,,,,M <= N,Không hơn tuổi,0,110
D,S,date,Ngày nộp,Day of filing,,,"A = ""co""","D <= date(""2026-06-30"")",Không sau tháng 6
P,,section,Phần hai,Part two,,,"A = ""co"" or N >= 60"
G,P,matrix,Bảng,Table,hl
G1,G,scale,Dòng một,Row one
G2,G,scale,Dòng hai,Row two,,,"B in (1, 4)"
E,P,text,Vì sao cần bớt chờ?,Why less waiting?,,,"list contains(C, ""cho"") and not(B = 9)"
F,P,single,Có quay lại?,Come again?,co,,N between 30 and 50
Q,P,number,Mấy lần?,How often?,,,count(C) >= 2,,,1,9
R,P,text,Nói thêm,More,,,"M != null and (B = 4 or F = ""khong"")"
'''
LISTS = {"A": ["co", "khong"], "B": ["1", "4", "9"], "G1": ["1", "4", "9"], "G2": ["1", "4", "9"], "F": ["co", "khong"]}
NUMBERS = {"N": ["17", "18", "30", "50", "51", "60", "110", "111"], "M": ["0", "5", "18", "60", "111"], "Q": ["0", "1", "9", "10"]}
DAYS = ["2026-01-31", "2026-06-30", "2026-07-01"]
WEB_FORMS = ["sh", os.path.join(ROOT, "tests", "npm.sh"), "xform", "engine.mjs"]


def table(rows):
    """ROWS with all of their columns."""
    b = io.StringIO()
    w = csv.writer(b, lineterminator="\n")
    w.writerow(HEAD)
    for cells in csv.reader(io.StringIO(rows)):
        w.writerow(cells + [""] * (len(HEAD) - len(cells)))
    return b.getvalue()


def draw(r, n):
    """Answers to some of the items, good ones and bad ones; K names the case."""
    given = {"K": [str(n)]}
    for code, values in [*LISTS.items(), *NUMBERS.items(), ("D", DAYS)]:
        if r.random() < 0.75:
            given[code] = [r.choice(values)]
    if r.random() < 0.8:
        given["C"] = r.sample(["giay", "cho", "gon", "het"], r.choice([1, 1, 2, 2, 3]))
    for code in ("E", "R"):
        if r.random() < 0.7:
            given[code] = ["chữ"]
    return given


class Questionnaire:
    """A table of a questionnaire, as much of it as forms show."""

    def __init__(self, text):
        self.rows = [dict(row) for row in csv.DictReader(io.StringIO(text))]
        self.by = {row["code"]: row for row in self.rows if row["kind"] not in ("option", "list", "factor") and not row["code"].startswith("@")}
        self.items = [row for row in self.by.values() if row["kind"] not in ("section", "group", "matrix")]

    def path(self, row):
        up = self.by.get(row["parent"])
        return (self.path(up) if up else "/data") + "/" + row["code"].replace(".", "_")

    def options(self, row, column):
        name = row["list"] or (self.by.get(row["parent"]) or {}).get("list")
        return [[o["code"], o[column] or o["text_vi"]] for o in self.rows if o["kind"] == "option" and o["parent"] == name] if name else None


class Forms(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.dir = tempfile.mkdtemp(prefix="tdxform")
        cls.db = place(cls.dir)
        ENV["THUOCDO_KEY"] = cls.dir + "/a.key"
        done("init", "--db", cls.db, "--demo")
        cls.write("thu.csv", table(ROWS))
        done("import", "questionnaire", cls.dir + "/thu.csv", "--db", cls.db, "--code", "thu")
        cls.write("surveys.csv", "code,questionnaire,name_vi,name_en,period,design,access,state,opens_on,closes_on,illustrative\n"
                                 "thu,thu,Thử (minh họa),Trial,2026,self_selected,open,open,2026-01-01,,yes\n")
        done("import", "surveys", cls.dir + "/surveys.csv", "--db", cls.db)
        first = done("user", "add", "pv1", "--db", cls.db, "--name", "Người thử", "--unit", "sample-department/TM-SO-04", "--role", "interviewer", "--scope", "*")
        cls.server = Server(cls.db)
        b = Browser(cls.server.port)
        old = first.split("first password ")[1].split()[0]
        assert b.sign_in("pv1", old).status == 303 and b.post("/toi/mat-khau", old=old, password=GOOD, again=GOOD).status == 303
        app = Collect(cls.server.port, "pv1", GOOD)
        cls.files = {}
        for survey, code in (("mot-cua-2026", "mot-cua-minh-hoa"), ("thu", "thu")):
            answer = app.ask(f"/odk/forms/{survey}")
            assert answer.status == 200, answer.raw
            cls.files[survey] = (cls.write(survey + ".xml", answer.raw.decode()), code)

    @classmethod
    def write(cls, name, text):
        with open(os.path.join(cls.dir, name), "w", encoding="utf-8") as f:
            f.write(text)
        return f.name

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        shutil.rmtree(cls.dir)
        assert code == 0, cls.server.errors()

    def text_of(self, code):
        path = os.path.join(self.dir, code + "-out.csv")
        done("questionnaire", "export", code, "-o", path, "--db", self.db)
        with open(path, encoding="utf-8") as f:
            return f.read()

    def engine(self, forms):
        version = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout.strip().lstrip("v")
        if not version or int(version.split(".")[0]) < 20:
            self.skipTest(f"the engine of ODK Web Forms wants Node 20 or later, here is {version or 'none'}")
        p = subprocess.run(WEB_FORMS, input=json.dumps({"forms": forms}), capture_output=True, text=True)
        self.assertEqual(p.returncode, 0, p.stderr[-3000:])
        return json.loads(p.stdout)

    def test_the_same_form(self):
        """Items, options and words in both languages, as another engine reads them."""
        for survey, (file, code) in self.files.items():
            q = Questionnaire(self.text_of(code))
            for language, column in (("Tiếng Việt (vi)", "text_vi"), ("English (en)", "text_en")):
                form, = self.engine([{"file": file, "language": language, "cases": [{}]}])
                self.assertNotIn("failed", form)
                nodes = form["states"][0]
                self.assertEqual(form["languages"], ["Tiếng Việt (vi)", "English (en)"])
                for item in q.items:
                    node = nodes[q.path(item)]
                    self.assertEqual(node["label"], item[column] or item["text_vi"], (survey, item["code"]))
                    self.assertEqual(node["required"], item["required"] == "yes", (survey, item["code"]))
                    self.assertEqual(node["options"], q.options(item, column), (survey, item["code"]))
                    self.assertEqual(node["kind"], "select" if node["options"] else "input", (survey, item["code"]))
                shown = {ref for ref, n in nodes.items() if n["kind"] in ("select", "input") and not ref.split("/")[-1].startswith("_")}
                self.assertEqual(shown, {q.path(item) for item in q.items})

    def test_the_same_meaning(self):
        """What is asked and what is refused: the rules as XPath in that engine, as FEEL in ours."""
        q = Questionnaire(self.text_of("thu"))
        r = random.Random(SEED)
        cases = [draw(r, n) for n in range(DRAWN)]
        refs = {item["code"]: q.path(item) for item in q.items}
        b = io.StringIO()
        w = csv.writer(b, lineterminator="\n")
        w.writerow(refs)
        for given in cases:
            w.writerow(["; ".join(given.get(code, [])) for code in refs])
        code, out, errors = run("import", "answers", self.write("a.csv", b.getvalue()), "--survey", "thu", "--db", self.db, "-o", "json",
                                "--map", self.write("map.csv", "what,name,target,code\nsetting,faulty,skip,\n"))
        self.assertEqual(code, 0, errors)
        with sqlite3.connect(self.db) as k:
            lines = [x[0] for x in k.execute("SELECT answers FROM response r JOIN survey s ON s.id = r.survey_id WHERE s.code = 'thu'")]
        ours = {}
        for line in lines:
            pairs = dict(pair.split("=", 1) for pair in line.split("&"))
            ours[int(pairs["K"])] = set(pairs)
        self.assertEqual(json.loads(out)["added"], len(ours))
        form, = self.engine([{"file": self.files["thu"][0], "language": "English (en)",
                              "cases": [{refs[c]: v for c, v in given.items()} for given in cases]}])
        refused = asked = 0
        for n, (given, nodes) in enumerate(zip(cases, form["states"])):
            broken = [c for c in given if nodes[refs[c]]["relevant"] and nodes[refs[c]]["broken"] == "constraint"]
            self.assertEqual(bool(broken), n not in ours, f"seed {SEED}, case {n}: {given}, they refuse {broken}")
            if n in ours:
                kept = {c for c in given if nodes[refs[c]]["relevant"]}
                self.assertEqual(kept, ours[n], f"seed {SEED}, case {n}: {given}")
                asked += len(kept)
            refused += bool(broken)
        # the draw says something of both
        self.assertGreater(refused, DRAWN // 10)
        self.assertGreater(len(ours), DRAWN // 10)
        self.assertGreater(asked, DRAWN)

    @unittest.skipUnless(importlib.util.find_spec("pyxform"), "pyxform is not installed, and Debian has no package of it")
    def test_pyxform(self):
        """Our XLSForm through pyxform: the same nodes, binds and choices as in our XForm."""
        from pyxform.xls2xform import convert
        for survey, (file, code) in self.files.items():
            book = os.path.join(self.dir, survey + ".xlsx")
            done("questionnaire", "export", code, "-o", book, "--db", self.db)
            theirs, own = parts(convert(book).xform), parts(open(file, encoding="utf-8").read())
            for what in ("nodes", "binds", "choices"):
                self.assertEqual(theirs[what], own[what], (survey, what))


def squeezed(x):
    """An expression without the spaces that do not matter."""
    return " ".join((x or "").replace("(", " ( ").replace(")", " ) ").replace(",", " , ").split())


def parts(text):
    """Nodes, binds and choices of an XForm, without what is of a server: the place, the invitation, times and numbers of an answer."""
    root = ET.fromstring(text)
    model = root.find(f"{H}head/{XF}model")
    top = list(model.find(XF + "instance"))[0]
    own = ("_phieu", "_noi", "_ma", "meta", "start", "end")

    def helps(name):
        """Notes, and the labels that pyxform puts above a table."""
        return name.endswith("_note") or name.startswith(("generated_table_list_label", "reserved_name_for_field_list_labels"))

    def below(node, path):
        for child in node:
            name = child.tag.split("}")[-1]
            if name not in own and not helps(name):
                yield path + "/" + name
                yield from below(child, path + "/" + name)

    binds = {}
    for b in model.findall(XF + "bind"):
        ref = b.get("nodeset").replace("/" + top.tag.split("}")[-1] + "/", "/data/", 1)
        if ref.split("/")[2].split(":")[-1] not in own and not helps(ref.split("/")[-1]) and b.get("type"):
            binds[ref] = {k: squeezed(b.get(k)).replace("/" + top.tag.split("}")[-1] + "/", "/data/") for k in ("type", "required", "relevant", "constraint")}
    choices = {}
    for kind in ("select", "select1"):
        for s in root.iter(XF + kind):
            ref = s.get("ref").replace("/" + top.tag.split("}")[-1] + "/", "/data/", 1)
            items = [i.findtext(XF + "value") for i in s.findall(XF + "item")]
            if not items:
                name = s.find(XF + "itemset").get("nodeset").split("'")[1]
                items = [i.findtext(XF + "name") for n in model.findall(XF + "instance") if n.get("id") == name for i in n.iter(XF + "item")]
            if ref.split("/")[2] not in own and not helps(ref.split("/")[-1]):
                choices[ref] = (kind, items)
    return {"nodes": sorted(below(top, "/data")), "binds": binds, "choices": choices}


if __name__ == "__main__":
    tap.main()
