#!/usr/bin/env python3
"""Compiles the migrations into one C file: embed_sql.py -o db_migrations.c sql/0001_core.sql sql/0002_....sql   (without -o: only checks)

Comments and superfluous spacing are dropped, so that correcting a comment does not change the hash by which a store tells that its
tables were made from other texts. The build fails when numbers are missing or doubled, or when a text holds what one of the two
databases does not understand.
"""
import argparse
import hashlib
import re
import sys

NAME = re.compile(r"(\d{4})_([a-z0-9_]+)\.sql\Z")
PIECE = re.compile(r"--[^\n]*|'(?:[^']|'')*'|\s+|[^'\s-]+|-")
TOKENS = {"id", "int", "real", "blob", "strict"}
# What a migration must not say, outside of quotes.
BANNED = re.compile(r"\b(AUTOINCREMENT|SERIAL|BOOLEAN|BOOL|JSONB?|NOW|TRIGGER|SEQUENCE|INTEGER|BIGINT|REAL|BLOB|BYTEA|DOUBLE)\b|::|/\*", re.I)


class Bad(Exception):
    pass


def squeeze(text, where):
    out = []
    for piece in PIECE.findall(text):
        if piece.startswith("--"):
            out.append(" ")
        elif piece.startswith("'"):
            out.append(piece)
        elif piece.isspace():
            out.append(" ")
        else:
            found = BANNED.search(re.sub(r"\{\w*\}", "", piece))
            if found:
                raise Bad(f"{where}: {found.group(0)} is not for both databases")
            for token in re.findall(r"\{(\w*)\}", piece):
                if token not in TOKENS:
                    raise Bad(f"{where}: unknown token {{{token}}}")
            out.append(piece)
    return re.sub(r"; ", ";\n", re.sub(r" +", " ", "".join(out)).strip())


def c_string(text):
    lines = text.split("\n")
    ends = ["\\n"] * (len(lines) - 1) + [""]
    return "\n".join('\t\t"' + line.replace("\\", "\\\\").replace('"', '\\"') + end + '"' for line, end in zip(lines, ends))


def main():
    args = argparse.ArgumentParser()
    args.add_argument("files", nargs="+")
    args.add_argument("-o", dest="output")
    opt = args.parse_args()
    rows = []
    try:
        for expected, path in enumerate(sorted(opt.files, key=lambda p: p.rsplit("/", 1)[-1]), 1):
            name = NAME.match(path.rsplit("/", 1)[-1])
            if not name or int(name.group(1)) != expected:
                raise Bad(f"{path}: {expected:04d}_*.sql is expected here")
            with open(path, encoding="utf-8") as f:
                text = squeeze(f.read(), path)
            digest = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
            rows.append(f'\t{{ {expected}, "{name.group(2)}", "{digest}",\n{c_string(text)} }},')
    except (Bad, OSError) as e:
        sys.exit(f"embed_sql: {e}")
    if opt.output:
        with open(opt.output, "w", encoding="utf-8") as f:
            f.write('/* Made by tools/embed_sql.py from sql/. */\n#include "db/driver.h"\n\nconst db_migration db_migrations[] = {\n')
            f.write("\n".join(rows) + "\n};\n\nconst size_t db_n_migrations = sizeof db_migrations / sizeof *db_migrations;\n")


main()
