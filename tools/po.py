#!/usr/bin/env python3
"""Compiles the message catalogues into one C file: po.py po/vi.po po/en.po -o po_catalogue.c   (without -o: only checks)

The first catalogue is Vietnamese, the second English. The build fails when a key is missing in one of them or stands twice, when a text is
empty, marked fuzzy or not NFC, or when the places for values ({value}, {1} ... {5}) differ between the languages.
"""
import argparse
import re
import sys
import unicodedata

KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+\Z")
PLACE = re.compile(r"\{([A-Za-z0-9_]+)\}")
PLACES = {"value", "1", "2", "3", "4", "5"}
ESCAPES = {"n": "\n", "t": "\t", '"': '"', "\\": "\\"}


class Bad(Exception):
    pass


def unquote(text, where):
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        raise Bad(f"{where}: a text in double quotes is expected")
    out, i, body = [], 0, text[1:-1]
    while i < len(body):
        ch = body[i]
        if ch == '"':
            raise Bad(f"{where}: a quote inside a text is written \\\"")
        if ch == "\\":
            i += 1
            if i >= len(body) or body[i] not in ESCAPES:
                raise Bad(f"{where}: only \\n, \\t, \\\" and \\\\ are known")
            ch = ESCAPES[body[i]]
        out.append(ch)
        i += 1
    return "".join(out)


def read_po(path):
    """{key: (text, line)} of one catalogue, without its header entry."""
    entries, errors = {}, []
    key = text = state = None
    key_line, fuzzy = 0, False

    def finish():
        nonlocal key, text, fuzzy
        if key is None:
            return
        where = f"{path}:{key_line}"
        if text is None:
            errors.append(f"{where}: msgid without msgstr: {key}")
        elif key:
            if not KEY.match(key):
                errors.append(f"{where}: not a message key (words of a-z, 0-9 and _, joined by dots): {key}")
            if key in entries:
                errors.append(f"{where}: {key} stands in line {entries[key][1]} already")
            if not text:
                errors.append(f"{where}: {key} has no text")
            if fuzzy:
                errors.append(f"{where}: {key} is marked fuzzy")
            if unicodedata.normalize("NFC", text) != text:
                errors.append(f"{where}: {key} is not in NFC")
            for place in PLACE.findall(text):
                if place not in PLACES:
                    errors.append(f"{where}: {key}: {{{place}}} is not one of {{value}}, {{1}} ... {{5}}")
            entries[key] = (text, key_line)
        key, text, fuzzy = None, None, False

    pending_fuzzy = False
    with open(path, encoding="utf-8") as f:
        for number, line in enumerate(f, 1):
            line, where = line.strip(), f"{path}:{number}"
            try:
                if line.startswith("#,") and "fuzzy" in line:
                    pending_fuzzy = True
                elif not line or line.startswith("#"):
                    continue
                elif line.startswith("msgid "):
                    finish()
                    key, key_line, state = unquote(line[6:].strip(), where), number, "id"
                    fuzzy, pending_fuzzy = pending_fuzzy, False
                elif line.startswith("msgstr "):
                    if key is None or text is not None:
                        raise Bad(f"{where}: msgstr without msgid")
                    text, state = unquote(line[7:].strip(), where), "str"
                elif line.startswith('"') and state == "id":
                    key += unquote(line, where)
                elif line.startswith('"') and state == "str":
                    text += unquote(line, where)
                else:
                    raise Bad(f"{where}: not understood (plural forms and contexts are not used here)")
            except Bad as e:
                errors.append(str(e))
    finish()
    return entries, errors


def compare(paths, catalogues):
    errors = []
    for (path, mine), (other_path, other) in [(a, b) for a in zip(paths, catalogues) for b in zip(paths, catalogues) if a[0] != b[0]]:
        for key, (text, line) in mine.items():
            if key not in other:
                errors.append(f"{path}:{line}: {key} is missing in {other_path}")
            elif path == paths[0]:
                a, b = set(PLACE.findall(text)), set(PLACE.findall(other[key][0]))
                if a != b:
                    names = ", ".join("{" + x + "}" for x in sorted(a ^ b))
                    errors.append(f"{path}:{line}: {key}: {names} is only in one of the languages")
    return errors


def c_string(text):
    out = []
    for ch in text:
        if ch in '"\\':
            out.append("\\" + ch)
        elif ch == "\n":
            out.append("\\n")
        elif ch == "\t":
            out.append("\\t")
        elif ch == "?":
            out.append("\\?")
        else:
            out.append(ch)
    return '"' + "".join(out) + '"'


def c_file(vi, en):
    rows = "".join(f"\t{{ {c_string(k)}, {{ {c_string(vi[k][0])}, {c_string(en[k][0])} }} }},\n"
                   for k in sorted(vi, key=lambda k: k.encode()))
    return ("/* Made by tools/po.py from po/vi.po and po/en.po. */\n#include \"base/po.h\"\n\n"
            "const struct po_entry po_entries[] = {\n" + rows + "};\n"
            "const size_t po_n_entries = sizeof po_entries / sizeof *po_entries;\n")


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("vi")
    ap.add_argument("en")
    ap.add_argument("-o", metavar="FILE")
    args = ap.parse_args()
    paths, catalogues, errors = [args.vi, args.en], [], []
    for path in paths:
        try:
            entries, bad = read_po(path)
        except (OSError, UnicodeDecodeError) as e:
            entries, bad = {}, [f"{path}: {e}"]
        catalogues.append(entries)
        errors += bad
    errors += compare(paths, catalogues)
    if not errors and not catalogues[0]:
        errors.append(f"{args.vi}: no message")
    if errors:
        print("\n".join(errors), file=sys.stderr)
        return 1
    if args.o:
        with open(args.o, "w", encoding="utf-8") as f:
            f.write(c_file(*catalogues))
    return 0


if __name__ == "__main__":
    sys.exit(main())
