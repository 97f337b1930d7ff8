"""The guides of docs/guide as pages: CommonMark with tables, made HTML by cmark-gfm. Both languages of a guide have one name: the Vietnamese
file's without its number. They belong together by that number, or by a first line <!-- vi: NAME --> in the English one. Links between guides
lead to their pages, links to what is not served become plain words, pictures become assets. Raw HTML is dropped."""
import glob
import os
import re
import struct
import subprocess
from html import escape, unescape

from ui_template import c_string
from ui_view import Bad

ROLES = {"vi": "vai-tro", "en": "roles"}
PAIR = re.compile(r"<!-- vi: ([a-z-]+) -->")
NUMBER = re.compile(r"(\d\d)-")
LINK = re.compile(r'<a href="([^"]*)">(.*?)</a>', re.S)
IMAGE = re.compile(r'<img src="([^"]*)" alt="([^"]*)" />')
TITLE = re.compile(r"\s*<h1>(.*?)</h1>\s*", re.S)
ADDRESS = "/huong-dan/tai-lieu/"


class Guide:
    def __init__(self, path, lang):
        self.path, self.lang = path, lang
        name = os.path.splitext(os.path.basename(path))[0]
        number = NUMBER.match(name)
        self.role, self.number = number is None, number.group(1) if number else ""
        with open(path, encoding="utf-8") as f:
            self.text = f.read()
        pair = PAIR.match(self.text)
        self.slug = pair.group(1) if pair else NUMBER.sub("", name, count=1)

    def convert(self, slugs, urls):
        p = subprocess.run(["cmark-gfm", "-e", "table"], input=self.text, capture_output=True, text=True)
        if p.returncode:
            raise Bad(f"{self.path}:1", f"cmark-gfm: {p.stderr.strip()}")
        html = re.sub(r"<!-- raw HTML omitted -->\s*", "", p.stdout)
        found = TITLE.match(html)
        if not found:
            raise Bad(f"{self.path}:1", "a guide begins with its title: # …")
        self.title = re.sub(r"^\d+\. ", "", unescape(re.sub(r"<[^>]+>", "", found.group(1))))
        html = html[found.end():]
        here = os.path.dirname(self.path)

        def link(m):
            to, words = m.groups()
            if to.startswith(("http:", "https:")):
                return m.group()
            other = os.path.normpath(os.path.join(here, to.split("#")[0]))
            if not os.path.exists(other):
                raise Bad(f"{self.path}:1", f"a link to {to}, which is not there")
            slug = slugs.get(other)
            return f'<a href="{"/en" if self.lang == "en" else ""}{ADDRESS}{slug}">{words}</a>' if slug else words

        def image(m):
            file = os.path.normpath(os.path.join(here, m.group(1)))
            url = urls.get("images/" + os.path.basename(file))
            if not url:
                raise Bad(f"{self.path}:1", f"a picture {m.group(1)}, which is not there")
            with open(file, "rb") as f:
                width, height = struct.unpack(">II", f.read(24)[16:])
            return f'<img src="{url}" alt="{m.group(2)}" width="{width}" height="{height}" loading="lazy">'

        html = IMAGE.sub(image, LINK.sub(link, html))
        html = self.name_tables(html)
        self.html = re.sub(r"<th>", '<th scope="col">', html)

    def name_tables(self, html):
        """Headings have an id; a table is named by the heading it stands below, or by the title."""
        number, parts = 0, []
        for part in re.split(r"(<h[23]>|<table>)", html):
            if part.startswith("<h"):
                number += 1
                part = f'{part[:-1]} id="p{number}">'
            elif part == "<table>":
                name = f'aria-labelledby="p{number}"' if number else f'aria-label="{escape(self.title)}"'
                part = f'<div class="tw" tabindex="0" role="group" {name}><table class="list">'
            parts.append(part)
        return "".join(parts).replace("</table>", "</table></div>")


def find(root):
    guides = []
    for lang, folder in ROLES.items():
        paths = sorted(glob.glob(os.path.join(root, lang, "*.md"))) + sorted(glob.glob(os.path.join(root, lang, folder, "*.md")))
        guides += [Guide(os.path.normpath(p), lang) for p in paths if os.path.basename(p) != "README.md"]
    numbers = {g.number: g.slug for g in guides if g.lang == "vi" and g.number}
    for g in guides:
        if g.lang == "en" and g.number:
            if g.number not in numbers:
                raise Bad(f"{g.path}:1", "there is no Vietnamese guide of this number")
            g.slug = numbers[g.number]
    return guides


def c_file(root, urls):
    guides = find(root)
    slugs = {g.path: g.slug for g in guides}
    for g in guides:
        g.convert(slugs, urls)
    english = {g.slug: g for g in guides if g.lang == "en"}
    rows = []
    for g in (g for g in guides if g.lang == "vi"):
        other = english.pop(g.slug, None)
        rows.append(f"\t{{ {c_string(g.slug)}, {str(g.role).lower()}, {{ {side(g)}, {side(other)} }} }},")
    for g in english.values():
        raise Bad(f"{g.path}:1", "no Vietnamese guide belongs to it: its first line says <!-- vi: NAME -->")
    return "\n".join(["/* Made by tools/ui.py from docs/guide. */", '#include "web/handbook.h"', "",
                      "const struct handbook handbook_table[] = {"] + rows + ["\t{ NULL, false, { { NULL, NULL }, { NULL, NULL } } }", "};",
                      f"const size_t handbook_n = {len(rows)};", ""])


def side(g):
    if g is None:
        return "{ NULL, NULL }"
    pieces = [c_string(g.html[i:i + 1000]) for i in range(0, len(g.html), 1000)]
    return f"{{ {c_string(g.title)}, {' '.join(pieces)} }}"
