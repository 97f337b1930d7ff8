"""Views: ui/views/NAME.view, the typed data of one page, and the C that declares it and writes it as JSON and CSV.

    # What stands at the top is the description of the view.
    use people                       structs and enums of people.view
    enum kind early ontime overdue   a closed list of words
    struct row
        name text        # description of the field, for the OpenAPI document
        points dec?      ?: may be missing or not apply
        kind enum kind
        kids list row
    view
        title text
        rows list row
        best struct row?
        token text private           private: never in the JSON
    csv rows                         the list that the CSV face consists of

Types: text, html (made by the server, never in the JSON), int, dec, real, rate, date, time, enum NAME, id, bool, struct NAME,
list NAME, list text, url (a path of this server gets the prefix of the language), link (a URL as it is).
"""
import json
import re

SCALARS = {"text": "str", "html": "str", "url": "str", "link": "str", "int": "int64_t", "dec": "dec", "real": "double", "rate": "struct rate",
           "date": "day", "time": "int64_t", "id": "uint64_t", "bool": "bool"}
OPTIONAL = {"int": "opt_int", "dec": "opt_dec", "real": "opt_real", "rate": "opt_rate", "date": "opt_date", "time": "opt_time", "id": "opt_id"}
NAME = re.compile(r"[a-z][a-z0-9_]*\Z")
C_WORDS = set("auto break case char const continue default do double else enum extern float for goto if inline int long register restrict "
              "return short signed sizeof static struct switch typedef union unsigned void volatile while bool str dec day".split())


class Bad(Exception):
    """An error in a source of the interface: where and what."""

    def __init__(self, where, what):
        super().__init__(f"{where}: error: {what}")


class Field:
    def __init__(self, name, kind, of, optional, private, doc, where):
        self.name, self.kind, self.of, self.optional, self.private, self.doc, self.where = name, kind, of, optional, private, doc, where


class Struct:
    def __init__(self, view, name, doc):
        self.view, self.name, self.doc, self.fields = view, name, doc, {}

    @property
    def c(self):
        return f"view_{self.view}_{self.name}" if self.name else f"view_{self.view}"


class Enum:
    def __init__(self, view, name, values):
        self.view, self.name, self.values = view, name, values

    @property
    def c(self):
        return f"view_{self.view}_{self.name}"

    def c_value(self, value):
        return f"VIEW_{self.view}_{self.name}_{value}".upper()


class View:
    def __init__(self, name, path):
        self.name, self.path, self.doc = name, path, ""
        self.structs, self.enums, self.uses = {}, {}, []
        self.root, self.csv, self.csv_where = None, None, None


def parse_field(view, line, where):
    text, _, doc = line.partition("#")
    words = text.split()
    private = words[-1:] == ["private"]
    if private:
        words.pop()
    if len(words) < 2 or len(words) > 3:
        raise Bad(where, f"a field is a name and a type: {line.strip()}")
    name, kind, of = words[0], words[1], words[2] if len(words) == 3 else None
    last = of if of else kind
    optional = last.endswith("?")
    if optional:
        last = last[:-1]
        kind, of = (kind, last) if of else (last, None)
    if not NAME.match(name) or name in C_WORDS:
        raise Bad(where, f"not a name for a field (a-z, 0-9, _; no word of C): {name}")
    if kind in ("enum", "struct", "list"):
        if not of:
            raise Bad(where, f"{kind} of what? Write: {name} {kind} NAME")
        if optional and kind != "struct":
            raise Bad(where, f"{kind} cannot be optional (an empty list is empty; add a word to the enum)")
    elif kind not in SCALARS:
        raise Bad(where, f"unknown type: {kind}")
    elif of:
        raise Bad(where, f"{kind} takes no name: {of}")
    elif optional and kind in ("bool", "html"):
        raise Bad(where, f"{kind} cannot be optional")
    return Field(name, kind, of, optional, private, doc.strip(), where)


def parse_view(path, name):
    view, current, indented_ok = View(name, path), None, False
    if not NAME.match(name):
        raise Bad(f"{path}:1", f"not a name for a view: {name}")
    for number, raw in enumerate(open(path, encoding="utf-8"), 1):
        where, line = f"{path}:{number}", raw.rstrip()
        if not line.strip():
            continue
        if line.startswith("#"):
            if current is None and not view.enums:
                view.doc = (view.doc + " " + line.lstrip("# ").strip()).strip()
            continue
        if line[0] in " \t":
            if current is None or not indented_ok:
                raise Bad(where, "a field must stand under view or struct")
            field = parse_field(view, line.strip(), where)
            if field.name in current.fields:
                raise Bad(where, f"{field.name} stands twice")
            current.fields[field.name] = field
            continue
        body, _, doc = line.partition("#")
        words = body.split()
        indented_ok = words[0] in ("view", "struct")
        if words == ["view"] and not view.root:
            current = view.root = Struct(name, "", view.doc)
        elif words[0] == "struct" and len(words) == 2 and NAME.match(words[1]) and words[1] not in view.structs:
            current = view.structs[words[1]] = Struct(name, words[1], doc.strip())
        elif words[0] == "enum" and len(words) >= 3 and words[1] not in view.enums and len(set(words[2:])) == len(words[2:]) \
                and all(NAME.match(w) for w in words[1:]):
            view.enums[words[1]] = Enum(name, words[1], words[2:])
        elif words[0] == "use" and len(words) == 2:
            view.uses.append((words[1], where))
        elif words[0] == "csv" and len(words) == 2 and not view.csv:
            view.csv, view.csv_where = words[1], where
        else:
            raise Bad(where, f"not understood, or declared twice: {line.strip()}")
    return view


def resolve(views):
    """Puts the Struct or Enum in the place of each name; checks use and csv."""
    for view in views.values():
        structs, enums = dict(view.structs), dict(view.enums)
        for used, where in view.uses:
            if used not in views:
                raise Bad(where, f"there is no view {used}")
            for mine, theirs in ((structs, views[used].structs), (enums, views[used].enums)):
                for name, thing in theirs.items():
                    if name in mine:
                        raise Bad(where, f"{name} of {used} is declared here too")
                    mine[name] = thing
        for struct in list(view.structs.values()) + ([view.root] if view.root else []):
            if not struct.fields:
                raise Bad(f"{view.path}:1", f"no field in {struct.name or 'view'}")
            for f in struct.fields.values():
                if f.kind == "list" and f.of == "text":
                    f.to = "text"
                elif f.kind in ("list", "struct"):
                    f.to = structs.get(f.of) or fail(f.where, f"there is no struct {f.of}")
                elif f.kind == "enum":
                    f.to = enums.get(f.of) or fail(f.where, f"there is no enum {f.of}")
        if view.csv:
            f = view.root.fields.get(view.csv) if view.root else None
            if not f or f.kind != "list" or f.to == "text":
                raise Bad(view.csv_where, f"csv needs a list of structs: {view.csv}")


def fail(where, what):
    raise Bad(where, what)


# --- C ---

def member(f):
    if f.kind == "list":
        return f"{'str' if f.to == 'text' else 'struct ' + f.to.c} *{f.name};\n\tsize_t n_{f.name};"
    if f.kind == "struct":
        return f"struct {f.to.c} {'*' if f.optional else ''}{f.name};"
    if f.kind == "enum":
        return f"enum {f.to.c} {f.name};"
    return f"{OPTIONAL[f.kind] if f.optional and f.kind in OPTIONAL else SCALARS[f.kind]} {f.name};"


def in_order(structs):
    """A struct that holds another by value stands behind it."""
    done, out = {}, []

    def visit(s):
        if done.get(s.c) == "busy":
            raise Bad(next(iter(s.fields.values())).where, f"{s.name} contains itself; use list or struct?")
        if s.c in done:
            return
        done[s.c] = "busy"
        for f in s.fields.values():
            if f.kind == "struct" and not f.optional:
                visit(f.to)
        done[s.c] = "yes"
        out.append(s)

    for s in structs:
        visit(s)
    return out


def all_structs(views):
    return in_order([s for v in views.values() for s in list(v.structs.values()) + ([v.root] if v.root else [])])


def header(views):
    out = ["/* Made by tools/ui.py from ui/views. */", "#ifndef WEB_VIEWS_H", "#define WEB_VIEWS_H", '#include "web/view.h"', ""]
    for view in views.values():
        for e in view.enums.values():
            out.append(f"enum {e.c} {{ {', '.join(e.c_value(v) for v in e.values)} }};")
            out.append(f"extern const char *const {e.c}_words[{len(e.values)}];")
    for s in all_structs(views):
        out.append(f"\nstruct {s.c} {{")
        for f in s.fields.values():
            doc = f" /* {f.doc.replace('*/', '* /')} */" if f.doc else ""
            out.append("\t" + member(f) + doc)
        out.append("};")
    out.append("")
    for view in views.values():
        if view.root:
            out += [f"void view_{view.name}_html(struct web_cx *w, buf *b, const struct view_{view.name} *v);",
                    f"void view_{view.name}_json(json_out *j, const struct view_{view.name} *v);",
                    f"void reply_{view.name}(struct web_cx *w, const struct view_{view.name} *v);"]
        if view.csv:
            out.append(f"void view_{view.name}_csv(buf *b, const struct view_{view.name} *v);")
    return "\n".join(out + ["", "#endif", ""])


JSON_CALL = {"text": "json_put_str(j, {})", "url": "json_put_str(j, {})", "link": "json_put_str(j, {})", "int": "json_put_int(j, {})", "dec": "json_put_dec(j, {})",
             "real": "json_view_real(j, {})", "rate": "json_view_rate(j, {})", "date": "json_view_date(j, {})",
             "time": "json_view_time(j, {})", "id": "json_view_id(j, {})", "bool": "json_put_bool(j, {})"}


def json_value(f, expr):
    if f.kind == "enum":
        return [f"json_put_str(j, str_of({f.to.c}_words[{expr}]));"]
    if f.kind == "struct":
        call = f"{f.to.c}_members(j, {expr if f.optional else '&' + expr});"
        return [f"if ({expr})", "\t" + call, "else", "\tjson_put_null(j);"] if f.optional else [call]
    if f.kind == "list":
        of = "v->" + f.name
        each = f"json_put_str(j, {of}[i]);" if f.to == "text" else f"{f.to.c}_members(j, &{of}[i]);"
        return ["json_put_array(j);", f"for (size_t i = 0; i < v->n_{f.name}; i++)", "\t" + each, "json_put_end(j, ']');"]
    call = JSON_CALL[f.kind]
    if not f.optional:
        return [call.format(expr) + ";"]
    if f.kind in OPTIONAL:
        return [f"if ({expr}.is == HAVE)", "\t" + call.format(expr + ".v") + ";", "else", f'\tjson_view_absent(j, "{f.name}", {expr}.is);']
    return [f"if ({expr}.p)", "\t" + call.format(expr) + ";", "else", "\tjson_put_null(j);"]


def json_fields(s):
    return [f for f in s.fields.values() if not f.private and f.kind != "html"]


def json_code(views):
    out = []
    for view in views.values():
        for e in view.enums.values():
            words = ", ".join(f'"{v}"' for v in e.values)
            out.append(f"const char *const {e.c}_words[{len(e.values)}] = {{ {words} }};")
    used = reachable(views)
    structs = [s for s in all_structs(views) if s.c in used]
    out.append("")
    out += [f"static void {s.c}_members(json_out *j, const struct {s.c} *v);" for s in structs]
    for s in structs:
        out += ["", f"static void {s.c}_members(json_out *j, const struct {s.c} *v)", "{", "\tjson_put_object(j);"]
        if not json_fields(s):
            out.append("\t(void)v;")
        for f in json_fields(s):
            out.append(f'\tjson_put_key(j, "{f.name}");')
            out += ["\t" + line for line in json_value(f, "v->" + f.name)]
        out += ["\tjson_put_end(j, '}');", "}"]
    for view in views.values():
        if view.root:
            out += ["", f"void view_{view.name}_json(json_out *j, const struct view_{view.name} *v) {{ view_{view.name}_members(j, v); }}"]
        if view.csv:
            out += csv_code(view)
    return out


def reachable(views):
    seen, todo = set(), [v.root for v in views.values() if v.root]
    while todo:
        s = todo.pop()
        if s.c not in seen:
            seen.add(s.c)
            todo += [f.to for f in json_fields(s) if f.kind in ("struct", "list") and f.to != "text"]
    return seen


CSV_CALL = {"text": "csv_view_text(b, {})", "url": "csv_view_text(b, {})", "link": "csv_view_text(b, {})", "int": "view_int(b, {}, LANG_VI, VIEW_RAW)",
            "dec": "view_dec(b, {}, -1, LANG_VI, VIEW_RAW)", "real": "view_real(b, {}, 6, LANG_VI, VIEW_RAW)",
            "date": "view_date_iso(b, {})", "time": "view_time_iso(b, {})", "id": "view_id(b, {})",
            "bool": "buf_char(b, {} ? '1' : '0')"}


def csv_columns(s):
    return [f for f in json_fields(s) if f.kind not in ("struct", "list")]


def csv_code(view):
    row = view.root.fields[view.csv].to
    heads, lines = [], []
    for i, f in enumerate(csv_columns(row)):
        expr = "r->" + f.name
        if i:
            lines.append("buf_char(b, ',');")
        if f.kind == "rate":
            heads += [f.name + "_num", f.name + "_den"]
            value = expr + (".v" if f.optional else "")
            calls = [f"view_int(b, {value}.num, LANG_VI, VIEW_RAW);", "buf_char(b, ',');", f"view_int(b, {value}.den, LANG_VI, VIEW_RAW);"]
            lines += [f"if ({expr}.is == HAVE) {{"] + ["\t" + c for c in calls] + ["} else {", "\tbuf_char(b, ',');", "}"] if f.optional else calls
            continue
        heads.append(f.name)
        if f.kind == "enum":
            lines.append(f"buf_addz(b, {f.to.c}_words[{expr}]);")
        elif f.optional and f.kind in OPTIONAL:
            lines += [f"if ({expr}.is == HAVE)", "\t" + CSV_CALL[f.kind].format(expr + ".v") + ";"]
        else:
            lines.append(CSV_CALL[f.kind].format(expr) + ";")
    return ["", f"void view_{view.name}_csv(buf *b, const struct view_{view.name} *v)", "{", "\tcsv_view_start(b);",
            f'\tbuf_addz(b, "{",".join(heads)}\\r\\n");', f"\tfor (size_t i = 0; i < v->n_{view.csv}; i++) {{",
            f"\t\tconst struct {row.c} *r = &v->{view.csv}[i];"] + ["\t\t" + x for x in lines] + ['\t\tbuf_addz(b, "\\r\\n");', "\t}", "}"]


# --- JSON Schema ---

def schema_of(f, defs):
    base = {"text": {"type": "string"}, "url": {"type": "string", "format": "uri-reference"},
            "link": {"type": "string", "format": "uri-reference"}, "int": {"type": "integer"},
            "dec": {"type": "number"}, "real": {"type": "number"}, "bool": {"type": "boolean"},
            "date": {"type": "string", "format": "date"}, "time": {"type": "string", "format": "date-time"},
            "id": {"type": "string", "pattern": "^[0-7][0-9a-hjkmnp-tv-z]{12}$"},
            "rate": {"type": "object", "required": ["num", "den", "share"], "properties": {
                "num": {"type": "integer"}, "den": {"type": "integer"}, "share": {"type": ["number", "null"]}}}}
    if f.kind == "enum":
        s = {"type": "string", "enum": f.to.values}
    elif f.kind == "list":
        s = {"type": "array", "items": {"type": "string"} if f.to == "text" else ref(f.to, defs)}
    elif f.kind == "struct":
        s = ref(f.to, defs)
        if f.optional:
            s = {"oneOf": [s, {"type": "null"}]}
    else:
        s = dict(base[f.kind])
        if f.optional:
            s["type"] = [s["type"], "null"]
    return {**s, "description": f.doc} if f.doc else s


def ref(struct, defs):
    name = struct.c[len("view_"):]
    if name not in defs:
        defs[name] = None
        props = {}
        for f in json_fields(struct):
            props[f.name] = schema_of(f, defs)
            if f.optional and f.kind in OPTIONAL:
                props[f.name + "_state"] = {"type": "string", "enum": ["not_applicable"]}
        required = [f.name for f in json_fields(struct)]
        defs[name] = {"type": "object", "properties": props, "required": required, **({"description": struct.doc} if struct.doc else {})}
    return {"$ref": "#/components/schemas/" + name}


def schemas(views):
    """All structs that JSON faces show, by name, in one object."""
    defs = {}
    for view in views.values():
        if view.root:
            ref(view.root, defs)
    return json.dumps(defs, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
