"""Templates: ui/templates/NAME.html, compiled into C that writes the HTML face of view NAME.

    {{<layout}}                      the page stands in layout.html; its blocks fill the slots of the same name
    {{$main}} … {{/main}}            a block (in a page) or a slot with what stands there by default (in a layout)
    {{name}} {{share|pct}}           a value; numbers, rates, dates and times need a format
    {{kind|_task.kind}}              an enum or bool as a message: task.kind.early, task.kind.overdue …
    {{_task.title}} {{_task.n a|int b}}  a message of po/, with its values {1} {2} …; KEY_one is taken in English when the first is 1
    {{#rows}} … {{/rows}}            a list: once for each; a bool, text, optional value: when it is there; a struct: its fields
    {{^rows}} … {{/rows}}            when not;  {{#kind=late}} … {{/kind}}, {{#points.na}}, {{#rows.n}}, {{#@first}}, {{#@last}}
    {{rows.n|int}} {{@number}} {{.}} length of a list, number of the row from 1, the element of a list of text
    {{{drawing}}}                    a field of type html, as it is
    {{>name}}                        another file, compiled in this place
    {{url:/nhiem-vu}} {{asset:css/app.css}} {{csrf}} {{! comment }}
    {{page.lang}}                    fields of ui/views/page.view, which the server fills
"""
import html
import os
import re

from ui_html import URL_MARK, Html
from ui_view import OPTIONAL, Bad

TAG = re.compile(r"\{\{\{(.*?)\}\}\}|\{\{(.*?)\}\}", re.S)
PLACE = re.compile(r"\{([1-5]|value)\}")
PATH = re.compile(r"/[A-Za-z0-9/_.~-]*(\?[A-Za-z0-9=&_.-]*)?(#[A-Za-z0-9_.-]*)?\Z")
MESSAGE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+\Z")


class Node:
    def __init__(self, kind, text, where, children=None):
        self.kind, self.text, self.where, self.children = kind, text, where, children if children is not None else []


def parse(path):
    source = open(path, encoding="utf-8").read().rstrip("\n") + "\n"
    root = Node("root", "", f"{path}:1")
    stack, at = [root], 0

    def where(pos):
        return f"{path}:{source.count(chr(10), 0, pos) + 1}"

    for m in TAG.finditer(source):
        if m.start() > at:
            stack[-1].children.append(Node("static", source[at:m.start()], where(at)))
        at, here = m.end(), where(m.start())
        if m.group(1) is not None:
            stack[-1].children.append(Node("html", m.group(1).strip(), here))
            continue
        text = m.group(2).strip()
        mark, rest = text[:1], text[1:].strip()
        if not text:
            raise Bad(here, "nothing between {{ and }}")
        if mark == "!":
            continue
        if mark in "#^$":
            node = Node({"#": "section", "^": "inverted", "$": "block"}[mark], rest, here)
            stack[-1].children.append(node)
            stack.append(node)
        elif mark == "/":
            node = stack.pop() if len(stack) > 1 else None
            if not node or rest not in (node.text, node.text.split("=")[0]):
                raise Bad(here, f"{{{{/{rest}}}}} ends nothing" if not node else f"{{{{/{rest}}}}} where {node.text} of {node.where} should end")
        elif mark in "<>":
            stack[-1].children.append(Node("layout" if mark == "<" else "partial", rest, here))
        elif mark == "_":
            stack[-1].children.append(Node("message", rest, here))
        elif text == "csrf" or text.startswith(("url:", "asset:")):
            kind, _, rest = text.partition(":")
            stack[-1].children.append(Node(kind, rest, here))
        else:
            stack[-1].children.append(Node("value", text, here))
    if len(stack) > 1:
        raise Bad(stack[-1].where, f"{{{{#{stack[-1].text}}}}} has no end")
    if at < len(source):
        root.children.append(Node("static", source[at:], where(at)))
    return root


def c_string(text):
    out = []
    for ch in text:
        if ch in '"\\?':
            out.append("\\" + ch)
        elif ch == "\n":
            out.append("\\n")
        elif ord(ch) < 32:
            out.append(f"\\{ord(ch):03o}")
        else:
            out.append(ch)
    return '"' + "".join(out) + '"'


def formatted(kind, fmt, e, where):
    """The C call that writes e, in a text, and whether its output needs escaping (never: formats write safe characters)."""
    m = re.match(r"([a-z]+)(\d?)\Z", fmt or "")
    word, digits = (m.group(1), m.group(2)) if m else (fmt, "")
    style = {"sign": "VIEW_SIGN", "raw": "VIEW_RAW"}.get(word, "VIEW_PLAIN")
    n = digits or "2"
    calls = {
        ("int", "int"): "view_int(b, {e}, l, {style})", ("int", "sign"): "view_int(b, {e}, l, {style})", ("int", "raw"): "view_int(b, {e}, l, {style})",
        ("dec", "num"): "view_dec(b, {e}, -1, l, {style})", ("dec", "raw"): "view_dec(b, {e}, -1, l, {style})",
        ("dec", "pts"): "view_dec(b, {e}, {n}, l, {style})", ("dec", "sign"): "view_dec(b, {e}, {n}, l, {style})",
        ("dec", "pct"): "view_pct(b, {e}, {n}, l, {style})",
        ("real", "f"): "view_real(b, {e}, {n}, l, {style})", ("real", "sign"): "view_real(b, {e}, {n}, l, {style})",
        ("real", "raw"): "view_real(b, {e}, {n}, l, {style})", ("real", "pct"): "view_real_pct(b, {e}, {n}, l, {style})",
        ("rate", "pct"): "view_rate(b, {e}, {n}, false, l)", ("rate", "counts"): "view_rate(b, {e}, {n}, true, l)",
        ("date", "date"): "view_date(b, {e}, l)", ("date", "iso"): "view_date_iso(b, {e})",
        ("time", "time"): "view_time(b, {e}, l)", ("time", "date"): "view_date(b, date_of_ms({e}), l)",
        ("time", "clock"): "view_clock(b, {e})", ("time", "iso"): "view_time_iso(b, {e})",
    }
    call = calls.get((kind, word))
    takes_digits = call and "{n}" in call
    if not call or (digits and not takes_digits):
        known = sorted(w + ("0-9" if "{n}" in c else "") for (k, w), c in calls.items() if k == kind)
        if not fmt:
            raise Bad(where, f"a value of type {kind} needs a format: {', '.join(known)}")
        raise Bad(where, f"format {fmt} does not fit type {kind}" + (f" (known: {', '.join(known)})" if known else ""))
    return call.format(e=e, style=style, n=n)


class Value:
    """A field found in the scopes: its C expression and what it is."""

    def __init__(self, kind, expr, field=None, optional=False):
        self.kind, self.expr, self.field, self.optional = kind, expr, field, optional


class Compiler:
    def __init__(self, views, dirs, messages, assets):
        self.views, self.dirs, self.messages, self.assets = views, dirs, messages, assets
        self.parsed, self.links, self.read, self.used_messages = {}, {}, set(), set()

    def find(self, name, where):
        for d in self.dirs:
            path = os.path.join(d, name + ".html")
            if os.path.exists(path):
                self.read.add(path)
                if path not in self.parsed:
                    self.parsed[path] = parse(path)
                return path, self.parsed[path]
        raise Bad(where, f"there is no template {name}.html")

    def has_template(self, name):
        return any(os.path.exists(os.path.join(d, name + ".html")) for d in self.dirs)

    def compile(self, view):
        return Page(self, view).run()


class Page:
    def __init__(self, compiler, view):
        self.all, self.view = compiler, view
        self.out, self.indent, self.pending, self.count = [], 1, ["", ""], 0
        self.scopes = []      # innermost last: (struct, C expression with -> or ., loop variables or None)
        self.html, self.blocks, self.partials = Html(), {}, []
        self.uses_page = self.uses_en = self.uses_l = False

    def run(self):
        path, root = self.all.find(self.view.name, f"{self.view.path}:1")
        v = (self.view.root, "v->", None)
        layout = [n for n in root.children if n.kind == "layout"]
        if layout:
            for n in root.children:
                if n.kind == "block":
                    if n.text in self.blocks:
                        raise Bad(n.where, f"block {n.text} stands twice")
                    self.blocks[n.text] = n
                elif n.kind != "layout" and not (n.kind == "static" and not n.text.strip()):
                    raise Bad(n.where, "in a page with a layout everything stands in a block {{$name}} … {{/name}}")
            path, root = self.all.find(layout[0].text, layout[0].where)
            self.slots, self.page_scope = set(), v
            self.nodes(root.children)
            for name in set(self.blocks) - self.slots:
                raise Bad(self.blocks[name].where, f"{path} has no slot {name}")
        else:
            self.slots, self.page_scope, self.scopes = set(), v, [v]
            self.nodes(root.children)
        self.flush()
        if self.html.state != "text":
            raise Bad(f"{path}:1", f"the file ends inside a tag <{self.html.name}")
        for link, where in self.html.links:
            self.all.links.setdefault(link, where)
        head = [f"void view_{self.view.name}_html(struct web_cx *w, buf *b, const struct view_{self.view.name} *v)", "{"]
        if self.uses_l:
            head.append("\tconst enum lang l = w->lang;")
        if self.uses_en:
            head.append("\tconst bool en = w->lang == LANG_EN;")
        if self.uses_page:
            head.append("\tconst struct view_page *page = web_page(w);")
        return head + ["\t(void)w;", "\t(void)v;"] + self.out + ["}", ""]

    # --- output ---

    def line(self, text):
        self.flush()
        self.out.append("\t" * self.indent + text)

    def put(self, vi, en=None):
        self.pending[0] += vi
        self.pending[1] += vi if en is None else en

    def flush(self):
        vi, en = self.pending
        self.pending = ["", ""]
        tabs = "\t" * self.indent
        if vi == en:
            if vi:
                self.out.append(f"{tabs}buf_add(b, STR({c_string(vi)}));")
            return
        self.uses_en = True
        self.out += [f"{tabs}if (en)", f"{tabs}\tbuf_add(b, STR({c_string(en)}));", f"{tabs}else", f"{tabs}\tbuf_add(b, STR({c_string(vi)}));"]

    # --- nodes ---

    def nodes(self, nodes):
        for n in nodes:
            getattr(self, "node_" + n.kind)(n)

    def node_static(self, n):
        text = n.text
        if self.html.inside not in ("pre", "textarea") and not re.search(r"<(pre|textarea)", text):
            text = re.sub(r"[ \t]*\n\s*", "\n", text)
            if text.startswith("\n") and self.pending[0].endswith("\n"):
                text = text[1:]
        self.html.feed(text, n.where)
        self.put(text)

    def node_layout(self, n):
        raise Bad(n.where, "{{<layout}} stands only at the top of a page")

    def node_block(self, n):
        if n.text in self.slots:
            raise Bad(n.where, f"slot or block {n.text} stands twice, or a block stands inside another")
        self.slots.add(n.text)
        filling = self.blocks.get(n.text)
        before, scopes = self.html.mark(), self.scopes
        if filling:
            self.flush()
            self.scopes = [self.page_scope]
        self.nodes((filling or n).children)
        if filling:
            self.flush()
        self.scopes = scopes
        if self.html.mark() != before:
            raise Bad((filling or n).where, f"block {n.text} ends in another place of the HTML than it began")

    def node_partial(self, n):
        if n.text in self.partials:
            raise Bad(n.where, f"{n.text} includes itself")
        _, root = self.all.find(n.text, n.where)
        self.partials.append(n.text)
        self.flush()
        self.nodes(root.children)
        self.flush()
        self.partials.pop()

    def node_csrf(self, n):
        if self.html.state != "text":
            raise Bad(n.where, "{{csrf}} stands inside a form element, not in a tag")
        self.line("web_csrf_field(w, b);")

    def node_url(self, n):
        if not self.html.in_url() or self.html.value:
            raise Bad(n.where, "{{url:…}} stands at the start of href, action and the like")
        if not PATH.match(n.text):
            raise Bad(n.where, f"not a path of this server: {n.text}")
        self.html.value += URL_MARK + n.text
        self.put(html.escape(n.text), html.escape("/en" if n.text == "/" else "/en" + n.text))

    def node_asset(self, n):
        if n.text not in self.all.assets:
            raise Bad(n.where, f"there is no asset {n.text} (in ui/)")
        if not self.html.in_url() or self.html.value:
            raise Bad(n.where, "{{asset:…}} stands at the start of href or src")
        self.html.value += "asset"
        self.put(self.all.assets[n.text])

    def node_html(self, n):
        value = self.lookup(n.text, n.where)
        if value.kind != "html":
            raise Bad(n.where, f"{{{{{{{n.text}}}}}}} is only for fields of type html; {n.text} is {value.kind}")
        if self.html.state != "text":
            raise Bad(n.where, "html stands in text, not in a tag")
        self.line(f"buf_add(b, {value.expr});")

    def node_message(self, n):
        words = n.text.split()
        args = [re.sub(r"^[1-5]=", "", a) for a in words[1:]]
        how = self.html.dynamic(n.where)
        if how in ("url", "segment"):
            raise Bad(n.where, "a message cannot stand in a URL")
        self.message(words[0], args, n.where)

    def node_value(self, n):
        name, _, fmt = (x.strip() for x in n.text.partition("|"))
        value = self.lookup(name, n.where)
        how = self.html.dynamic(n.where)
        self.value(value, fmt, how, n.where, name)

    def text_of(self, key, where):
        if not MESSAGE.match(key) or any(key not in m for m in self.all.messages):
            raise Bad(where, f"there is no message {key} in po/vi.po and po/en.po")
        self.all.used_messages.add(key)
        return [m[key] for m in self.all.messages]

    def message(self, key, args, where):
        texts = self.text_of(key, where)
        wanted = max([0] + [int(p) for t in texts for p in PLACE.findall(t) if p != "value"])
        if any("{value}" in t for t in texts):
            raise Bad(where, f"{key} is the message of a fault ({{value}}), not of a page")
        if wanted != len(args):
            raise Bad(where, f"{key} takes {wanted} values, not {len(args)}")
        if not args:
            self.put(*(html.escape(t) for t in texts))
            return
        self.flush()
        self.uses_en = True
        one = key + "_one"
        first = self.lookup(args[0].partition("|")[0], where)
        plural = first.kind == "int" and not first.optional and one in self.all.messages[1]
        self.line("if (en) {")
        self.indent += 1
        if plural:
            self.line(f"if ({first.expr} == 1) {{")
            self.indent += 1
            self.with_values(self.text_of(one, where)[1], args, where)
            self.indent -= 1
            self.line("} else {")
            self.indent += 1
        self.with_values(texts[1], args, where)
        if plural:
            self.indent -= 1
            self.line("}")
        self.indent -= 1
        self.line("} else {")
        self.indent += 1
        self.with_values(texts[0], args, where)
        self.indent -= 1
        self.line("}")

    def with_values(self, text, args, where):
        for i, piece in enumerate(PLACE.split(text)):
            if i % 2 == 0:
                self.put(html.escape(piece))
                continue
            name, _, fmt = args[int(piece) - 1].partition("|")
            self.value(self.lookup(name, where), fmt, "text", where, name)
        self.flush()

    def value(self, v, fmt, how, where, name):
        """Writes one value; how: text, attr, url or segment."""
        if fmt.startswith("_"):
            self.words(v, fmt[1:], how, where)
        elif v.kind in ("text", "url", "link"):
            self.put_text(v, fmt, how, where, name)
        elif v.kind in ("enum", "id") and not fmt:
            if how == "url":
                raise Bad(where, f"a URL starts with {{{{url:…}}}} or a field of type url; {name} is {v.kind}")
            self.optional(v, f"buf_addz(b, {v.field.to.c}_words[{v.expr}]);" if v.kind == "enum" else "view_id(b, {e});", how)
        elif v.kind == "html":
            raise Bad(where, f"html is written {{{{{{{name}}}}}}}")
        elif v.kind in ("list", "struct", "bool"):
            raise Bad(where, f"{name} is a {v.kind}, not a value" + (" (give it words: |_key)" if v.kind == "bool" else ""))
        else:
            if how == "url":
                raise Bad(where, f"a URL starts with {{{{url:…}}}} or a field of type url; {name} is {v.kind}")
            if how == "segment" and fmt not in ("raw", "iso"):
                raise Bad(where, f"in a URL a number is written |raw and a date |iso: {name}")
            self.uses_l = True
            self.optional(v, formatted(v.kind, fmt, "{e}", where) + ";", how if fmt not in ("raw", "iso") else "attr")

    def optional(self, v, call, how):
        e = v.expr
        if not v.optional:
            self.line(call.replace("{e}", e))
            return
        self.line(f"if ({e}.is == HAVE)")
        self.line("\t" + call.replace("{e}", e + ".v"))
        if how == "text":
            self.uses_l = True
            self.line("else")
            self.line(f"\tview_none(b, {e}.is, l);")

    def put_text(self, v, fmt, how, where, name):
        if fmt:
            raise Bad(where, f"format {fmt} does not fit type {v.kind}")
        if how == "url":
            if v.kind == "text":
                raise Bad(where, f"a URL starts with {{{{url:…}}}} or a field of type url; {name} is {v.kind}")
            self.uses_l |= v.kind == "url"
            self.line(f"view_href(b, {v.expr}, {'l' if v.kind == 'url' else 'LANG_VI'});")
        elif how == "segment":
            if v.kind != "text":
                raise Bad(where, f"{name} is a whole URL: it stands at the start")
            self.line(f"view_segment(b, {v.expr});")
        elif how == "text" and v.optional:
            self.uses_l = True
            self.line(f"if ({v.expr}.p)")
            self.line(f"\tview_text(b, {v.expr});")
            self.line("else")
            self.line("\tview_none(b, HAVE_NONE, l);")
        else:
            self.line(f"view_text(b, {v.expr});")

    def words(self, v, prefix, how, where):
        if v.kind not in ("enum", "bool") or how not in ("text", "attr"):
            raise Bad(where, f"messages by value are for enum and bool, in text and attributes: {prefix}")
        values = v.field.to.values if v.kind == "enum" else ["false", "true"]
        texts = [self.text_of(f"{prefix}.{value}", where) for value in values]
        self.count += 1
        table = f"m{self.count}"
        self.uses_l = True
        rows = ", ".join("{ " + ", ".join(c_string(html.escape(t[i])) for t in texts) + " }" for i in (0, 1))
        self.line("{")
        self.line(f"\tstatic const char *const {table}[2][{len(values)}] = {{ {rows} }};")
        self.line(f"\tbuf_addz(b, {table}[l][{v.expr}]);")
        self.line("}")

    # --- sections ---

    def node_section(self, n, positive=True):
        name, _, word = (x.strip() for x in n.text.partition("="))
        v = self.lookup(name, n.where, section=True)
        self.html.pause(n.where)
        before, kept = self.html.mark(), self.html.keep()
        if v.kind == "list" and positive:
            self.loop(v, n)
        elif v.kind == "struct" and positive and not word:
            self.line(f"if ({v.expr}) {{" if v.optional else "{")
            self.body(n, (v.field.to, v.expr + ("->" if v.optional else "."), None))
        else:
            self.line(f"if ({self.condition(v, word, positive, n)}) {{")
            self.body(n, None)
        self.html.pause(n.where)
        if self.html.mark() != before:
            raise Bad(n.where, f"section {n.text} ends in another place of the HTML than it began")
        longer, unspaced = self.html.value, self.html.state == "tag_end"
        self.html.restore(kept)
        if unspaced:
            self.html.state = "tag_end"
        self.html.value = max(longer, self.html.value, key=len)

    def node_inverted(self, n):
        self.node_section(n, positive=False)

    def body(self, n, scope):
        self.indent += 1
        if scope:
            self.scopes = self.scopes + [scope]
        self.nodes(n.children)
        self.flush()
        if scope:
            self.scopes = self.scopes[:-1]
        self.indent -= 1
        self.line("}")

    def loop(self, v, n):
        self.count += 1
        i, row, of = f"i{self.count}", f"r{self.count}", v.field.to
        self.line(f"for (size_t {i} = 0; {i} < {v.n}; {i}++) {{")
        self.indent += 1
        self.line(f"const str {row} = {v.expr}[{i}];" if of == "text" else f"const struct {of.c} *{row} = &{v.expr}[{i}];")
        self.line(f"(void){row};")
        self.indent -= 1
        self.body(n, (of, row if of == "text" else row + "->", (i, v.n)))

    def condition(self, v, word, positive, n):
        if word:
            if v.kind != "enum" or word not in v.field.to.values:
                raise Bad(n.where, f"{n.text}: " + (f"no such word ({', '.join(v.field.to.values)})" if v.kind == "enum" else "= is for enums"))
            return f"{v.expr} {'==' if positive else '!='} {v.field.to.c_value(word)}"
        e = v.expr
        test = {"bool": e, "condition": e, "list": f"{getattr(v, 'n', '')} > 0", "html": f"{e}.len > 0", "text": f"{e}.len > 0",
                "url": f"{e}.len > 0", "link": f"{e}.len > 0", "struct": f"{e} != NULL"}.get(v.kind)
        if v.kind == "struct" and not v.optional:
            raise Bad(n.where, f"{n.text} is always there")
        if not test and v.optional:
            test = f"{e}.is == HAVE"
        elif not test and v.kind == "int":
            test = f"{e} != 0"
        elif not test and v.kind == "rate":
            test = f"{e}.den != 0"
        if not test:
            raise Bad(n.where, f"{n.text} of type {v.kind} is always there: no section")
        return test if positive else f"!({test})"

    # --- names ---

    def lookup(self, name, where, section=False):
        if name == ".":
            if not self.scopes or self.scopes[-1][0] != "text":
                raise Bad(where, "{{.}} is for lists of text")
            return Value("text", self.scopes[-1][1])
        if name.startswith("@"):
            return self.loop_value(name, where, section)
        parts = name.split(".")
        value = self.first(parts[0], where)
        for part in parts[1:]:
            value = self.step(value, part, name, where)
        return value

    def loop_value(self, name, where, section):
        loop = next((s[2] for s in reversed(self.scopes) if s[2]), None)
        if not loop:
            raise Bad(where, f"{name} outside a list")
        i, n = loop
        if name == "@number" and not section:
            return Value("int", f"(int64_t){i} + 1")
        if name in ("@first", "@last") and section:
            return Value("condition", f"{i} == 0" if name == "@first" else f"{i} + 1 == {n}")
        raise Bad(where, f"unknown: {name} (@number as a value; @first, @last as sections)")

    def first(self, name, where):
        for struct, prefix, _ in reversed(self.scopes):
            if struct != "text" and name in struct.fields:
                return self.member(struct.fields[name], prefix)
        if name == "page" and "page" in self.all.views:
            self.uses_page = True
            v = Value("struct", "page")
            v.field, v.page = type("F", (), {"to": self.all.views["page"].root}), True
            return v
        raise Bad(where, f"there is no field {name} in view {self.view.name}" if self.scopes else f"a layout knows only page.…, not {name}")

    def member(self, f, prefix):
        v = Value(f.kind, prefix + f.name, f, f.optional)
        if f.kind == "list":
            v.n = f"{prefix}n_{f.name}"
        return v

    def step(self, value, part, name, where):
        if value.kind == "struct":
            struct = value.field.to
            if part not in struct.fields:
                raise Bad(where, f"there is no field {part} in {name[:-len(part) - 1] or name}")
            if value.optional:
                raise Bad(where, f"{name} may be missing: use it inside a section of the struct")
            arrow = "->" if getattr(value, "page", False) else "."
            return self.member(struct.fields[part], value.expr + arrow)
        if value.kind == "list" and part == "n":
            return Value("int", f"(int64_t){value.n}")
        if value.optional and value.kind in OPTIONAL and part == "na":
            return Value("condition", f"{value.expr}.is == HAVE_NA")
        raise Bad(where, f"{value.kind} has no {part}: {name}")
