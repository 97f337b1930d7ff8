"""The web server from outside, with the pages of test_server.c.   test_server.py PROGRAM"""
import gzip
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tools"))
import tap

PROGRAM = sys.argv.pop(1) if len(sys.argv) > 1 else ""
FORM = "application/x-www-form-urlencoded"


class Server:
    def __init__(self, *options):
        self.process = subprocess.Popen([PROGRAM, "0", *options], stdout=subprocess.PIPE, encoding="utf-8")
        self.port = int(self.process.stdout.readline().split()[1])

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(30)
        self.process.stdout.close()
        return code

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        code = self.stop()
        if kind is None and code != 0:
            raise AssertionError(f"the server ended with {code}")

    def connect(self, timeout=20):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)

    def ask(self, path, method="GET", body=None, connection=None, **headers):
        c = connection or self.connect()
        c.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        r = c.getresponse()
        r.body = r.read()
        if not connection:
            c.close()
        return r

    def raw(self, data, timeout=10):
        """Sends bytes as they are and gives back what comes until the server closes or is silent."""
        with socket.create_connection(("127.0.0.1", self.port), timeout) as s:
            s.sendall(data)
            out = b""
            try:
                while True:
                    piece = s.recv(65536)
                    if not piece:
                        break
                    out += piece
            except (TimeoutError, ConnectionResetError):
                pass
            return out


class Pages(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.s = Server()

    @classmethod
    def tearDownClass(cls):
        assert cls.s.stop() == 0

    def status(self, path, *args, **kw):
        return self.s.ask(path, *args, **kw).status

    # --- faces ---

    def test_html_in_vietnamese(self):
        r = self.s.ask("/thu/trang")
        text = r.body.decode()
        self.assertEqual((r.status, r.headers["Content-Type"], r.headers["Content-Language"]), (200, "text/html; charset=utf-8", "vi"))
        self.assertIn('<html lang="vi">', text)
        for piece in ("1.234,57", "97,16% (12.486 / 12.851)", "−0,35", "+2,86", "04/10/2024", "21:13 21/09/2026", "1.000.000,125",
                      "chưa có số liệu", "không áp dụng", "Mã yêu cầu: Thử &lt;b&gt;", 'datetime="2024-10-04"', "123.456,8%"):
            self.assertIn(piece, text)
        self.assertNotIn("hush", text)

    def test_html_in_english(self):
        text = self.s.ask("/en/thu/trang").body.decode()
        for piece in ('<html lang="en">', "1,234.57", "97.16% (12,486 / 12,851)", "4 Oct 2024", "21 Sep 2026, 21:13", "not applicable",
                      'href="/en/thu/dong/x"', 'action="/en/thu/gui"', "and 2,026 more errors"):
            self.assertIn(piece, text)

    def test_values_are_escaped_where_they_stand(self):
        text = self.s.ask("/thu/trang").body.decode()
        self.assertNotIn("<b>&", text)
        self.assertIn("<li data-last>&lt;b&gt;</li>", text)
        self.assertIn('<a href="#" rel="noopener">source</a>', text)  # javascript: went
        self.assertIn("/thu/dong/Th%E1%BB%AD%20%3Cb%3E%26%22nghi%E1%BB%87m%22%3C%2Fb%3E?y=2026", text)

    def test_json(self):
        r = self.s.ask("/thu/trang.json?n=4")
        v = json.loads(r.body)
        self.assertEqual((r.headers["Content-Type"], v["version"]), ("application/json; charset=utf-8", 1))
        d = v["data"]
        self.assertEqual(d["rows"][0]["share"], {"num": 12486, "den": 12851, "share": 0.971597541047})
        self.assertEqual((d["rows"][0]["points"], d["rows"][1]["points"], d["rows"][3]["points_state"]), (None, 1234.565, "not_applicable"))
        self.assertEqual((d["id"], d["seen"], d["rows"][0]["due"]), ("028t5cy4tqkff", "2026-09-21T14:13:20.123Z", "2024-10-04"))
        self.assertEqual((d["missing"], d["note"], d["flag"], d["words"]), (None, None, False, ["a", "<b>"]))
        self.assertNotIn("secret", d)
        self.assertNotIn("drawing", d)

    def test_parts_of_files(self):
        whole = bytes(i % 251 for i in range(100000))
        r = self.s.ask("/thu/phan")
        self.assertEqual((r.status, r.body, r.headers["Accept-Ranges"], r.headers["ETag"]), (200, whole, "bytes", '"tag"'))
        self.assertEqual((r.headers["Content-Security-Policy"], r.headers["X-Content-Type-Options"]), ("sandbox", "nosniff"))
        self.assertEqual(r.headers["Content-Disposition"], "inline; filename=\"Bo co.pdf\"; filename*=UTF-8''B%C3%A1o%20c%C3%A1o.pdf")
        for asked, a, b in (("0-0", 0, 1), ("5-9", 5, 10), ("99990-", 99990, 100000), ("-7", 99993, 100000), ("-200000", 0, 100000),
                            ("99999-5000000", 99999, 100000)):
            r = self.s.ask("/thu/phan", Range="bytes=" + asked)
            self.assertEqual((r.status, r.body, r.headers["Content-Range"]), (206, whole[a:b], f"bytes {a}-{b - 1}/100000"), asked)
        for asked in ("100000-", "-0"):
            r = self.s.ask("/thu/phan", Range="bytes=" + asked)
            self.assertEqual((r.status, r.headers["Content-Range"]), (416, "bytes */100000"), asked)
            self.assertIn("default-src", r.headers["Content-Security-Policy"])
        for asked in ("bytes=9-5", "bytes=", "bytes=-", "bytes=a-b", "bytes=0-1,5-6", "lines=1-2", "bytes=0--1", "bytes=99999999999999999999-"):
            self.assertEqual((self.status("/thu/phan", Range=asked)), 200, asked)
        self.assertEqual(self.status("/thu/phan", Range="bytes=1-2", If_Range='"other"'), 200)
        self.assertEqual(self.status("/thu/phan", Range="bytes=1-2", If_Range='"tag"'), 206)

    def test_json_by_accept(self):
        for accept, kind in (("application/json", "json"), ("text/html;q=0.5, application/json", "json"), ("*/*", "html"), ("text/csv", "csv"),
                             ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "html"), ("application/*", "json")):
            r = self.s.ask("/thu/trang", Accept=accept)
            self.assertIn(kind, r.headers["Content-Type"], accept)
            self.assertIn("Accept", r.headers["Vary"])

    def test_csv(self):
        r = self.s.ask("/thu/trang.csv")
        lines = r.body.decode("utf-8-sig").split("\r\n")
        self.assertEqual(lines[0], "number,name,points,share_num,share_den,change,due,state")
        self.assertEqual(lines[2], "2,Sở Tài chính,1234.565,12485,12851,-0.35,2024-10-05,ontime")
        self.assertEqual(lines[4], '4,"Trung tâm <PVHCC> & ""một cửa""",,12483,12851,-0.35,2024-10-07,early')
        self.assertTrue(r.body.startswith(b"\xef\xbb\xbf"))
        self.assertIn('attachment; filename="trial.csv"', r.headers["Content-Disposition"])

    def test_same_view_in_both_faces(self):
        rows = json.loads(self.s.ask("/thu/bang.json?n=3").body)["data"]["rows"]
        text = self.s.ask("/thu/bang?n=3").body.decode()
        for row in rows:
            self.assertIn(row["name"].split("<")[0], text)

    def test_root_and_its_json(self):
        self.assertEqual(self.status("/"), 200)
        self.assertEqual(self.status("/en"), 200)
        self.assertEqual(json.loads(self.s.ask("/.json").body)["data"]["title"], "Bảng thử")

    def test_406(self):
        r = self.s.ask("/thu/dong/a", Accept="application/json")
        self.assertEqual(r.status, 406)
        self.assertIn("Không có dạng dữ liệu", r.body.decode())
        self.assertEqual(self.status("/thu/trang", Accept="text/html;q=0, */*;q=0"), 406)

    def test_face_that_the_page_has_not(self):
        self.assertEqual(self.status("/.csv"), 404)

    # --- addresses ---

    def test_404(self):
        for path in ("/khong-co", "/thu", "/thu/trang/x", "/thu//trang", "//thu/trang", "/thu/kieu/abc?text=x", "/%00", "/%zz", "/%ff", "/en/en/thu/trang", "/thu/kieu/1?text=x",
                     "/thu/../thu/trang", "/static/css/app.css", "/static/../etc/passwd", "/thu/kieu/99999999999999999999?text=x"):
            self.assertEqual(self.status(path), 404, path)

    def test_404_says_what_to_do_in_the_language(self):
        r = self.s.ask("/en/khong-co")
        self.assertIn("There is no such page", r.body.decode())
        self.assertIn("start from the front page", r.body.decode())
        self.assertEqual(r.headers["Cache-Control"], "no-store")
        self.assertIn(r.headers["X-Request-Id"], r.body.decode())

    def test_405(self):
        r = self.s.ask("/thu/gui")
        self.assertEqual((r.status, r.headers["Allow"]), (405, "POST, OPTIONS"))
        r = self.s.ask("/thu/trang", "POST", b"")
        self.assertEqual((r.status, r.headers["Allow"]), (405, "GET, HEAD, OPTIONS"))
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "FOO"):
            self.assertEqual(self.status("/thu/trang", method), 405, method)

    def test_options(self):
        r = self.s.ask("/thu/gui", "OPTIONS")
        self.assertEqual((r.status, r.headers["Allow"], r.body), (204, "POST, OPTIONS", b""))

    def test_403(self):
        self.assertEqual(self.status("/thu/cam"), 403)

    def test_language_by_query_redirects(self):
        r = self.s.ask("/thu/trang?n=2&lang=en&ok=1")
        self.assertEqual((r.status, r.headers["Location"]), (303, "/en/thu/trang?n=2&ok=1"))
        r = self.s.ask("/en/thu/trang?lang=vi")
        self.assertEqual((r.status, r.headers["Location"]), (303, "/thu/trang"))
        r = self.s.ask("/thu/trang?lang=en&n=%0d%0aSet-Cookie:x")
        self.assertEqual(r.headers["Location"], "/en/thu/trang?n=%0D%0ASet-Cookie%3Ax")
        self.assertIsNone(r.headers["Set-Cookie"])

    def test_trailing_slash_redirects(self):
        r = self.s.ask("/thu/trang/?n=2")
        self.assertEqual((r.status, r.headers["Location"]), (308, "/thu/trang?n=2"))
        self.assertEqual(self.s.ask("/en/thu/trang/").headers["Location"], "/en/thu/trang")

    def test_segments_are_decoded(self):
        r = self.s.ask("/thu/dong/" + urllib.parse.quote("Hòa Bình/x+y", safe="") + "?y=-5&q=a+b%2B")
        self.assertEqual(r.body.decode(), "Hòa Bình/x+y -5 a b+\n")

    def test_text_is_nfc(self):
        r = self.s.ask("/thu/dong/" + urllib.parse.quote("Ho\u0300a"))
        self.assertEqual(r.body.decode(), "Hòa 0 \n")

    def test_absolute_form(self):
        out = self.s.raw(b"GET http://example.org/thu/dong/a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        self.assertIn(b"200 OK", out)

    # --- inputs ---

    def test_typed_inputs(self):
        r = self.s.ask("/thu/kieu/2026?points=12,5&from=31/01/2026&kind=overdue&id=028t5cy4tqkff&all=on&text=x")
        self.assertEqual(r.body.decode(), "2026 12.5 2026-01-31 2 028t5cy4tqkff 1 x\n")
        r = self.s.ask("/thu/kieu/2026?text=%20x%20&points=&from=2026-02-28")
        self.assertEqual(r.body.decode(), "2026 0 2026-02-28 1 0000000000000 0 x\n")

    def test_400_names_each_input(self):
        r = self.s.ask("/thu/kieu/2026?points=101&from=30/02/2026&kind=late&id=zz&all=maybe&text=" + "x" * 11)
        text = r.body.decode()
        self.assertEqual(r.status, 400)
        for piece in ("phải từ 0 đến 100", "phải là ngày có thật", "early ontime overdue", "không phải mã hợp lệ", "phải là 1 hoặc 0",
                      "dài 11 ký tự, tối đa 10", "<b>tình trạng</b>", "<q>30/02/2026</q>", "Xin sửa các mục"):
            self.assertIn(piece, text)

    def test_400_as_problem_json(self):
        r = self.s.ask("/en/thu/trang.json?n=abc")
        v = json.loads(r.body)
        self.assertEqual((r.status, r.headers["Content-Type"]), (400, "application/problem+json; charset=utf-8"))
        self.assertEqual((v["status"], v["faults"][0]["key"], v["faults"][0]["field"], v["faults"][0]["value"]), (400, "input.not_int", "n", "abc"))

    def test_required_twice_and_hostile(self):
        self.assertIn("bắt buộc phải có", self.s.ask("/thu/kieu/2026").body.decode())
        self.assertIn("chỉ được cho một lần", self.s.ask("/thu/kieu/2026?text=a&text=b").body.decode())
        for q in ("text=%00", "text=%ff", "text=%C0%80", "text=%01", "points=1e400&text=a", "points=NaN&text=a", "points=1.234,5&text=a", "text=%zz", "%zz=1&text=a"):
            self.assertEqual(self.status("/thu/kieu/2026?" + q), 400, q)
        r = self.s.ask("/thu/kieu/2026?text=" + urllib.parse.quote("<script>alert(1)</script>"))
        self.assertNotIn("<script>", r.body.decode())

    def test_too_many_parameters(self):
        self.assertEqual(self.status("/thu/dong/a?" + "b=1&" * 100), 200)
        self.s.raw(b"GET /thu/dong/a?" + b"&" * 3000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 2)  # may be closed without a word
        self.assertEqual(self.status("/healthz"), 200)
        body = "b&" * 2001
        self.assertEqual(self.status("/thu/mau", "POST", body, Content_Type=FORM), 413)

    # --- forms ---

    def token(self, c):
        r = self.s.ask("/thu/trang", connection=c)
        return (re.search(r'name="_csrf" value="([^"]+)"', r.body.decode())[1],
                r.headers["Set-Cookie"].split(";")[0] if r.headers["Set-Cookie"] else None)

    def test_form_with_token(self):
        c = self.s.connect()
        token, cookie = self.token(c)
        body = urllib.parse.urlencode([("_csrf", token), ("name", "Nguyễn & <b>"), ("more", "1"), ("more", "2")])
        r = self.s.ask("/thu/gui", "POST", body, c, Content_Type=FORM, Cookie=cookie)
        self.assertEqual(r.status, 200)
        self.assertIn("<dd>Nguyễn &amp; &lt;b&gt;</dd><dt>more</dt><dd>1</dd><dt>more</dt><dd>2</dd>", r.body.decode())
        # An empty member of a list keeps its place: lists of one form go side by side.
        r = self.s.ask("/thu/gui", "POST", urllib.parse.urlencode([("_csrf", token), ("name", "x"), ("more", ""), ("more", "2")]), c, Content_Type=FORM,
                       Cookie=cookie)
        self.assertIn("<dt>more</dt><dd></dd><dt>more</dt><dd>2</dd>", r.body.decode())
        for bad in ({"Cookie": "td_form=AAAAAAAAAAAAAAAAAAAAAA"}, {}, {"Cookie": cookie, "Origin": "http://evil.example"},
                    {"Cookie": cookie, "Sec-Fetch-Site": "cross-site"}):
            self.assertEqual(self.s.ask("/thu/gui", "POST", body, Content_Type=FORM, **bad).status, 403, bad)
        ok = {"Cookie": cookie, "Origin": f"http://127.0.0.1:{self.s.port}"}
        self.assertEqual(self.s.ask("/thu/gui", "POST", body, Content_Type=FORM, **ok).status, 200)
        broken = body.replace(token, token[:-2] + ("AA" if token[-2:] != "AA" else "BB"))
        self.assertEqual(self.s.ask("/thu/gui", "POST", broken, Content_Type=FORM, Cookie=cookie).status, 403)
        c.close()

    def test_tokens_differ_and_both_hold(self):
        c = self.s.connect()
        one, cookie = self.token(c)
        r = self.s.ask("/thu/trang", Cookie=cookie)
        two = re.search(r'name="_csrf" value="([^"]+)"', r.body.decode())[1]
        self.assertNotEqual(one, two)
        self.assertIsNone(r.headers["Set-Cookie"])
        self.assertEqual(r.headers["Cache-Control"], "no-store")
        for token in (one, two):
            body = urllib.parse.urlencode({"_csrf": token, "name": "x"})
            self.assertEqual(self.s.ask("/thu/gui", "POST", body, Content_Type=FORM, Cookie=cookie).status, 200)
        c.close()

    def test_form_errors(self):
        r = self.s.ask("/thu/tu-do", "POST", "more=1", Content_Type=FORM)
        self.assertEqual(r.status, 422)
        self.assertIn("bắt buộc phải có", r.body.decode())
        self.assertEqual(self.status("/thu/mau", "POST", "year=10", Content_Type=FORM), 422)
        r = self.s.ask("/en/thu/mau", "POST", "year=9", Content_Type=FORM)
        self.assertEqual((r.status, r.headers["Location"]), (303, "/en/thu/trang?ok=1"))

    def multipart(self, parts, boundary="xYzZY"):
        out = b""
        for name, value, file in parts:
            out += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'.encode()
            out += (f'; filename="{file}"\r\nContent-Type: application/octet-stream' if file else "").encode() + b"\r\n\r\n" + value + b"\r\n"
        return out + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"

    def test_upload(self):
        data = bytes(range(256)) * 4000 + b"\r\n--xYzZ\r\n--xYzZ"
        body, kind = self.multipart([("name", "tệp".encode(), None), ("file", data, "báo cáo.xlsx")])
        r = self.s.ask("/thu/tu-do", "POST", body, Content_Type=kind)
        self.assertEqual(r.status, 200)
        self.assertIn(f"<dt>báo cáo.xlsx</dt><dd>{len(data):,} {sum(data)}</dd>".replace(",", "."), r.body.decode())

    def test_upload_in_small_pieces(self):
        body, kind = self.multipart([("name", b"a", None), ("file", b"\r\n\r\n-\r\n--xYz" * 50, "x")])
        with socket.create_connection(("127.0.0.1", self.s.port), 10) as s:
            s.sendall(f"POST /thu/tu-do.json HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode())
            for i in range(0, len(body), 7):
                s.sendall(body[i:i + 7])
            answer = b""
            while piece := s.recv(65536):
                answer += piece
        self.assertIn(b'"size":600', answer)

    def test_multipart_hostile(self):
        body, kind = self.multipart([("name", b"a", None)])
        for data, ctype in ((body[:-8], kind), (body, "multipart/form-data"), (body, "multipart/form-data; boundary="), (body.replace(b"name=", b"nome="), kind),
                            (b"--xYzZY\r\n" + b"a" * 5000, kind), (b"--xYzZYgarbage", kind), (b"", kind),
                            (body, "multipart/form-data; boundary=" + "b" * 71)):
            self.assertIn(self.status("/thu/tu-do", "POST", data, Content_Type=ctype), (400, 413), data[:40])

    def test_413_at_once_and_415(self):
        out = self.s.raw(b"POST /thu/mau HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 65537\r\n\r\n", 3)
        self.assertIn(b"413", out.split(b"\r\n")[0])
        self.assertIn("vượt mức cho phép".encode(), out)
        self.assertEqual(self.status("/thu/mau", "POST", b"{}", Content_Type="application/json"), 415)

    def test_413_chunked(self):
        c = self.s.connect()
        c.putrequest("POST", "/thu/mau")
        c.putheader("Content-Type", FORM)
        c.putheader("Transfer-Encoding", "chunked")
        c.endheaders()
        for _ in range(20):
            c.send(b"1000\r\n" + b"a" * 4096 + b"\r\n")
        c.send(b"0\r\n\r\n")
        self.assertEqual(c.getresponse().status, 413)
        c.close()

    def test_get_with_body(self):
        self.assertEqual(self.status("/thu/trang", "GET", b"x"), 400)

    # --- HTTP ---

    def test_head(self):
        for path in ("/thu/trang", "/thu/trang.json", "/khong-co", "/healthz"):
            get, head = self.s.ask(path), self.s.ask(path, "HEAD")
            self.assertEqual((head.status, head.body), (get.status, b""))
            if path != "/khong-co":
                self.assertEqual(head.headers["Content-Length"], get.headers["Content-Length"])

    def test_etag(self):
        r = self.s.ask("/thu/bang")
        tag = r.headers["ETag"]
        self.assertEqual(r.headers["Cache-Control"], "no-cache")
        for given in (tag, f'"x", {tag}', "*"):
            again = self.s.ask("/thu/bang", If_None_Match=given)
            self.assertEqual((again.status, again.body, again.headers["ETag"]), (304, b"", tag))
        self.assertEqual(self.status("/thu/bang", If_None_Match='"x"'), 200)
        self.assertNotEqual(self.s.ask("/thu/bang?n=3").headers["ETag"], tag)

    def test_gzip(self):
        plain = self.s.ask("/thu/bang").body
        for accept in ("gzip", "deflate, gzip;q=0.5", "*"):
            for _ in range(3):  # from the third on it comes from memory
                r = self.s.ask("/thu/bang", Accept_Encoding=accept)
                self.assertEqual((r.headers["Content-Encoding"], r.headers["Vary"]), ("gzip", "Accept, Accept-Encoding, Cookie"))
                self.assertEqual(gzip.decompress(r.body), plain)
        for accept in ("gzip;q=0", "br", "identity"):
            self.assertIsNone(self.s.ask("/thu/bang", Accept_Encoding=accept).headers["Content-Encoding"])

    def test_keep_alive(self):
        c = self.s.connect()
        for path in ("/thu/bang", "/khong-co", "/thu/trang", "/thu/dong/a", "/healthz"):
            self.s.ask(path, connection=c)
            self.assertIsNotNone(c.sock)
        local = c.sock.getsockname()
        self.s.ask("/thu/bang", connection=c)
        self.assertEqual(c.sock.getsockname(), local)
        c.close()

    def test_pipelined(self):
        one = b"GET /thu/dong/%d HTTP/1.1\r\nHost: x\r\n"
        out = self.s.raw(b"".join(one % i + (b"Connection: close\r\n\r\n" if i == 4 else b"\r\n") for i in range(5)))
        self.assertEqual(re.findall(rb"\r\n\r\n(\d) 0 ", out), [b"0", b"1", b"2", b"3", b"4"])

    def test_security_headers(self):
        for path in ("/thu/trang", "/khong-co", "/healthz", "/thu/trang.json"):
            h = self.s.ask(path).headers
            self.assertIn("default-src 'none'; script-src 'self'; style-src 'self'", h["Content-Security-Policy"])
            self.assertNotIn("unsafe", h["Content-Security-Policy"])
            self.assertEqual((h["X-Content-Type-Options"], h["Referrer-Policy"], h["Cross-Origin-Opener-Policy"]), ("nosniff", "same-origin", "same-origin"))
            self.assertIsNone(h["Strict-Transport-Security"])

    def test_431_and_414(self):
        self.assertEqual(self.status("/thu/dong/a", X_Long="x" * 40000), 431)
        self.assertEqual(self.status("/thu/dong/a?q=" + "x" * 5000), 414)
        self.assertIn(self.status("/" + "x" * 60000), (414, 431))

    def test_every_header_size_gets_an_answer(self):
        """Up to 16 KiB the page, beyond it 431, also where the header leaves no memory for an answer (20 KB)."""
        for n in [*range(15000, 26000, 220), 60000, 200000]:
            for each in (n, 900):
                fields = "".join(f"X-{i}: {'a' * each}\r\n" for i in range(n // each))
                data = f"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n{fields}\r\n"
                got = self.s.raw(data.encode())[:12]
                wanted = {b"HTTP/1.1 200"} if len(data) <= 16384 else {b"HTTP/1.1 431"} if len(data) > 16384 + 100 else {b"HTTP/1.1 200", b"HTTP/1.1 431"}
                self.assertIn(got, wanted, (n, each))

    def test_errors_before_a_route_is_known(self):
        """Programs get problem+json, by the suffix or by Accept; people the page."""
        browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        for path, accept, problem in (("/khong-co", "application/json", True), ("/khong-co", "application/problem+json", True), ("/khong-co.json", browser, True),
                                      ("/khong-co.csv", browser, True), ("/khong-co", "application/json;q=0.5, text/html;q=0.9", False),
                                      ("/khong-co", browser, False), ("/khong-co", "*/*", False), ("/khong-co", "", False), ("/en/khong-co", "application/json", True)):
            r = self.s.ask(path, Accept=accept)
            self.assertEqual(r.status, 404, path)
            self.assertEqual(r.headers["Content-Type"].startswith("application/problem+json"), problem, (path, accept, r.headers["Content-Type"]))
            if problem:
                v = json.loads(r.body)
                self.assertEqual((v["status"], v["request_id"]), (404, r.headers["X-Request-Id"]))
                self.assertEqual("The" in v["detail"] or "address" in v["detail"], path.startswith("/en"))
        r = self.s.ask("/thu/trang", "PUT", b"", Accept="application/json")
        self.assertEqual((r.status, json.loads(r.body)["status"]), (405, 405))
        self.assertTrue(r.headers["Allow"])
        r = self.s.ask("/x" * 3000, Accept="application/json")
        self.assertEqual((r.status, json.loads(r.body)["status"]), (414, 414))

    def test_broken_requests(self):
        for data in (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 100, b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
                     b"POST /thu/mau HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", b"GET / HTTP/1.1\r\n: x\r\n\r\n",
                     b"POST /thu/mau HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"):
            out = self.s.raw(data, 1)
            self.assertNotIn(b" 200 ", out.split(b"\r\n")[0])
        self.assertEqual(self.status("/healthz"), 200)

    def test_assets(self):
        text = self.s.ask("/thu/trang").body.decode()
        css = re.search(r'href="(/static/css/app\.[0-9a-f]{12}\.css)"', text)[1]
        r = self.s.ask(css)
        self.assertEqual((r.status, r.headers["Cache-Control"], r.headers["Content-Type"]),
                         (200, "public, max-age=31536000, immutable", "text/css; charset=utf-8"))
        packed = self.s.ask(css, Accept_Encoding="gzip")
        self.assertEqual((packed.headers["Content-Encoding"], gzip.decompress(packed.body)), ("gzip", r.body))
        fonts = re.findall(rb"url\((/static/fonts/[^)]+)\)", r.body)
        self.assertGreaterEqual(len(fonts), 8)
        for font in fonts:
            f = self.s.ask(font.decode(), Accept_Encoding="gzip")
            self.assertEqual((f.status, f.headers["Content-Type"], f.headers["Content-Encoding"], f.body[:4]), (200, "font/woff2", None, b"wOF2"))
        self.assertEqual(self.s.ask(css, "HEAD").body, b"")
        self.assertEqual(self.status(css, "POST", b""), 404)

    def test_page_weight(self):
        """Everything that the first page of a Vietnamese reader loads, as the network sees it: at most 150 KB."""
        page = self.s.ask("/thu/bang", Accept_Encoding="gzip")
        text = gzip.decompress(page.body).decode()
        total = len(page.body)
        for url in set(re.findall(r'(?:href|src)="(/static/[^"]+)"', text)):
            r = self.s.ask(url, Accept_Encoding="gzip")
            total += len(r.body)
            if url.endswith(".css"):
                css = gzip.decompress(r.body).decode()
                total += sum(len(self.s.ask(f).body) for f in re.findall(r"url\((/static/fonts/[^)]+)\)", css) if "latin-ext" not in f)
        self.assertLess(total, 150 * 1024)

    # --- the server's own ---

    def test_health(self):
        r = self.s.ask("/healthz")
        self.assertEqual((r.status, r.headers["Cache-Control"]), (200, "no-store"))
        self.assertTrue(r.body.startswith(b"ok thuocdo "))

    def test_metrics(self):
        self.s.ask("/thu/bang")
        text = self.s.ask("/metrics").body.decode()
        self.assertRegex(text, r'thuocdo_http_requests_total\{method="GET",route="/thu/bang",status="2xx"\} [1-9]')
        self.assertRegex(text, r'thuocdo_http_seconds_bucket\{method="GET",route="/thu/bang",le="\+Inf"\} [1-9]')
        for line in text.splitlines():
            self.assertRegex(line, r'^(# (HELP|TYPE) thuocdo_\w+ .+|thuocdo_\w+(\{(\w+="[^"]*",?)+\})? [0-9.]+)$')

    def test_openapi(self):
        r = self.s.ask("/openapi.json")
        doc = json.loads(r.body)
        self.assertEqual(doc["openapi"], "3.1.0")
        self.assertNotIn("/metrics", doc["paths"])
        op = doc["paths"]["/thu/kieu/{year}"]["get"]
        by = {p["name"]: p for p in op["parameters"]}
        self.assertEqual((by["year"]["in"], by["year"]["required"], by["year"]["schema"]), ("path", True, {"type": "integer", "minimum": 1990, "maximum": 2100}))
        self.assertEqual(by["kind"]["schema"], {"type": "string", "enum": ["early", "ontime", "overdue"], "default": "ontime"})
        self.assertEqual(by["kind"]["description"], "tình trạng")
        self.assertEqual(json.loads(self.s.ask("/en/openapi.json").body)["servers"], [{"url": "/en"}])
        form = doc["paths"]["/thu/gui"]["post"]["requestBody"]["content"]["multipart/form-data"]["schema"]
        self.assertEqual(form["required"], ["name"])
        refs = re.findall(r'"\$ref":"#/components/schemas/(\w+)"', r.body.decode())
        self.assertTrue(refs and set(refs) <= set(doc["components"]["schemas"]))
        self.check(json.loads(self.s.ask("/thu/trang.json").body)["data"], {"$ref": "#/components/schemas/trial"}, doc)

    def check(self, value, schema, doc):
        """Enough of JSON Schema for our documents."""
        if "$ref" in schema:
            schema = doc["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if "oneOf" in schema:
            if value is not None:
                self.check(value, schema["oneOf"][0], doc)
            return
        types = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
        kinds = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null", dict: "object", list: "array"}
        self.assertTrue(kinds[type(value)] in types or (isinstance(value, int) and "number" in types), (value, schema))
        if isinstance(value, dict):
            self.assertLessEqual(set(schema["required"]), set(value))
            for k, v in value.items():
                self.check(v, schema["properties"][k], doc)
        if isinstance(value, list):
            for v in value:
                self.check(v, schema["items"], doc)
        if "enum" in schema:
            self.assertIn(value, schema["enum"])
        if "pattern" in schema and value is not None:
            self.assertRegex(value, schema["pattern"])

    # --- pages that misbehave ---

    def test_page_out_of_memory(self):
        self.assertEqual(self.status("/thu/tham"), 500)
        self.assertEqual(self.status("/healthz"), 200)

    def test_page_without_answer(self):
        self.assertEqual(self.status("/thu/im"), 500)

    def test_large_page(self):
        r = self.s.ask("/thu/lon?kb=3000", Accept_Encoding="gzip")
        self.assertEqual(len(gzip.decompress(r.body)), 3000 * 1024)


class Limits(unittest.TestCase):
    def test_slow_lane_is_full(self):
        with Server("slow=1", "slow_queue=1") as s:
            results = []

            def go():
                results.append(s.ask("/thu/cham?ms=1500").status)

            threads = [threading.Thread(target=go) for _ in range(2)]
            for t in threads:
                t.start()
                time.sleep(0.3)
            r = s.ask("/thu/cham?ms=10")
            self.assertEqual((r.status, r.headers["Retry-After"]), (503, "10"))
            self.assertIn("Máy chủ đang bận", r.body.decode())
            self.assertEqual(s.ask("/thu/bang").status, 200)  # the fast lane is not touched
            for t in threads:
                t.join()
            self.assertEqual(results, [200, 200])
            self.assertIn('thuocdo_refused_total{why="lane_full"} 1', s.ask("/metrics").body.decode())

    def test_request_time_is_over(self):
        with Server("request_s=1", "fast=1") as s:
            start = time.monotonic()
            r = s.ask("/thu/ngu?ms=5000")
            self.assertEqual(r.status, 503)
            self.assertLess(time.monotonic() - start, 2.5)
            self.assertIn("thuocdo_timed_out_total 1", s.ask("/metrics").body.decode())

    def test_client_that_goes_away_cancels(self):
        with Server("fast=1") as s:
            c = s.connect()
            c.request("GET", "/thu/ngu?ms=20000")
            time.sleep(0.2)
            c.close()
            start = time.monotonic()
            self.assertEqual(s.ask("/thu/bang").status, 200)
            self.assertLess(time.monotonic() - start, 3)

    def test_slow_header_is_cut_off(self):
        with Server("header_s=1", "idle_s=1") as s:
            self.drip(s, b"GET /thu/bang HTTP/1.1\r\n", b"X-A: b\r\n", 6)
            self.drip(s, b"GET /", b"a", 6)
            self.assertRegex(s.ask("/metrics").body.decode(), "thuocdo_slow_closed_total [12]")

    def test_slow_body_is_cut_off(self):
        with Server("body_s=1", "idle_s=1") as s:
            self.drip(s, b"POST /thu/mau HTTP/1.1\r\nHost: x\r\nContent-Length: 5000\r\n\r\n", b"a", 6)

    def drip(self, s, head, piece, at_most):
        start = time.monotonic()
        with socket.create_connection(("127.0.0.1", s.port), 10) as c:
            c.sendall(head)
            try:
                while time.monotonic() - start < at_most:
                    time.sleep(0.2)
                    c.sendall(piece)
            except OSError:
                pass
        self.assertLess(time.monotonic() - start, at_most)

    def test_slow_reader_is_cut_off(self):
        with Server("send_s=1", "idle_s=2") as s:
            start = time.monotonic()
            with socket.socket() as c:
                c.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                c.settimeout(15)
                c.connect(("127.0.0.1", s.port))
                c.sendall(b"GET /thu/lon?kb=20000 HTTP/1.1\r\nHost: x\r\n\r\n")
                got = 0
                try:
                    while piece := c.recv(1024):
                        got += len(piece)
                        if got < 200000:
                            time.sleep(0.01)
                        elif time.monotonic() - start < 4:
                            time.sleep(0.5)
                except OSError:
                    pass
            self.assertLess(got, 20000 * 1024)

    def test_idle_connection_is_closed(self):
        with Server("idle_s=1", "header_s=1") as s:
            with socket.create_connection(("127.0.0.1", s.port), 6) as c:
                self.assertEqual(c.recv(1), b"")

    def test_connections_per_client(self):
        with Server("per_client=5") as s:
            held = [socket.create_connection(("127.0.0.1", s.port)) for _ in range(5)]
            time.sleep(0.2)
            self.assertEqual(self.outcome(s), "closed")
            for c in held:
                c.close()
            time.sleep(0.5)
            self.assertEqual(self.outcome(s), 200)

    def outcome(self, s):
        try:
            return s.ask("/healthz").status
        except (OSError, http.client.HTTPException):
            return "closed"

    def test_rate(self):
        with Server("page_rate=60", "page_burst=3") as s:
            got = [s.ask("/thu/dong/a") for _ in range(5)]
            self.assertEqual([r.status for r in got], [200, 200, 200, 429, 429])
            self.assertEqual(got[4].headers["Retry-After"], "1")
            self.assertEqual(s.ask("/healthz").status, 200)
            time.sleep(1.1)
            self.assertEqual(s.ask("/thu/dong/a").status, 200)

    def test_rate_of_forms(self):
        with Server("form_rate=1", "form_burst=1") as s:
            self.assertEqual([s.ask("/thu/mau", "POST", "year=1", Content_Type=FORM).status for _ in range(2)], [303, 429])

    def test_proxy_headers(self):
        with Server("proxy", "page_rate=60", "page_burst=1", "tls=1", "hsts=1") as s:
            for client in ("203.0.113.1", "203.0.113.2", "6.6.6.6, 203.0.113.3", "2001:db8::1", "2001:db8:0:1::1"):
                self.assertEqual(s.ask("/thu/trang", X_Forwarded_For=client).status, 200, client)
            self.assertEqual(s.ask("/thu/trang", X_Forwarded_For="9.9.9.9, 203.0.113.3").status, 429)  # the first part is the client's invention
            self.assertEqual(s.ask("/thu/trang", X_Forwarded_For="2001:db8::2").status, 429)  # the same /64
            r = s.ask("/thu/trang", X_Forwarded_For="203.0.113.9")
            self.assertIn("max-age=31536000", r.headers["Strict-Transport-Security"])
            self.assertIn("; Secure", r.headers["Set-Cookie"])
            self.assertEqual(s.ask("/metrics", X_Forwarded_For="203.0.113.9").status, 403)

    def test_forwarded_is_ignored_without_a_proxy(self):
        with Server("page_rate=60", "page_burst=1") as s:
            self.assertEqual(s.ask("/thu/trang", X_Forwarded_For="203.0.113.1").status, 200)
            self.assertEqual(s.ask("/thu/trang", X_Forwarded_For="203.0.113.2").status, 429)


class Shelf(unittest.TestCase):
    """Pages that are kept while the store stays as it is. The page says how often it was made."""

    @classmethod
    def setUpClass(cls):
        cls.s = Server("shelf")

    @classmethod
    def tearDownClass(cls):
        assert cls.s.stop() == 0

    def made(self, path="/thu/dem", **headers):
        r = self.s.ask(path, **headers)
        body = gzip.decompress(r.body) if r.headers["Content-Encoding"] == "gzip" else r.body
        return int(re.search(r"Lần (\d+),", body.decode())[1])

    def change(self):
        self.assertEqual(self.s.ask("/thu/doi", "POST", "").status, 303)

    def test_made_once_for_each_version(self):
        first = self.made()
        self.assertEqual([self.made() for _ in range(3)], [first] * 3)
        self.change()
        second = self.made()
        self.assertGreater(second, first)
        self.assertEqual(self.made(), second)

    def test_address_language_face_and_encoding_are_other_pages(self):
        self.change()
        pages = [("/thu/dem", {}), ("/en/thu/dem", {}), ("/thu/dem?n=3", {}), ("/thu/dem.json", {}), ("/thu/dem", {"Accept_Encoding": "gzip"}),
                 ("/thu/dem", {"Accept": "application/json"}), ("/thu/dem?n=3&x=1", {})]
        first = [self.made(path, **h) for path, h in pages]
        self.assertEqual(len(set(first)), len(pages))
        self.assertEqual([self.made(path, **h) for path, h in pages], first)

    def test_the_answer_is_the_same(self):
        self.change()
        for path in ("/thu/dem", "/en/thu/dem.json?n=2", "/thu/dem.csv"):
            a, b = (self.s.ask(path, Accept_Encoding="gzip") for _ in range(2))
            self.assertEqual(a.body, b.body)
            other = {"X-Request-Id", "Date"}
            self.assertEqual(sorted((k, v) for k, v in a.headers.items() if k not in other),
                             sorted((k, v) for k, v in b.headers.items() if k not in other))
            self.assertNotEqual(a.headers["X-Request-Id"], b.headers["X-Request-Id"])
            head = self.s.ask(path, "HEAD", Accept_Encoding="gzip")
            self.assertEqual((head.status, head.body, head.headers["Content-Length"]), (200, b"", str(len(b.body))))
            same = self.s.ask(path, Accept_Encoding="gzip", If_None_Match=b.headers["ETag"])
            self.assertEqual((same.status, same.body, same.headers["ETag"]), (304, b"", b.headers["ETag"]))

    def test_304_keeps_the_page(self):
        self.change()
        self.s.ask("/thu/dem", If_None_Match="*")
        first = self.made()
        self.assertEqual(self.s.ask("/thu/dem", If_None_Match="*").status, 304)
        self.assertEqual(self.made(), first)

    def test_whoever_has_a_cookie_gets_pages_of_their_own(self):
        self.change()
        first = self.made()
        for cookie in ("td_session=abc", "x=1"):
            mine = self.made(Cookie=cookie)
            self.assertGreater(mine, first)
            self.assertGreater(self.made(Cookie=cookie), mine)
        self.assertGreater(self.made(Authorization="Bearer x"), first)
        self.assertEqual(self.made(), first)

    def test_what_is_not_kept(self):
        for query in ("cookie=1", "private=1", "wrong=1"):
            first = self.made("/thu/dem?" + query)
            self.assertGreater(self.made("/thu/dem?" + query), first, query)
        r = self.s.ask("/thu/trang")  # a form in it
        self.assertNotEqual(r.body, self.s.ask("/thu/trang").body)
        self.assertEqual(self.s.ask("/thu/dem?n=-1").status, 400)
        self.assertEqual(self.s.ask("/thu/dem?n=-1").status, 400)

    def test_more_than_it_can_hold(self):
        """Many pages, some too large to keep: answers stay right, what is asked for often stays."""
        self.change()
        often = set()
        c = self.s.connect()
        for i in range(700):
            r = self.s.ask(f"/thu/dem?n={500 + i % 40}&x={i}", connection=c)
            self.assertEqual(r.status, 200)
            if i % 10 == 0:
                often.add(self.made())
        c.close()
        self.assertLess(len(often), 10)  # of 70; after some seconds a page is made anew anyway
        large = self.made("/thu/dem?n=5000")
        self.assertGreater(self.made("/thu/dem?n=5000"), large)
        self.assertIn("thuocdo_shelf_total", self.s.ask("/metrics").body.decode())

    def test_changes_under_load(self):
        """What was made before a change is not given out after it, and the end comes while many ask."""
        s = Server("shelf", "fast=4")
        wrong, stop = [], threading.Event()

        def version(connection):
            r = s.ask("/thu/dem", connection=connection, Accept_Encoding="gzip")
            return int(re.search(r"bản (\d+)\.", gzip.decompress(r.body).decode())[1])

        def reader():
            c, last = s.connect(), 0
            try:
                while not stop.is_set():
                    n = version(c)
                    if n < last:
                        wrong.append((n, last))
                    last = n
            except (OSError, http.client.HTTPException):
                pass  # closed at the end
            c.close()

        threads = [threading.Thread(target=reader) for _ in range(8)]
        for t in threads:
            t.start()
        try:
            for i in range(60):
                s.ask("/thu/doi", "POST", "")
                self.assertGreaterEqual(version(None), i + 2)
            self.assertEqual(s.stop(), 0)
        finally:
            stop.set()
            for t in threads:
                t.join()
        self.assertEqual(wrong, [])


class Stopping(unittest.TestCase):
    def test_requests_under_way_are_finished(self):
        s = Server()
        result = []
        t = threading.Thread(target=lambda: result.append(s.ask("/thu/ngu?ms=1200")))
        t.start()
        time.sleep(0.3)
        s.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        with self.assertRaises(OSError):
            s.ask("/healthz")  # nobody new is let in
        t.join()
        self.assertEqual((result[0].status, result[0].headers["Connection"]), (200, "close"))
        self.assertEqual(s.process.wait(10), 0)
        s.process.stdout.close()

    def test_stop_has_an_end(self):
        s = Server("drain_s=1")
        result = []
        t = threading.Thread(target=lambda: result.append(s.ask("/thu/cham?ms=50000").status))
        t.start()
        time.sleep(0.3)
        start = time.monotonic()
        s.process.send_signal(signal.SIGTERM)
        self.assertEqual(s.process.wait(10), 0)
        self.assertLess(time.monotonic() - start, 4)
        t.join()
        self.assertEqual(result, [503])
        s.process.stdout.close()

    def test_idle_connections_do_not_hold_it(self):
        s = Server()
        held = [socket.create_connection(("127.0.0.1", s.port)) for _ in range(3)]
        c = s.connect()
        s.ask("/thu/bang", connection=c)
        start = time.monotonic()
        self.assertEqual(s.stop(), 0)
        self.assertLess(time.monotonic() - start, 3)
        c.close()
        for h in held:
            h.close()


class Log(unittest.TestCase):
    def test_access_log(self):
        with tempfile.TemporaryDirectory() as d:
            path = os.path.join(d, "access.log")
            with Server("log=" + path) as s:
                s.ask("/thu/bang?secret=1")
                s.ask("/thu/bi-mat/s3cr3t?q=1")
                s.ask("/khong%22co%0a", "HEAD")
                time.sleep(0.6)
                os.rename(path, path + ".1")
                s.process.send_signal(signal.SIGHUP)
                time.sleep(0.5)
                s.ask("/healthz")
            with open(path + ".1", encoding="utf-8") as f:
                lines = f.read().splitlines()
            with open(path, encoding="utf-8") as f:
                after = f.read()
            self.assertRegex(lines[0], r"^2026-09-21T14:13:20\.123Z GET /thu/bang 200 \d+ \d+\.\d\d\dms 127\.0\.0\.0/24 [0-9a-f]{8}-1$")
            self.assertIn("GET /thu/bi-mat/{token} ", lines[1])
            self.assertIn("HEAD /khong%22co%0a 404 0 ", lines[2])
            self.assertNotIn("s3cr3t", "".join(lines))
            self.assertNotIn("secret", "".join(lines))
            self.assertIn("GET /healthz 200", after)

    def test_addresses_are_shown_when_wanted(self):
        with tempfile.TemporaryDirectory() as d:
            path = os.path.join(d, "access.log")
            with Server("log=" + path, "mask=0") as s:
                s.ask("/healthz")
            with open(path, encoding="utf-8") as f:
                self.assertIn(" 127.0.0.1 ", f.read())


if __name__ == "__main__":
    tap.main()
