#!/usr/bin/env python3
"""Formats C files in place with clang-format, but keeps the author's line breaks: fmt.py [--check] FILE...

clang-format would put tables of initialisers one a line, break up short functions and align every comment. A change that only moves line
breaks, or the space before a comment behind code, is dropped; indentation, spaces and braces are changed.
"""
import argparse
import difflib
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

BODY_ON_LINE = re.compile(r"\t*(}?\s*else\s+(?!if\b)[^{\s].*;|(}\s*else\s+)?(if|while|switch)\s*\(.*\)\s*[^;{}&|()]+(\(.*\))?;|for\s*\(.*;.*;.*\)\s*[^;{}]+;|do\s+[^{].*;)"
                          r"(\s*/\*.*)?$")
AND_NAME, CAST_MINUS = re.compile(r"&&(\w)"), re.compile(r"\) - \(")
MAX_COLUMNS = 160  # new line breaks are made at 132 (.clang-format); longer lines of the author may stay up to here
INDENT = re.compile(r"[ \t]*")


def flat(lines):
    """The text without its line breaks and without the width of spaces."""
    return " ".join(" ".join(re.sub(r"\s*\\$", "", line) for line in lines).split())


def tight(text):
    return re.sub(r"\s+", "", text)


def kept(old, new):
    """True when the author's lines stay as they are."""
    if any(BODY_ON_LINE.match(line) or len(line.expandtabs(8)) > MAX_COLUMNS for line in old):
        return False
    # Two readings of clang-format that are wrong in C: `a &&b` as a reference, `(type)-(other)n` as a difference.
    if len(old) == len(new) and old == [CAST_MINUS.sub(r")-(", AND_NAME.sub(r"&& \1", line)) for line in new]:
        return True
    if not new or tight(flat(old)) != tight(flat(new)):
        return False
    indents = [INDENT.match(line)[0] for line in new]
    if len(old) == len(new) and all(tight(a) == tight(b) for a, b in zip(old, new)):
        # The same breaks: only the space before comments, or inside the line, may be the author's.
        return all(flat([a]) == flat([b]) and INDENT.match(a)[0] == i for a, b, i in zip(old, new, indents))
    indents.append(min(indents, key=len) + "\t")
    return all(INDENT.match(line)[0] in indents for line in old)


def formatted(text, name):
    """The text as it should be."""
    p = subprocess.run([shutil.which("clang-format") or "clang-format", f"--assume-filename={name}"], input=text, capture_output=True,
                       text=True, encoding="utf-8", check=True)
    old, new, out = text.split("\n"), p.stdout.split("\n"), []
    for tag, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        out += old[a:b] if tag == "equal" or kept(old[a:b], new[c:d]) else new[c:d]
    return "\n".join(out)


def changes(path, text=None):
    """(text as it is, text as it should be, numbers of the lines that differ)"""
    if text is None:
        with open(path, encoding="utf-8") as f:
            text = f.read()
    want = formatted(text, path)
    lines = []
    if want != text:
        for tag, a, b, _, _ in difflib.SequenceMatcher(None, text.split("\n"), want.split("\n"), autojunk=False).get_opcodes():
            if tag != "equal":
                lines += range(a + 1, max(b, a + 1) + 1)
    return text, want, lines


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--check", action="store_true", help="change nothing, exit 1 when something would change")
    ap.add_argument("files", nargs="+")
    args = ap.parse_args()
    found = 0
    with ThreadPoolExecutor() as pool:
        for path, (text, want, lines) in zip(args.files, pool.map(changes, args.files)):
            if not lines:
                continue
            found = 1
            if args.check:
                print("\n".join(f"{path}:{n}: not as ./dev fmt would write it" for n in lines))
            else:
                print(path)
                with open(path, "w", encoding="utf-8") as f:
                    f.write(want)
    return found if args.check else 0


if __name__ == "__main__":
    sys.exit(main())
