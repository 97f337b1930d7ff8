"""Assets: files of ui/css, ui/js, ui/fonts, ui/img and docs/guide/images, embedded in the program under names that contain a hash of their content, so that
browsers may keep them for ever. A stylesheet is put together from what it @imports, and its url(…) become the final names."""
import gzip
import hashlib
import os
import re

from ui_view import Bad

FOLDERS = ("css", "js", "fonts", "img", "images")
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".woff2": "font/woff2", ".svg": "image/svg+xml",
         ".png": "image/png", ".ico": "image/x-icon", ".json": "application/json", ".txt": "text/plain; charset=utf-8"}
SKIP = (".md", ".LICENSE")
IMPORT = re.compile(r'@import\s+"([^"]+)"\s*;')
URL = re.compile(r'url\(\s*(["\']?)(?!data:|#)([^)"\']+)\1\s*\)')
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|url\([^)"\']*\)|/\*.*?\*/|\s+', re.S)


class Asset:
    def __init__(self, name, data):
        self.name, self.data = name, data
        base, ext = os.path.splitext(name)
        self.type = TYPES[ext]
        self.url = f"/static/{base}.{hashlib.sha256(data).hexdigest()[:12]}{ext}"
        packed = gzip.compress(data, 9, mtime=0)
        self.gz = packed if ext != ".woff2" and len(packed) < len(data) * 0.9 else b""


def minify_css(text):
    """Without comments and superfluous white space; strings and url() stay as they are."""
    pieces, at = [], 0
    for m in TOKEN.finditer(text):
        pieces.append((text[at:m.start()], True))
        token = m.group()
        if token.startswith("/*") or token.isspace():
            pieces.append((" ", True))
        else:
            pieces.append((token, False))
        at = m.end()
    pieces.append((text[at:], True))
    out = ""
    for piece, code in pieces:
        if code and piece == " ":
            if out and out[-1] not in " {};,>":
                out += " "
        elif code:
            if piece and piece[0] in "{};,>" and out.endswith(" "):
                out = out[:-1]
            out += piece
        else:
            out += piece
    return out.replace(";}", "}").strip()


def find(roots):
    files = {}
    for root in roots:
        for folder in FOLDERS:
            for at, _, names in os.walk(os.path.join(root, folder)):
                for name in names:
                    path = os.path.join(at, name)
                    if not name.startswith(".") and not name.endswith(SKIP):
                        files.setdefault(os.path.relpath(path, root).replace(os.sep, "/"), path)
    return files


class Assets:
    def __init__(self, roots):
        self.files, self.done, self.imported, self.read = find(roots), {}, set(), set()
        for name, path in sorted(self.files.items()):
            if os.path.splitext(name)[1] not in TYPES:
                raise Bad(f"{path}:1", "a file of this kind is not served")
        sheets = {n: self.sheet(n, []) for n in sorted(self.files) if n.endswith(".css")}
        for name in sorted(self.files):
            if not name.endswith(".css"):
                self.plain(name)
        for name, text in sheets.items():
            if name not in self.imported:
                self.done[name] = Asset(name, minify_css(text).encode())

    def plain(self, name):
        if name not in self.done:
            self.read.add(self.files[name])
            with open(self.files[name], "rb") as f:
                self.done[name] = Asset(name, f.read())
        return self.done[name]

    def sheet(self, name, above):
        path = self.files[name]
        if name in above:
            raise Bad(f"{path}:1", "this stylesheet imports itself")
        self.read.add(path)
        with open(path, encoding="utf-8") as f:
            text = TOKEN.sub(lambda m: "\n" * m.group().count("\n") if m.group().startswith("/*") else m.group(), f.read())

        def where(m):
            return f"{path}:{text.count(chr(10), 0, m.start()) + 1}"

        def resolve(m, to):
            other = os.path.normpath(os.path.join(os.path.dirname(name), to)).replace(os.sep, "/")
            if other not in self.files:
                raise Bad(where(m), f"there is no file {other} in ui/")
            return other

        def include(m):
            other = resolve(m, m.group(1))
            self.imported.add(other)
            return self.sheet(other, above + [name])

        text = URL.sub(lambda m: f"url({self.plain(resolve(m, m.group(2))).url})", text)
        return IMPORT.sub(include, text)

    def urls(self):
        return {name: a.url for name, a in self.done.items()}


def c_bytes(name, data):
    rows = [", ".join(str(b) for b in data[i:i + 32]) for i in range(0, len(data), 32)]
    return f"static const unsigned char {name}[] = {{\n" + ",\n".join(rows) + "\n};\n"


def c_file(assets):
    out = ["/* Made by tools/ui.py from ui/css, js, fonts and img. */", '#include "web/asset.h"', ""]
    rows = []
    for i, (name, a) in enumerate(sorted(assets.done.items(), key=lambda x: x[1].url.encode())):
        if not a.data:
            raise Bad(f"{assets.files[name]}:1", "the file is empty")
        out.append(c_bytes(f"d{i}", a.data))
        if a.gz:
            out.append(c_bytes(f"z{i}", a.gz))
        gz = f"z{i}, sizeof z{i}" if a.gz else "NULL, 0"
        rows.append(f'\t{{ "{a.url}", "{a.type}", d{i}, sizeof d{i}, {gz} }},')
    rows.append("\t{ NULL, NULL, NULL, 0, NULL, 0 }")
    return "\n".join(out + ["const struct asset_data asset_table[] = {"] + rows + ["};", f"const size_t asset_n = {len(rows) - 1};", ""])
