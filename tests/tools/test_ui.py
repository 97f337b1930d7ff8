"""tools/ui.py: what the compiler of the interface refuses, with the place, and what it writes."""
import os
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tap

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools"))
import ui_guide
import ui_view

UI = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "ui.py")
PO = {"a.title": "Đầu", "a.n": "{1} trên {2}", "a.one": "{1} việc", "a.one_one": "{1} việc", "a.kind.x": "ích", "a.kind.y": "y<", "a.fault": "{value}",
      "a.flag.true": "có", "a.flag.false": "không"}
EN = {"a.title": "Title", "a.n": "of {2}, {1}", "a.one": "{1} tasks", "a.one_one": "{1} task", "a.kind.x": "ex", "a.kind.y": "why<", "a.fault": "{value}",
      "a.flag.true": "yes", "a.flag.false": "no"}
VIEW = """# A view.
enum kind x y
struct row
	name text
	n int
	kids list row
view
	title text
	note text?
	n int
	maybe int?
	d dec
	r rate
	on date
	at time
	x real
	flag bool
	kind enum kind
	id id
	home url
	picture html
	rows list row
	words list text
	one struct row
	some struct row?
"""


class Ui(unittest.TestCase):
    def compile(self, template, view=VIEW, files=()):
        with tempfile.TemporaryDirectory() as d:
            for name, text in {"views/a.view": view, "templates/a.html": template, "css/app.css": "a { b: c }\n", **dict(files)}.items():
                path = os.path.join(d, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(text)
            for name, messages in (("vi.po", PO), ("en.po", EN)):
                with open(os.path.join(d, name), "w", encoding="utf-8") as f:
                    f.write("".join(f'msgid "{k}"\nmsgstr "{v}"\n' for k, v in messages.items()))
            os.mkdir(os.path.join(d, "out"))
            p = subprocess.run([sys.executable, UI, "--views", "views", "--templates", "templates", "--assets", ".", "--po", "vi.po", "en.po", "--out", "out",
                                "--depfile", "out/dep"], cwd=d, capture_output=True, encoding="utf-8")
            made = {}
            for name in os.listdir(os.path.join(d, "out")):
                with open(os.path.join(d, "out", name), encoding="utf-8") as f:
                    made[name] = f.read()
            return p.returncode, p.stderr, made

    def good(self, template, *pieces, **kw):
        code, err, made = self.compile(template, **kw)
        self.assertEqual((code, err), (0, ""))
        body = re.search(r"void view_a_html\(.*?\n}\n", made["web_views.c"], re.S)[0]
        for piece in pieces:
            self.assertIn(piece, body)
        return made

    def bad(self, template, message, place="templates/a.html:1", **kw):
        code, err, made = self.compile(template, **kw)
        self.assertEqual((code, made), (1, {}), err)
        self.assertTrue(err.startswith(place + ": error: "), err)
        self.assertIn(message, err)

    # --- values ---

    def test_text_and_attribute(self):
        self.good('<p title="{{title}}">{{title}}</p>', "view_text(b, v->title);")

    def test_unknown_field(self):
        self.bad("<p>\n{{titel}}", "there is no field titel in view a", "templates/a.html:2")
        self.bad("{{#rows}}{{title.x}}{{/rows}}", "text has no x")
        self.bad("{{one.nam}}", "there is no field nam in one")
        self.bad("{{some.name}}", "may be missing")

    def test_numbers_need_a_format_that_fits(self):
        self.bad("{{n}}", "a value of type int needs a format: int, raw, sign")
        self.bad("{{n|pts2}}", "format pts2 does not fit type int")
        self.bad("{{title|int}}", "format int does not fit type text")
        self.bad("{{n|int2}}", "format int2 does not fit")
        self.bad("{{on|time}}", "does not fit type date")
        self.good("{{n|int}} {{d|pts0}} {{d|sign1}} {{r|pct}} {{r|counts}} {{on|iso}} {{at|clock}} {{x|f3}} {{id}}",
                  "view_int(b, v->n, l, VIEW_PLAIN);", "view_dec(b, v->d, 0, l, VIEW_PLAIN);", "view_dec(b, v->d, 1, l, VIEW_SIGN);",
                  "view_rate(b, v->r, 2, false, l);", "view_rate(b, v->r, 2, true, l);", "view_date_iso(b, v->on);", "view_id(b, v->id);")

    def test_optional_values_have_words_in_text_only(self):
        body = self.good('<p data-n="{{maybe|raw}}">{{maybe|int}}</p>')["web_views.c"]
        self.assertEqual(body.count("view_none(b, v->maybe.is, l);"), 1)
        self.assertEqual(body.count("if (v->maybe.is == HAVE)"), 3)  # both faces

    def test_enum_and_bool_as_messages(self):
        self.good('<p class="{{kind}}">{{kind|_a.kind}} {{flag|_a.flag}}</p>', "view_a_kind_words[v->kind]", '{ "ích", "y&lt;" }, { "ex", "why&lt;" }', '{ "no", "yes" }')
        self.bad("{{kind|_a.nokind}}", "there is no message a.nokind.x")
        self.bad("{{flag}}", "is a bool, not a value")
        self.bad("{{title|_a.kind}}", "for enum and bool")

    def test_html_only_for_its_type(self):
        self.good("{{{picture}}}", "buf_add(b, v->picture);")
        self.bad("{{picture}}", "html is written")
        self.bad("{{{title}}}", "only for fields of type html")
        self.bad('<p title="{{{picture}}}">', "html stands in text")

    # --- messages ---

    def test_messages(self):
        self.good("<p>{{_a.title}}</p>", 'STR("<p>Title</p>', 'STR("<p>Đầu</p>')
        self.good("{{_a.n n|int title}}", 'STR("of "));\n\t\tview_text(b, v->title);', 'STR(" trên ")')
        self.good("{{_a.one n|int}}", "if (v->n == 1) {")
        self.bad("{{_a.titel}}", "there is no message a.titel")
        self.bad("{{_a.n n|int}}", "a.n takes 2 values, not 1")
        self.bad("{{_a.title n|int}}", "takes 0 values, not 1")
        self.bad("{{_a.fault}}", "message of a fault")
        self.bad('<a href="{{_a.title}}">', "cannot stand in a URL")

    # --- sections ---

    def test_sections(self):
        self.good("{{#rows}}{{@number|int}}{{name}}{{title}}{{#kids}}{{name}}{{/kids}}{{/rows}}{{^rows}}0{{/rows}}",
                  "view_text(b, r1->name);", "view_text(b, v->title);", "&r1->kids[i2];", "if (!(v->n_rows > 0))")
        self.good("{{#words}}{{.}}{{#@last}}.{{/@last}}{{/words}}", "view_text(b, r1);", "if (i1 + 1 == v->n_words)")
        self.good("{{#flag}}1{{/flag}}{{#note}}2{{/note}}{{#maybe}}3{{/maybe}}{{#maybe.na}}4{{/maybe.na}}{{#kind=y}}5{{/kind}}{{^kind=x}}6{{/kind}}",
                  "if (v->flag) {", "v->note.len > 0", "v->maybe.is == HAVE)", "== HAVE_NA", "v->kind == VIEW_A_KIND_Y", "v->kind != VIEW_A_KIND_X")
        self.good("{{#some}}{{name}}{{/some}}{{#one}}{{name}}{{/one}}{{one.name}}{{rows.n|int}}", "if (v->some) {", "v->some->name", "v->one.name", "(int64_t)v->n_rows")

    def test_wrong_sections(self):
        self.bad("{{#rows}}x", "has no end")
        self.bad("x{{/rows}}", "ends nothing")
        self.bad("{{#rows}}{{#words}}{{/rows}}{{/words}}", "should end")
        self.bad("{{#title}}{{.}}{{/title}}", "{{.}} is for lists of text")
        self.bad("{{#d}}x{{/d}}", "always there")
        self.bad("{{#kind=z}}x{{/kind}}", "no such word (x, y)")
        self.bad("{{#flag=x}}x{{/flag}}", "= is for enums")
        self.bad("{{@number|int}}", "outside a list")
        self.bad("{{rows}}", "is a list, not a value")
        self.bad("{{^one}}x{{/one}}", "always there")
        self.bad("{{}}", "nothing between")

    def test_sections_keep_the_place_in_html(self):
        self.good('<p{{#flag}} class="a"{{/flag}}>x</p><i {{#flag}}hidden{{/flag}}></i>')
        self.good('<p class="a{{#flag}} b{{/flag}}">')
        self.bad("{{#flag}}<p {{/flag}}>", "another place of the HTML")
        self.bad('<p class="{{#flag}}a"{{/flag}}>', "another place of the HTML")
        self.bad("<p {{#flag}}hidden{{/flag}}x>", "a space is missing")

    # --- HTML ---

    def test_policy(self):
        self.bad('<p style="color:red">', "style= is refused")
        self.bad('<p onclick="x()">', "onclick= is refused")
        self.bad("<script>x()</script>", "no inline script")
        self.bad('<script src="{{asset:css/app.css}}">x()</script>', "no inline script")
        self.bad("<style>a{}</style>", "no style element")
        self.bad("<!-- x -->", "HTML comments go to the reader")
        self.bad('<a href="javascript:x()">', "would run code")
        self.bad("a < b", "written &lt;")
        self.bad("<p class=a>", "double quotes")
        self.bad("<p {{title}}>", "not in a tag")
        self.bad("<{{title}}>", "not in a tag")
        self.bad("<p", "ends inside a tag")

    def test_urls(self):
        self.good('<a href="{{url:/x/}}{{title}}?n={{n|raw}}&amp;d={{on|iso}}#{{id}}">', 'STR("<a href=\\"/en/x/")', "view_segment(b, v->title);")
        self.good('<a href="{{home}}">', "view_href(b, v->home, l);")
        self.bad('<a href="{{title}}">', "a URL starts with")
        self.bad('<a href="{{url:/x}}{{home}}">', "it stands at the start")
        self.bad('<a href="/x">', "written {{url:/x}}")
        self.bad('<a href="{{url:x}}">', "not a path")
        self.bad('<a href="x{{url:/x}}">', "at the start")
        self.bad("<p>{{url:/x}}</p>", "at the start of href")
        self.bad('<a href="{{url:/x/}}{{n|int}}">', "written |raw")
        made = self.good('<a href="{{url:/x/}}{{title}}?a=b">1</a><a href="{{url:/y#z}}">2</a>')
        self.assertIn('\t"/x/*",\n\t"/y",\n', made["web_views.c"])

    def test_assets(self):
        made = self.good('<link rel="stylesheet" href="{{asset:css/app.css}}">')
        url = re.search(r"/static/css/app\.[0-9a-f]{12}\.css", made["web_assets.c"])[0]
        self.assertIn(url, made["web_views.c"])
        self.bad('<link href="{{asset:css/b.css}}">', "there is no asset css/b.css")
        self.bad('<p title="{{asset:css/app.css}}">', "at the start of href or src")

    # --- layout and partials ---

    def test_layout(self):
        files = {"templates/l.html": "<title>{{$t}}?{{/t}}</title><main>{{$m}}{{/m}}</main>"}
        self.good("{{<l}}\n{{$m}}{{title}}{{/m}}\n", 'STR("<title>\\?</title><main>")', "view_text(b, v->title);", files=files)
        self.bad("{{<l}}{{$x}}{{/x}}", "has no slot x", files=files)
        self.bad("{{<l}}text{{$m}}{{/m}}", "everything stands in a block", files=files)
        self.bad("{{<l}}{{$m}}{{/m}}{{$m}}{{/m}}", "block m stands twice", files=files)
        self.bad("{{<nolayout}}{{$m}}{{/m}}", "there is no template nolayout.html", files=files)
        self.bad("{{<l}}{{$m}}{{/m}}", "a layout knows only page", "templates/l.html:1", files={"templates/l.html": "{{title}}{{$m}}{{/m}}"})
        self.bad("{{<l}}{{$t}}<b {{/t}}", "ends in another place", files=files)

    def test_partials(self):
        self.good("{{#rows}}{{>p}}{{/rows}}{{>p2}}", "view_text(b, r1->name);", files={"templates/p.html": "{{name}}", "templates/p2.html": "{{title}}"})
        self.bad("{{>p}}", "there is no field name", "templates/p.html:1", files={"templates/p.html": "{{name}}"})
        self.bad("{{>p}}", "includes itself", "templates/p.html:1", files={"templates/p.html": "{{>p}}"})
        self.bad("{{>q}}", "there is no template q.html")

    # --- views ---

    def bad_view(self, view, message, line):
        self.bad("x", message, f"views/a.view:{line}", view=view)

    def test_views(self):
        self.bad_view("view\n\ttitle txt\n", "unknown type: txt", 2)
        self.bad_view("view\n\ttitle text\n\ttitle int\n", "title stands twice", 3)
        self.bad_view("view\n\tint int\n", "not a name for a field", 2)
        self.bad_view("view\n\tA text\n", "not a name for a field", 2)
        self.bad_view("view\n\trows list row\n", "there is no struct row", 2)
        self.bad_view("view\n\tk enum kind\n", "there is no enum kind", 2)
        self.bad_view("view\n\tf bool?\n", "cannot be optional", 2)
        self.bad_view("struct s\n\tme struct s\nview\n\ta text\n", "contains itself", 2)
        self.bad_view("use b\nview\n\ta text\n", "there is no view b", 1)
        self.bad_view("view\n\ta text\ncsv a\n", "csv needs a list of structs", 3)
        self.bad_view("\ta text\n", "must stand under view or struct", 1)
        self.bad_view("view\nview\n", "declared twice", 2)
        self.bad_view("view\n", "no field in view", 1)
        self.bad_view("table x\n", "not understood", 1)

    def test_shared_structs(self):
        view = "use people\nview\n\tpeople list person\n"
        made = self.good("{{#people}}{{name}}{{/people}}", "const struct view_people_person *r1", view=view, files={"views/people.view": "struct person\n\tname text\n"})
        self.assertIn("struct view_people_person *people;", made["web_views.h"])

    def test_csv_and_schema(self):
        made = self.good("x", view="struct row\n\tname text # the name\n\tr rate?\n\tk list text\nview\n\trows list row\n\tp text private\ncsv rows\n")
        self.assertIn('buf_addz(b, "name,r_num,r_den\\r\\n");', made["web_views.c"])
        schema = re.search(r"const char \*const view_schemas =(.*?);\n", made["web_views.c"], re.S)[1]
        self.assertIn("the name", schema)
        self.assertNotIn("private", schema)
        self.assertNotIn('"p"', schema.replace("\\", ""))

    # --- assets ---

    def css(self, files):
        made = self.good("x", files=files)["web_assets.c"]
        sheet = re.search(r'"/static/css/app\.\w+\.css", "[^"]+", (d\d+),', made)[1]
        numbers = re.search(rf"{sheet}\[\] = \{{(.*?)\}};", made, re.S)[1]
        return bytes(int(n) for n in numbers.split(",")).decode()

    def test_css(self):
        text = self.css({"css/app.css": '/* note */ @import "b.css";\na  >  b , c { d : e ;  f: "x  /* y */" }\n@media (min-width: 1px) and (a) { g { h: calc(1px + 2px) } }\n',
                         "css/b.css": "i { src: url('../fonts/z.woff2') , url(data:a/b;c,d) }", "fonts/z.woff2": "x"})
        self.assertRegex(text, r"^i\{src: url\(/static/fonts/z\.[0-9a-f]{12}\.woff2\), ?url\(data:a/b;c,d\)\}")
        self.assertIn('a>b,c{d : e;f: "x  /* y */"}', text)
        self.assertIn("@media (min-width: 1px) and (a){g{h: calc(1px + 2px)}}", text)

    def test_wrong_assets(self):
        self.bad("x", "there is no file css/no.css", "./css/app.css:2", files={"css/app.css": '\n@import "no.css";'})
        self.bad("x", "there is no file css/no.png", "./css/app.css:1", files={"css/app.css": "a { b: url(no.png) }"})
        self.bad("x", "imports itself", "./css/app.css:1", files={"css/app.css": '@import "app.css";'})
        self.bad("x", "not served", "./js/a.exe:1", files={"js/a.exe": "x"})

    def test_everything_read_is_in_the_depfile(self):
        made = self.good("{{<l}}{{$m}}{{>p}}{{/m}}", files={"templates/l.html": "{{$m}}{{/m}}", "templates/p.html": "x", "js/a.js": "x"})
        for name in ("views/a.view", "templates/a.html", "templates/l.html", "templates/p.html", "js/a.js", "css/app.css", "vi.po"):
            self.assertIn(name, made["dep"])



class Guides(unittest.TestCase):
    """docs/guide as pages: links, pictures, pairs of languages."""

    PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (640).to_bytes(4, "big") + (480).to_bytes(4, "big")

    def compile(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in {"vi/01-mot.md": "# 1. Một\n\nChữ.\n", "images/a.png": self.PNG, **files}.items():
                path = os.path.join(folder, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as f:
                    f.write(text if isinstance(text, bytes) else text.encode())
            try:
                return ui_guide.c_file(folder, {"images/a.png": "/static/images/a.0.png"})
            except ui_view.Bad as e:
                return str(e).replace(folder + "/", "")

    def test_links_and_pictures(self):
        text = self.compile({"vi/vai-tro/ai.md": "# Ai & <b>ai</b>\n\n[một](../01-mot.md#x), [ngoài](https://a.vn/), [khác](../../x.md)\n\n![Ảnh](../../images/a.png)\n\n"
                                                 "| a |\n|---|\n| `<b>` |\n", "x.md": "", "en/roles/who.md": "<!-- vi: ai -->\n# Who\n\n[one](../01-one.md)<script>\n",
                             "en/01-one.md": "# 1. One\n"})
        for part in ('{ "mot", false, { { "Một"', '{ "ai", true, { { "Ai & ai"', '<a href=\\"/huong-dan/tai-lieu/mot\\">một</a>', '<a href=\\"https://a.vn/\\">ngoài</a>, khác',
                     '<img src=\\"/static/images/a.0.png\\" alt=\\"Ảnh\\" width=\\"640\\" height=\\"480\\"', "<code>&lt;b&gt;</code>",
                     '<a href=\\"/en/huong-dan/tai-lieu/mot\\">one</a>', "handbook_n = 2"):
            self.assertIn(part, text)
        self.assertNotIn("<script", text)

    def test_faults(self):
        for files, said in (({"vi/02-hai.md": "Chữ\n"}, "vi/02-hai.md:1: error: a guide begins with its title"),
                            ({"vi/02-hai.md": "# 2\n\n[a](b.md)\n"}, "a link to b.md, which is not there"),
                            ({"vi/02-hai.md": "# 2\n\n![a](../images/b.png)\n"}, "a picture ../images/b.png, which is not there"),
                            ({"en/02-two.md": "# 2\n"}, "there is no Vietnamese guide of this number"),
                            ({"en/roles/who.md": "# Who\n"}, "no Vietnamese guide belongs to it")):
            self.assertIn(said, self.compile(files))


if __name__ == "__main__":
    tap.main()
