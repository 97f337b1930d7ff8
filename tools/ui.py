#!/usr/bin/env python3
"""Compiles the interface: views, templates and assets, into C.

ui.py --views DIR… --templates DIR… --assets DIR… --po vi.po en.po --out DIR [--depfile FILE]

writes web_views.h, web_views.c, web_assets.c and, with --guides, web_guides.c into DIR. What is wrong in a source is said as file:line and fails the build: an unknown
field, message, format or asset, a value where it cannot be escaped, inline script or style. The formats are described in ui_view.py,
ui_template.py, ui_asset.py and ui_guide.py. Only Python's standard library is used, and cmark-gfm for guides.
"""
import argparse
import glob
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import po
import ui_asset
import ui_guide
import ui_template
import ui_view
from ui_view import Bad


def read_messages(paths):
    out = []
    for path in paths:
        entries, errors = po.read_po(path)
        if errors:
            raise Bad(path, errors[0])
        out.append({k: v[0] for k, v in entries.items()})
    return out


def read_views(dirs):
    views = {}
    for d in dirs:
        for path in sorted(glob.glob(os.path.join(d, "*.view"))):
            name = os.path.splitext(os.path.basename(path))[0]
            if name not in views:
                views[name] = ui_view.parse_view(path, name)
    ui_view.resolve(views)
    return views


def reply(view, has_html):
    n = view.name
    json_part = ["json_out j;", "web_reply_json_start(w, &j);", f"view_{n}_json(&j, v);", "web_reply_json_end(w, &j);"]
    out = [f"void reply_{n}(struct web_cx *w, const struct view_{n} *v)", "{"]
    if view.csv:
        out += ["\tif (w->face == FACE_CSV) {", f"\t\tview_{n}_csv(&w->out, v);", f'\t\tweb_reply_csv(w, "{n}");', "\t\treturn;", "\t}"]
    if has_html:
        out += ["\tif (w->face == FACE_JSON) {"] + ["\t\t" + x for x in json_part] + ["\t\treturn;", "\t}"]
        return out + [f"\tview_{n}_html(w, &w->out, v);", "\tweb_reply_html(w);", "}", ""]
    return out + ["\t" + x for x in json_part] + ["}", ""]


def views_c(views, compiler):
    out = ["/* Made by tools/ui.py from ui/views and ui/templates. */", '#include "web_views.h"', ""]
    out += ui_view.json_code(views) + [""]
    infos = []
    for view in views.values():
        if not view.root:
            continue
        has_html = compiler.has_template(view.name)
        if has_html:
            out += compiler.compile(view)
        else:
            out += [f"void view_{view.name}_html(struct web_cx *w, buf *b, const struct view_{view.name} *v)", "{",
                    "\t(void)w;", "\t(void)b;", "\t(void)v;", "}", ""]
        out += reply(view, has_html)
        infos.append(f'\t{{ "{view.name}", {str(has_html).lower()}, {str(bool(view.csv)).lower()} }},')
    links = [f"\t{ui_template.c_string(link)}," for link in sorted(compiler.links)]
    text = ui_view.schemas(views)
    pieces = [ui_template.c_string(text[i:i + 1000]) for i in range(0, len(text), 1000)]
    out += ["const struct view_info view_infos[] = {"] + infos + ["\t{ NULL, false, false }", "};", f"const size_t view_n_infos = {len(infos)};", "",
            "const char *const view_links[] = {"] + links + ["\tNULL", "};", f"const size_t view_n_links = {len(links)};", "",
            "const char *const view_schemas ="] + ["\t" + p for p in pieces[:-1]] + ["\t" + pieces[-1] + ";", ""]
    return "\n".join(out)


def write(path, text):
    """Leaves an unchanged file alone, so that nothing is compiled anew."""
    try:
        with open(path, encoding="utf-8") as f:
            if f.read() == text:
                return
    except FileNotFoundError:
        pass
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--views", nargs="+", required=True)
    ap.add_argument("--templates", nargs="+", required=True)
    ap.add_argument("--assets", nargs="+", required=True)
    ap.add_argument("--po", nargs=2, required=True)
    ap.add_argument("--guides", help="docs/guide; its pictures are one of the folders of --assets")
    ap.add_argument("--out", required=True)
    ap.add_argument("--depfile")
    args = ap.parse_args()
    try:
        assets = ui_asset.Assets(args.assets)
        views = read_views(args.views)
        compiler = ui_template.Compiler(views, args.templates, read_messages(args.po), assets.urls())
        files = {"web_views.c": views_c(views, compiler), "web_views.h": ui_view.header(views), "web_assets.c": ui_asset.c_file(assets)}
        if args.guides:
            files["web_guides.c"] = ui_guide.c_file(args.guides, assets.urls())
    except Bad as e:
        print(e, file=sys.stderr)
        return 1
    except UnicodeDecodeError as e:
        print(f"a source is not UTF-8: {e}", file=sys.stderr)
        return 1
    for name, text in files.items():
        write(os.path.join(args.out, name), text)
    if args.depfile:
        read = sorted(compiler.read | assets.read | {v.path for v in views.values()} | set(args.po))
        with open(args.depfile, "w", encoding="utf-8") as f:
            f.write("web_views.c web_views.h web_assets.c: " + " ".join(p.replace(" ", "\\ ") for p in read) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
