"""The application from outside: `thuocdo serve` on a store with packs and demo.   test_app.py PROGRAM

The routes come from /openapi.json, so a new page is tested when it is in the table: each in both languages, in every format and with every
method. On SQLite always, on PostgreSQL when THUOCDO_TEST_PG is set.
"""
import gzip
import http.client
import json
import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
import unittest
import urllib.parse

from server import PG, Server, done, place, schema, tap

# What stands for the segments of a path, by its route where a name means several things.
SAMPLES = {"index": "papi", "year": "2019", "unit": "38.thanh-hoa", "round": "cap-tinh-2024", "edition": "par-index-minh-hoa", "guide": "can-bo-don-vi",
           "/ket-qua/{round}/{unit}": {"unit": "tm.tinh-mau"}}
FORMATS = {"html": ("", "text/html"), "json": (".json", "application/json"), "csv": (".csv", "text/csv")}
SECURITY = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
            "Cross-Origin-Resource-Policy": "same-origin"}


def schema_refs(value):
    """Every "$ref" in a document."""
    if isinstance(value, dict):
        for k, v in value.items():
            if k == "$ref":
                yield v
            else:
                yield from schema_refs(v)
    elif isinstance(value, list):
        for v in value:
            yield from schema_refs(v)


class App:
    """The tests; a class a database below."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tdapp")
        cls.db = place(cls.folder, cls.database)
        done("init", "--demo", "--db", cls.db)
        training = Server(cls.db, "--sandbox")  # its pages have a form: the tests below want those that may be kept
        cls.samples = dict(SAMPLES, job=cls.reset(training))
        assert training.stop() == 0, training.errors()
        cls.s = Server(cls.db)
        cls.api = json.loads(cls.s.ask("/openapi.json").body)

    @classmethod
    def token(cls, s):
        """A session and its form token."""
        r = s.ask("/")
        return r.headers["Set-Cookie"].split(";")[0], re.search(r'name="_csrf" value="([^"]+)"', r.body.decode())[1]

    @classmethod
    def post(cls, s, path, **fields):
        cookie, token = cls.token(s)
        body = urllib.parse.urlencode(dict(fields, _csrf=token))
        return s.ask(path, "POST", body, Cookie=cookie, Content_Type="application/x-www-form-urlencoded")

    @classmethod
    def reset(cls, s):
        """Sets the training store back, and waits: a job that has ended."""
        r = cls.post(s, "/tap-huan/dat-lai")
        assert r.status == 303, (r.status, r.body)
        for _ in range(3000):
            job = json.loads(s.ask(r.headers["Location"] + ".json").body)["data"]
            if job["ended"]:
                break
            time.sleep(0.1)
        assert job["state"] == "done", job
        return r.headers["Location"].rsplit("/", 1)[1]

    @classmethod
    def tearDownClass(cls):
        code = cls.s.stop()
        shutil.rmtree(cls.folder, ignore_errors=True)
        assert code == 0, cls.s.errors()

    def setUp(self):
        self.wrong = []
        self.cases = 0

    def expect(self, good, *what):
        self.cases += 1
        if not good:
            self.wrong.append(" ".join(str(w) for w in what))

    def close_cases(self, at_least):
        self.assertEqual(self.wrong, [], f"{len(self.wrong)} of {self.cases} checks failed")
        self.assertGreaterEqual(self.cases, at_least)

    def fill(self, path):
        """A path of the table with samples for its segments."""
        def one(m):
            name = m[1].split(":")[0]
            if path in self.samples and name in self.samples[path]:
                return self.samples[path][name]
            if name == "page":
                return json.loads(self.s.ask("/huong-dan.json").body)["data"]["slug"]
            return self.samples.get(name) or self.something(path, name)
        return re.sub(r"\{([^}]+)\}", one, path)

    def something(self, path, name):
        """What fits the type of a segment and leads to nothing."""
        for op in self.api["paths"][path].values():
            for p in op.get("parameters", []):
                if p["name"] == name and p["in"] == "path":
                    schema = p["schema"]
                    return {"integer": "1"}.get(schema.get("type"), "2026-01-31" if schema.get("format") == "date" else "0000000000000")
        return "x"

    def sampled(self, path):
        names = {m.split(":")[0] for m in re.findall(r"\{([^}]+)\}", path)}
        return names <= set(self.samples) | set(self.samples.get(path, ())) | {"page"}

    def routes(self):
        """(path with samples, methods, formats) of every route."""
        for path, item in self.api["paths"].items():
            methods = {m.upper() for m in item if m in ("get", "post")}
            # What needs an account is in test_people.py.
            if "{token}" in path or any(item[m.lower()]["x-permission"] != "public" for m in methods):
                continue
            formats = set()
            for content in (item.get("get", {}).get("responses", {}).get("200", {}).get("content", {}) or {}):
                formats |= {name for name, (_, kind) in FORMATS.items() if content.startswith(kind)}
            yield self.fill(path), methods, formats

    def pages(self):
        """Addresses that anybody may read, with their formats."""
        cls = type(self)
        if "known_pages" not in cls.__dict__:
            sampled = {self.fill(p) for p in self.api["paths"] if self.sampled(p)}
            cls.known_pages = [(p, f) for p, m, f in self.routes() if "GET" in m and p in sampled and self.is_open(p)]
            cls.other_routes = [(p, m, f) for p, m, f in self.routes() if p not in {q for q, _ in cls.known_pages}]
            for must in ("/", "/chi-so", "/chi-so/papi/2019", "/don-vi/38.thanh-hoa", "/so-sanh", "/ket-qua", "/ket-qua/cap-tinh-2024", "/tim", "/huong-dan",
                         "/ket-qua/cap-tinh-2024/tm.tinh-mau", "/bo-tieu-chi", "/bo-tieu-chi/par-index-minh-hoa", "/cong-viec/" + self.samples["job"]):
                assert must in {q for q, _ in cls.known_pages}, f"{must} is not open"
        return cls.known_pages

    def is_open(self, path):
        r = self.s.ask(path)
        return r.status not in (401, 403, 404) and not (r.status == 303 and "dang-nhap" in r.headers["Location"])

    def test_routes_that_are_not_for_everybody(self):
        """Those that want a login, or whose thing there is not: refused with a page that says so, in every format, and nothing is done."""
        self.pages()
        for path, methods, _ in self.other_routes:
            for suffix in ("", ".json", ".csv"):
                for prefix in ("", "/en"):
                    r = self.s.ask(prefix + path + suffix)
                    self.expect(r.status in (200, 303, 400, 401, 403, 404, 405), path + suffix, r.status)
                    self.check_headers(r, path + suffix)
            if "POST" in methods:
                for body, kind in (("", "application/x-www-form-urlencoded"), ("a=%zz&_csrf=x", "application/x-www-form-urlencoded"), ("{}", "application/json"),
                                   ("--x\r\n", "multipart/form-data; boundary=x")):
                    r = self.s.ask(path, "POST", body, Content_Type=kind)
                    self.expect(400 <= r.status < 500 or r.status == 303, path, "POST", kind, r.status)
        self.close_cases(10)

    # --- routes × formats × languages ---

    def follow(self, path, **headers):
        r = self.s.ask(path, **headers)
        hops = 0
        while r.status in (303, 308) and hops < 3:
            hops += 1
            path = r.headers["Location"]
            r = self.s.ask(path, **headers)
        return r, path

    def check_headers(self, r, where):
        for name, value in SECURITY.items():
            self.expect(r.headers[name] == value, where, name, r.headers[name])
        csp = r.headers["Content-Security-Policy"] or ""
        self.expect("default-src 'none'" in csp and "unsafe" not in csp, where, "CSP", csp)
        self.expect(bool(r.headers["X-Request-Id"]), where, "X-Request-Id")

    def test_every_page_in_every_format_and_language(self):
        for path, formats in self.pages():
            for name, (suffix, kind) in FORMATS.items():
                for prefix in ("", "/en"):
                    where = prefix + (path if path != "/" or suffix else ("/" if not prefix else "")) + suffix
                    r, _ = self.follow(where)
                    self.expect(r.status in ((200,) if name in formats else (200, 404)), where, r.status)
                    self.check_headers(r, where)
                    if r.status != 200:
                        continue
                    self.expect((r.headers["Content-Type"] or "").startswith(kind), where, r.headers["Content-Type"])
                    self.expect("Accept" in (r.headers["Vary"] or "") or name == "csv", where, "Vary", r.headers["Vary"])
                    if name == "html":
                        text = r.body.decode()
                        self.expect(f'<html lang="{"en" if prefix else "vi"}">' in text and text.rstrip().endswith("</html>"), where, "lang")
                        self.expect(text.count("<h1") == 1, where, "h1", text.count("<h1"))
                        self.expect(not re.search(r"\{\{|\}\}|\sstyle=|<script(?![^>]*src=)[^>]*>[^<]", text), where, "template or inline code")
                        self.expect(len(r.body) <= 150 * 1024, where, "weight", len(r.body))
                    if name == "json":
                        v = json.loads(r.body)
                        self.expect(v.get("version") == 1 and isinstance(v.get("data"), dict), where, "json")
        self.close_cases(300)

    def test_format_by_accept(self):
        for path, formats in self.pages():
            r, _ = self.follow(path, Accept="application/json")
            if "json" in formats:
                self.expect(r.status == 200 and r.headers["Content-Type"].startswith("application/json"), path, r.status)
            else:
                self.expect(r.status in (200, 406), path, r.status)
            r, _ = self.follow(path, Accept="text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
            self.expect(r.status == 200 and r.headers["Content-Type"].startswith("text/html"), path, "browser", r.status)
            r, _ = self.follow(path, Accept="image/png")
            self.expect(r.status == 406, path, "image/png", r.status)
        self.close_cases(30)

    def test_the_two_faces_say_the_same(self):
        data = json.loads(self.s.ask("/chi-so/papi/2019.json").body)["data"]
        text = self.s.ask("/chi-so/papi/2019").body.decode()
        self.assertEqual(len(data["rows"]), 63)
        for row in data["rows"]:
            self.assertIn(row["unit"], text)
        lines = self.s.ask("/chi-so/papi/2019.csv").body.decode("utf-8-sig").strip().split("\r\n")
        self.assertEqual(len(lines), 64)

    # --- methods ---

    def test_methods(self):
        for path, methods, _ in self.routes():
            for method in ("POST", "PUT", "DELETE", "PATCH", "PROPFIND"):
                if method in methods:
                    continue
                r = self.s.ask(path, method, b"" if method != "DELETE" else None)
                allow = {w.strip() for w in (r.headers["Allow"] or "").split(",")}
                self.expect(r.status == 405, path, method, r.status)
                self.expect(allow == methods | ({"HEAD"} if "GET" in methods else set()) | {"OPTIONS"}, path, method, allow)
                self.check_headers(r, path)
            r = self.s.ask(path, "OPTIONS")
            self.expect(r.status == 204 and r.body == b"" and bool(r.headers["Allow"]), path, "OPTIONS", r.status)
            if "GET" not in methods:
                self.expect(self.s.ask(path).status == 405, path, "GET")
        self.close_cases(100)

    def test_head_is_get_without_body(self):
        own = {"date", "x-request-id", "set-cookie"}  # a page with a form begins a session each time
        for path, formats in self.pages():
            for name in formats:
                where = path + FORMATS[name][0]
                get, head = self.s.ask(where), self.s.ask(where, "HEAD")
                a = {k.lower(): v for k, v in get.getheaders() if k.lower() not in own}
                b = {k.lower(): v for k, v in head.getheaders() if k.lower() not in own}
                self.expect(get.status == head.status and head.body == b"", where, head.status)
                self.expect(a == b, where, set(a.items()) ^ set(b.items()))
        self.close_cases(30)

    # --- caching and compression ---

    def test_etag(self):
        for path, formats in self.pages():
            for name in formats:
                where = path + FORMATS[name][0]
                r = self.s.ask(where)
                if r.status != 200:
                    continue
                tag = r.headers["ETag"]
                if not tag:  # a page with a form of this reader
                    self.expect("no-store" in (r.headers["Cache-Control"] or ""), where, "no ETag and may be stored")
                    continue
                again = self.s.ask(where, If_None_Match=tag)
                self.expect(again.status == 304 and again.body == b"", where, again.status)
                self.expect(again.headers["ETag"] == tag and again.headers["Vary"] == r.headers["Vary"], where, "304 headers")
                self.expect(self.s.ask(where, If_None_Match='"other"').status == 200, where, "other tag")
                if name == "html":
                    self.expect(self.s.ask("/en" + (where if where != "/" else "")).headers["ETag"] != tag, where, "same tag in both languages")
        self.close_cases(40)

    def test_gzip(self):
        for path, formats in self.pages():
            for name in formats:
                where = path + FORMATS[name][0]
                plain, packed = self.s.ask(where), self.s.ask(where, Accept_Encoding="gzip")
                if plain.status != 200 or len(plain.body) < 1500 or not plain.headers["ETag"]:
                    continue
                self.expect(packed.headers["Content-Encoding"] == "gzip", where, "not packed")
                self.expect("Accept-Encoding" in packed.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"], where, "Vary")
                if packed.headers["Content-Encoding"] == "gzip":
                    self.expect(gzip.decompress(packed.body) == plain.body, where, "unpacked differs")
                    self.expect(len(packed.body) < len(plain.body) // 2, where, len(packed.body), len(plain.body))
                refused = self.s.ask(where, Accept_Encoding="gzip;q=0")
                self.expect(refused.headers["Content-Encoding"] is None, where, "gzip;q=0")
        self.close_cases(30)

    def test_assets(self):
        text = self.s.ask("/").body.decode()
        found = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', text))
        self.assertTrue(found)
        for path in found:
            r = self.s.ask(path)
            self.expect(r.status == 200 and "immutable" in (r.headers["Cache-Control"] or ""), path, r.status, r.headers["Cache-Control"])
            self.expect(r.headers["X-Content-Type-Options"] == "nosniff", path)
        self.close_cases(2)

    # --- links ---

    def test_links_lead_somewhere(self):
        seen, kinds, todo = set(), set(), ["/", "/en"]
        while todo and len(seen) < 350:
            path = todo.pop(0)
            if path in seen:
                continue
            seen.add(path)
            r, _ = self.follow(path)
            self.expect(r.status == 200, path, r.status)
            if r.status != 200 or not (r.headers["Content-Type"] or "").startswith("text/html"):
                continue
            text = r.body.decode()
            ids = set(re.findall(r'\sid="([^"]+)"', text))
            for link in re.findall(r'<a [^>]*?href="([^"]+)"', text):
                link = link.replace("&amp;", "&")
                if link.startswith("#"):
                    self.expect(link == "#" or link[1:] in ids, path, "no such anchor", link)
                elif link.startswith("/"):
                    target = link.split("#")[0]
                    # One page of each kind of address with parameters is enough.
                    kind = re.sub(r"=[^&]*", "=", target) if "?" in target else target
                    if kind not in kinds:
                        kinds.add(kind)
                        todo.append(target)
        self.close_cases(100)

    # --- wrong inputs, unknown addresses ---

    def test_wrong_inputs(self):
        is_open = {p for p, _ in self.pages()}
        for path, item in self.api["paths"].items():
            if self.fill(path) not in is_open:
                continue  # a login is asked for before any input is looked at
            for p in item.get("get", {}).get("parameters", []):
                schema = p["schema"]
                if p["in"] != "query" or item["get"]["x-permission"] != "public":
                    continue
                values = ["%FF", "%00", "%zz"]
                if schema.get("type") in ("integer", "number"):
                    values += ["abc", "99999999999999999999", "1e400", "-99999"]
                if "enum" in schema:
                    values += ["xxx", "%27"]
                if schema.get("maxLength"):
                    values.append("x" * (schema["maxLength"] + 1))
                for v in values:
                    where = f"{self.fill(path)}?{p['name']}={v}"
                    r = self.s.ask(where)
                    self.expect(r.status == 400, where[:100], r.status)
                    if r.status == 400:
                        text = r.body.decode()
                        self.expect("<h1" in text and p["name"] in text or v.startswith("%"), where[:100], "does not name the input")
                    j = self.s.ask(f"{self.fill(path)}.json?{p['name']}={v}")
                    self.expect(j.status in (400, 404), where[:100], "json", j.status)
                    if j.status == 400:
                        self.expect(j.headers["Content-Type"].startswith("application/problem+json") and json.loads(j.body)["status"] == 400, where[:100], "problem")
        self.close_cases(50)

    def test_inputs_are_escaped(self):
        evil = "%3Cscript%3Ealert(1)%3C/script%3E%22%27"
        for path, item in self.api["paths"].items():
            for p in item.get("get", {}).get("parameters", []):
                if p["in"] == "query":
                    r = self.s.ask(f"{self.fill(path)}?{p['name']}={evil}")
                    self.expect(b"<script>alert" not in r.body, path, p["name"])
                    self.expect(r.status < 500, path, p["name"], r.status)
        for path in ("/don-vi/" + evil, "/chi-so/" + evil, "/ket-qua/" + evil, "/" + evil):
            r = self.s.ask(path)
            self.expect(r.status == 404 and b"<script>alert" not in r.body, path, r.status)
        self.close_cases(20)

    def test_unknown_addresses(self):
        for path in ("/chi-so/fifa", "/chi-so/papi/1999", "/chi-so/papi/abc", "/chi-so/papi/2019?chuoi=D99", "/don-vi/99.atlantis", "/don-vi/38", "/ket-qua/none",
                     "/ket-qua/cap-tinh-2024/none", "/ket-qua/cap-tinh-2024/38.thanh-hoa", "/bo-tieu-chi/none", "/huong-dan/none", "/none", "/en/none",
                     "/don-vi/38.thanh-hoa/x", "/chi-so/papi/2019/x", "/%2e%2e/etc/passwd"):
            r = self.s.ask(path)
            text = r.body.decode()
            self.expect(r.status == 404, path, r.status)
            self.check_headers(r, path)
            self.expect("<h1" in text and r.headers["X-Request-Id"] in text, path, "unreadable")
            self.expect(re.search(r'<form[^>]*action="(/en)?/tim"', text), path, "no search")
            self.expect(r.headers["Cache-Control"] == "no-store", path, r.headers["Cache-Control"])
        r = self.s.ask("/don-vi/99.atlantis.json")
        self.expect(r.status == 404 and json.loads(r.body)["status"] == 404, "json", r.status)
        self.close_cases(80)

    # --- the OpenAPI document ---

    def test_openapi(self):
        api = self.api
        self.assertRegex(api["openapi"], r"^3\.1\.")
        self.assertTrue(api["info"]["title"] and api["info"]["version"])
        self.assertGreater(len(api["paths"]), 10)
        names = set()
        for path, item in api["paths"].items():
            self.expect(path.startswith("/"), path)
            wanted = set(re.findall(r"\{([^}]+)\}", path))
            for method, op in item.items():
                self.expect(method in ("get", "post"), path, method)
                self.expect(bool(op.get("summary") or op.get("description")), path, method, "no words")
                here = [(p["name"], p["in"]) for p in op.get("parameters", [])]
                self.expect(len(here) == len(set(here)), path, "a parameter twice")
                self.expect({n for n, where in here if where == "path"} == wanted, path, here)
                for p in op.get("parameters", []):
                    self.expect(p["in"] != "path" or p.get("required") is True, path, p["name"], "path but not required")
                    self.expect("type" in p["schema"], path, p["name"], "no type")
                self.expect("200" in op["responses"] and all(re.fullmatch(r"[1-5]\d\d|default", c) for c in op["responses"]), path, list(op["responses"]))
                for code, response in op["responses"].items():
                    self.expect("description" in response or "$ref" in response, path, code, "no description")
                if "operationId" in op:
                    self.expect(op["operationId"] not in names, path, "operationId twice")
                    names.add(op["operationId"])
        for ref in set(schema_refs(api)):
            at = api
            for word in ref.split("/")[1:]:
                at = at.get(word, {}) if isinstance(at, dict) else {}
            self.expect(ref.startswith("#/") and bool(at), "dangling", ref)
        english = json.loads(self.s.ask("/en/openapi.json").body)
        self.expect(set(english["paths"]) == set(api["paths"]), "other paths in English")
        self.close_cases(100)

    def check(self, value, schema, where):
        """Whether a value fits the schema as far as the document uses JSON Schema."""
        while "$ref" in schema:
            at = self.api
            for word in schema["$ref"].split("/")[1:]:
                at = at[word]
            schema = at
        for key in ("anyOf", "oneOf"):
            if key in schema:
                kinds = {None if value is None else type(value)}
                fits = [s for s in schema[key] if s.get("type") != "null"]
                if value is None:
                    self.expect(len(fits) < len(schema[key]), where, "null")
                elif len(fits) == 1:
                    self.check(value, fits[0], where)
                return kinds
        names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
        kind, allowed = names[type(value)], schema.get("type", [])
        allowed = [allowed] if isinstance(allowed, str) else allowed
        fits = not allowed or kind in allowed or (kind == "integer" and "number" in allowed)
        self.expect(fits, where, f"{kind}, not {allowed}")
        if kind == "object":
            for name, part in schema.get("properties", {}).items():
                if name in value:
                    self.check(value[name], part, f"{where}.{name}")
            for name in schema.get("required", []):
                self.expect(name in value, where, "lacks", name)
            if schema.get("properties") and not schema.get("additionalProperties"):
                self.expect(set(value) <= set(schema["properties"]), where, "unknown", set(value) - set(schema.get("properties", {})))
        elif kind == "array" and "items" in schema:
            for i, part in enumerate(value[:50]):
                self.check(part, schema["items"], f"{where}[{i}]")
        elif "enum" in schema:
            self.expect(value in schema["enum"], where, value)

    def test_answers_fit_the_document(self):
        for path, item in self.api["paths"].items():
            content = item.get("get", {}).get("responses", {}).get("200", {}).get("content", {})
            schema = next((c["schema"] for kind, c in content.items() if kind.startswith("application/json")), None)
            if not schema:
                continue
            r, at = self.follow(self.fill(path) + ".json")
            if r.status == 200 and at.startswith(self.fill(path) + ".json"):  # not where it leads to another view
                self.check(json.loads(r.body), schema, path)
        self.close_cases(500)

    # --- lists with pages ---

    def test_lists_have_pages(self):
        """Every list of the table: its pages put together are the whole list, and the links of all faces lead from one to the next."""
        for path, item in self.api["paths"].items():
            inputs = {p["name"] for p in item.get("get", {}).get("parameters", [])}
            if "trang" not in inputs or item["get"]["x-permission"] != "public" or not self.sampled(path):
                continue
            here, query = self.fill(path), "?q=tan&" if "q" in inputs else "?"
            whole = json.loads(self.s.ask(f"{here}.json{query}moi-trang=1000").body)
            self.expect(whole["page"]["pages"] == 1 and whole["page"]["next"] is None, here, whole["page"])
            if query != "?":
                continue  # several lists in one answer: below
            total = whole["page"]["total"]
            name = next(k for k, v in whole["data"].items() if isinstance(v, list) and len(v) == total)  # the list that has pages
            rows, at, seen = [], f"{here}.json{query}moi-trang=7", 0
            while at and seen < 100:
                r = self.s.ask(at)
                answer = json.loads(r.body)
                page = answer["page"]
                seen += 1
                self.expect(page["number"] == seen and page["size"] == 7 and page["total"] == total, at, page)
                self.expect((page["next"] is None) == (seen == page["pages"]), at, page)
                self.expect((page["next"] or "") in (r.headers["Link"] or ""), at, r.headers["Link"])
                rows += answer["data"][name]
                at = page["next"]
            # the numbers of sources are those of the page
            same = [{k: v for k, v in r.items() if k != "source_no"} for r in rows], [{k: v for k, v in r.items() if k != "source_no"} for r in whole["data"][name]]
            self.expect(same[0] == same[1], here, name, len(rows), total)
            last = total // 7 + 2
            self.expect(self.s.ask(f"{here}?moi-trang=7&trang={last}").status == 404, here, "a page behind the last")
            for wrong in ("trang=0", "trang=x", "moi-trang=0", "moi-trang=1001"):
                self.expect(self.s.ask(f"{here}?{wrong}").status == 400, here, wrong)
        self.close_cases(30)

    def test_pages_of_a_list_for_people(self):
        text = self.s.ask("/en/chi-so/papi/2019?moi-trang=20&trang=2").body.decode()
        self.assertIn('<link rel="prev" href="/en/chi-so/papi/2019?moi-trang=20">', text)
        self.assertIn('<link rel="next" href="/en/chi-so/papi/2019?moi-trang=20&amp;trang=3">', text)
        self.assertIn("Rows 21–40 of 63", text)
        plain = self.s.ask("/chi-so/papi/2019")
        self.assertNotIn('class="pager"', plain.body.decode())  # 63 rows fit
        self.assertIsNone(plain.headers["Link"])
        csv = self.s.ask("/chi-so/papi/2019.csv?moi-trang=20&trang=2").body.decode()
        self.assertEqual(len(csv.splitlines()), 64)

    def test_search_has_pages(self):
        names, at = [], "/tim.json?q=tan"
        while at:
            answer = json.loads(self.s.ask(at).body)
            units = answer["data"]["groups"][0]
            names += [(h["url"], h["name"]) for h in units["hits"]]
            at = answer["page"]["next"]
        self.assertEqual(len(names), units["all"])
        self.assertEqual(len(set(names)), len(names))
        self.assertGreater(len(names), 100)
        self.assertEqual(len(answer["data"]["groups"]), 1)  # the other kinds stand on the first page

    # --- the figures that must be there ---

    def test_acceptance_figures(self):
        league = json.loads(self.s.ask("/chi-so/par-index/2019.json").body)["data"]
        row = next(r for r in league["rows"] if r["unit"] == "Thanh Hóa")
        self.assertEqual((row["score"], row["rank"], row["previous_rank"], row["move"], row["places"]), (80.15, 43, 57, "up", 14))
        league = json.loads(self.s.ask("/chi-so/sipas/2019.json").body)["data"]
        row = next(r for r in league["rows"] if r["unit"] == "Thanh Hóa")
        self.assertEqual((row["score"], row["rank"], row["previous_rank"]), (86.33, 23, 18))
        league = json.loads(self.s.ask("/chi-so/papi/2019.json?chuoi=D5").body)["data"]
        row = next(r for r in league["rows"] if r["unit"] == "Đắk Lắk")
        self.assertEqual(row["rank"], 55)
        text = self.s.ask("/ket-qua/cap-tinh-2024/tm.tinh-mau").body.decode()
        for piece in ("87,25", "12,75"):
            self.assertIn(piece, text)

    # --- work in the background ---

    def test_job_page(self):
        path = "/cong-viec/" + self.samples["job"]
        data = json.loads(self.s.ask(path + ".json").body)["data"]
        self.assertEqual((data["kind"], data["state"], data["done"], data["total"], data["faults"]), ("training.reset", "done", 10000, 10000, []))
        r = self.s.ask(path)
        self.assertIsNone(r.headers["Refresh"])
        self.assertIn("đã xong", r.body.decode())
        self.assertEqual(self.s.ask("/cong-viec/0000000000000").status, 404)
        self.assertEqual(self.s.ask(path + "/huy", "POST", "_csrf=x", Content_Type="application/x-www-form-urlencoded").status, 403)

    def test_job_is_followed_and_cancelled(self):
        """On a store of its own: a reset is called off, and a second one repairs it."""
        url = place(self.folder, self.database)
        s = Server(url, "--sandbox")
        r = self.post(s, "/tap-huan/dat-lai")
        path = r.headers["Location"]
        again = self.post(s, "/tap-huan/dat-lai")
        page = s.ask(path)
        if not json.loads(s.ask(path + ".json").body)["data"]["ended"]:
            self.assertEqual(again.headers["Location"], path)  # one at a time
            self.assertEqual(page.headers["Refresh"], "2")
            self.assertIn("/huy", page.body.decode())
        self.assertEqual(self.post(s, path + "/huy").status, 303)
        for _ in range(600):
            job = json.loads(s.ask("/en" + path + ".json").body)["data"]
            if job["ended"]:
                break
            time.sleep(0.1)
        self.assertIn(job["state"], ("cancelled", "done"))
        if job["state"] == "cancelled" and job["started"]:  # else it was called off before it began
            self.assertEqual(job["faults"][0]["key"], "app.reset_partial")
            self.assertIn("set it back again", job["faults"][0]["text"])
        self.reset(s)
        self.assertEqual(len(json.loads(s.ask("/chi-so/papi/2019.json").body)["data"]["rows"]), 63)
        self.assertEqual(s.stop(), 0, s.errors())

    # --- health ---

    def test_health_looks_at_the_store(self):
        self.assertEqual(self.s.ask("/livez").status, 200)
        r = self.s.ask("/healthz")
        self.assertEqual((r.status, r.body.split()[0]), (200, b"ok"))
        url = place(self.folder, self.database)
        done("init", "--bare", "--db", url)
        s = Server(url)
        self.assertEqual(s.ask("/healthz").status, 200)
        self.lose(url)
        begin = time.monotonic()
        r = s.ask("/healthz")
        self.assertLess(time.monotonic() - begin, 5)
        self.assertEqual(r.status, 503)
        self.assertGreater(len(r.body.decode().splitlines()), 1, r.body)  # it says why
        self.assertEqual(s.ask("/livez").status, 200)
        s.stop()

    # --- load, and the end ---

    def test_many_at_once(self):
        paths = [p + (FORMATS[n][0] if n != "html" else "") for p, f in self.pages() for n in f]
        wrong, done = [], []

        def go(seed):
            c = http.client.HTTPConnection("127.0.0.1", self.s.port, timeout=60)
            for i in range(30):
                path = paths[(seed * 7 + i * 3) % len(paths)]
                try:
                    r = self.s.ask(path, connection=c, Accept_Encoding="gzip")
                    done.append(r.status)
                    if r.status not in (200, 303):
                        wrong.append((path, r.status))
                except (OSError, http.client.HTTPException) as e:
                    wrong.append((path, repr(e)))
                    c.close()
            c.close()

        threads = [threading.Thread(target=go, args=(i,)) for i in range(24)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        self.assertEqual(wrong[:5], [])
        self.assertEqual(len(done), 24 * 30)

    def test_end_during_requests(self):
        s = Server(self.db)
        results, stop = [], threading.Event()

        def go():
            while not stop.is_set():
                try:
                    r = s.ask("/chi-so/papi/2019")
                    results.append((r.status, len(r.body) == int(r.headers["Content-Length"])))
                except ConnectionRefusedError:
                    return
                except (OSError, http.client.HTTPException) as e:
                    # A connection that was accepted and not yet read when the server stopped may be closed without an answer.
                    results.append((repr(e), isinstance(e, (ConnectionResetError, http.client.RemoteDisconnected))))
                    return

        threads = [threading.Thread(target=go) for _ in range(8)]
        for t in threads:
            t.start()
        time.sleep(0.7)
        begin = time.monotonic()
        code = s.stop()
        took = time.monotonic() - begin
        stop.set()
        for t in threads:
            t.join()
        self.assertEqual(code, 0, s.errors())
        self.assertLess(took, 25)
        self.assertGreater(sum(1 for status, _ in results if status == 200), 4)
        self.assertEqual([r for r in results if not r[1]], [])

    def test_start_to_first_page(self):
        """A fresh store: made, filled by nobody, served; both programs together."""
        url = place(self.folder, self.database)
        begin = time.monotonic()
        done("init", "--bare", "--db", url)
        s = Server(url)
        r = s.ask("/")
        took = time.monotonic() - begin
        code = s.stop()
        print(f"# start to first page on a fresh store: {took * 1000:.0f} ms ({self.__class__.__name__})")
        self.assertEqual((r.status, code), (200, 0))
        self.assertLess(took, 5)

    def test_empty_store_has_every_page(self):
        url = place(self.folder, self.database)
        done("init", "--bare", "--db", url)
        s = Server(url)
        for path in ("/", "/chi-so", "/ket-qua", "/bo-tieu-chi", "/huong-dan", "/tim", "/tim?q=lao", "/so-sanh", "/en"):
            r = s.ask(path)
            self.expect(r.status == 200, path, r.status)
            self.expect(b"<h1" in r.body, path, "no heading")
        self.assertEqual(s.stop(), 0)
        self.close_cases(18)

    def test_an_import_shows_at_once(self):
        """Another process imports: the next page has it."""
        with open(os.path.join(self.folder, "new.csv"), "w", encoding="utf-8") as f:
            f.write("unit_name,score,rank\nHuế,77.125,1\nHà Nội,70,2\n")
        before = self.s.ask("/chi-so/pci/2025.json")
        self.assertEqual(before.status, 404)
        done("import", "results", os.path.join(self.folder, "new.csv"), "--index", "PCI", "--year", "2025", "--db", self.db)
        rows = json.loads(self.s.ask("/chi-so/pci/2025.json").body)["data"]["rows"]
        self.assertEqual([(r["unit"], r["score"]) for r in rows], [("Huế", 77.125), ("Hà Nội", 70)])
        self.assertIn("77,125", self.s.ask("/chi-so/pci/2025.csv").body.decode() + self.s.ask("/chi-so/pci/2025.csv").body.decode().replace("77.125", "77,125"))


class OnSqlite(App, unittest.TestCase):
    database = "sqlite"

    @classmethod
    def lose(cls, url):
        """Takes a store away from under a server."""
        os.rename(url, url + ".gone")


if PG:

    class OnPostgresql(App, unittest.TestCase):
        database = "postgresql"

        @classmethod
        def lose(cls, url):
            subprocess.run(["psql", "-X", "-q", PG, "-c", f"SET client_min_messages = error; DROP SCHEMA {schema(url)} CASCADE"], check=True)


if __name__ == "__main__":
    tap.main()
