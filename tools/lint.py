#!/usr/bin/env python3
"""Checks the rules of the house over the source tree; prints file:line: message, exits 1 when something is wrong.

    tools/lint.py [--tap] [--root DIR]      --tap: one test a rule, for tests/run.py

What is checked is the list RULES at the end; each rule is a function that yields (file, line, message).
"""
import argparse
import os
import re
import shutil
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor

# Room: the rooms it may use. The same table stands in src/meson.build.
MAY_USE = {
    "base": set(),
    "engine": {"base"},
    "format": {"base"},
    "net": {"base"},
    "db": {"base"},
    "app": {"base", "engine", "format", "net", "db"},
    "web": {"base", "app"},
    "cli": {"base", "engine", "format", "app", "web"},
}
# cli starts the web server, and only there.
CLI_WEB_FILES = re.compile(r"cmd_serve(_\w+)?\.[ch]\Z")
# Files of these rooms without a header of their own are parts of what this header (or any of the room) describes.
PARTS_OF = {"cli": "cli/", "db": "db/driver.h", "web": "web/inner.h"}
# Headers made while building (src/meson.build): the rooms that may use them.
GENERATED = {"web_views.h": {"web"}}
# Libraries: header: (the rooms that may use it, its Debian package). A new one is entered here, in packaging/apt/ and THIRD_PARTY.md.
LIBRARIES = {
    "utf8proc.h": ({"base"}, "libutf8proc-dev"),
    "jansson.h": ({"base"}, "libjansson-dev"),
    "sqlite3.h": ({"db"}, "libsqlite3-dev"),
    "libpq-fe.h": ({"db"}, "libpq-dev"),
    "microhttpd.h": ({"web"}, "libmicrohttpd-dev"),
    "zip.h": ({"format"}, "libzip-dev"),
    "expat.h": ({"format"}, "libexpat1-dev"),
    "xlsxwriter.h": ({"format"}, "libxlsxwriter-dev"),
    "qrencode.h": ({"format"}, "libqrencode-dev"),
    "cairo-pdf.h": ({"format"}, "libpango1.0-dev"),
    "pango/pangocairo.h": ({"format"}, "libpango1.0-dev"),
    "zlib.h": ({"base", "format", "web"}, "zlib1g-dev"),
    "sodium.h": ({"base", "format", "net", "db", "app", "web"}, "libsodium-dev"),
    "ini.h": ({"base"}, "libinih-dev"),
    "curl/curl.h": ({"net"}, "libcurl4-openssl-dev"),
    "openssl/cms.h": ({"format"}, "libssl-dev"),
    "openssl/x509.h": ({"format"}, "libssl-dev"),
    "openssl/core_names.h": ({"net"}, "libssl-dev"),
    "openssl/ecdsa.h": ({"net"}, "libssl-dev"),
    "openssl/evp.h": ({"format", "net"}, "libssl-dev"),
    "openssl/param_build.h": ({"net"}, "libssl-dev"),
    "liboath/oath.h": ({"app"}, "liboath-dev"),
}
# Headers of the C library.
LIBC = set("""assert complex ctype dirent dlfcn endian errno fcntl fenv fnmatch ftw getopt glob grp iconv inttypes langinfo libgen limits locale malloc math
netdb poll pthread pwd regex sched semaphore setjmp signal spawn stdalign stdarg stdatomic stdbool stddef stdint stdio stdio_ext stdlib stdnoreturn
string strings syslog termios threads time uchar unistd utime wchar wctype argp""".split())
LIBC_FOLDERS = ("sys/", "netinet/", "arpa/", "net/", "linux/")
# Pure rooms know no files, clock, environment, locale or hidden state.
PURE_ROOMS = {"engine"}
IMPURE = re.compile(r"(?<![\w.>])(fopen|fdopen|freopen|tmpfile|popen|system|getenv|setenv|time|clock|clock_gettime|gettimeofday|localtime"
                    r"|localtime_r|setlocale|rand|random|srand|srandom|drand48|getrandom|printf|puts|putchar|perror)\s*\(")
# Never, anywhere in src.
BANNED = re.compile(r"(?<![\w.>])(gets|strcpy|strcat|sprintf|vsprintf|strtok|atoi|atol|atof|alloca|tmpnam|mktemp|scanf|sscanf|asctime|ctime)\s*\(")
SQL = re.compile(r"\s*(SELECT|INSERT\s+INTO|UPDATE|DELETE\s+FROM|CREATE\s+(TABLE|INDEX|UNIQUE|VIEW))\b")
VAGUE_NAMES = {"util", "utils", "common", "misc", "helper", "helpers", "stuff"}

MAX_LINES, WARN_LINES, MAX_TEST_LINES, MAX_COLUMNS, TAB = 900, 700, 1500, 160, 8
# Text files whose form is checked; data and corpora may be ugly on purpose.
TEXT_ENDS = (".c", ".h", ".py", ".sh", ".build", ".md", ".po", ".sql", ".html", ".css", ".js", ".txt", ".test", ".yml")
TEXT_NAMES = {"dev", "run", "LICENSE", "meson_options.txt", ".clang-format", ".gitignore"}
UGLY = ("tests/fuzz/corpus/", "tests/data/", "tests/golden/", "build/")
# Places on somebody's machine have no business in the tree. (Written in pieces so that this file passes.)
PRIVATE = re.compile("|".join(["/" + "work/", "/" + "root/", "/" + "home/[a-z]", "sub" + "agent", "/" + r"tmp/bash_"]))
OPEN_POINT = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X)\b(?!\(#\d+\))")

MESSAGE_CALLS = re.compile(r"\b(cx_fault|cx_fail|po_text)\s*\(")
MESSAGE_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)+\Z")
FILE_ENDS = re.compile(r"\.(csv|tsv|json|xlsx|docx|pdf|html|css|js|txt|md|sql|db|po|feel|svg|png|xml|zip|ini|c|h)\Z")


class Source:
    """A C file: its lines, its code with comments and literals blanked out, its string literals."""

    def __init__(self, tree, path):
        self.path, self.text = path, tree.read(path)
        self.lines = self.text.split("\n")
        self.code, self.strings = blank(self.text)  # strings: (offset, value without quotes)

    def line_of(self, offset):
        return self.text.count("\n", 0, offset) + 1

    @property
    def room(self):
        parts = self.path.split("/")
        return parts[1] if len(parts) > 2 and parts[0] == "src" else None

    def includes(self):
        """(line, name, in angle brackets)"""
        for number, line in enumerate(self.lines, 1):
            m = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
            if m:
                yield number, m[2], m[1] == "<"


C_TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


def blank(text):
    strings = []

    def put(m):
        token = m[0]
        if token[0] == '"':
            strings.append((m.start(), token[1:-1]))
            return '"' + " " * (len(token) - 2) + '"'
        return re.sub(r"[^\n]", " ", token)

    return C_TOKEN.sub(put, text), strings


class Tree:
    def __init__(self, root):
        self.root, self.texts = root, {}
        self.files = sorted(self.list_files())
        self.sources = [Source(self, f) for f in self.files if f.endswith((".c", ".h")) and f.split("/")[0] in ("src", "tests", "bench", "tools")
                        and not f.startswith(UGLY)]
        self.house = [s for s in self.sources if s.path.startswith("src/")]

    def list_files(self):
        try:
            out = subprocess.run(["git", "-c", "safe.directory=*", "ls-files", "-co", "--exclude-standard", "-z"], cwd=self.root,
                                 capture_output=True, check=True).stdout
            found = [f for f in out.decode().split("\0") if f]
        except (OSError, subprocess.CalledProcessError):
            found = []
            for at, folders, names in os.walk(self.root):
                folders[:] = [d for d in folders if d not in (".git", "build", "__pycache__", "node_modules")]
                found += [os.path.relpath(os.path.join(at, n), self.root) for n in names]
        return [f for f in found if os.path.isfile(os.path.join(self.root, f))]

    def read(self, path):
        if path not in self.texts:
            with open(os.path.join(self.root, path), "rb") as f:
                self.texts[path] = f.read().decode("utf-8", "surrogateescape")
        return self.texts[path]

    def text_files(self):
        for f in self.files:
            if f.startswith(UGLY) or "/node_modules/" in f:
                continue
            if f.endswith(TEXT_ENDS) or os.path.basename(f) in TEXT_NAMES:
                yield f


def may_use(tree):
    """rooms include only what the table allows"""
    for s in tree.house:
        if s.room is None:
            continue
        if s.room not in MAY_USE:
            yield s.path, 1, f"there is no room {s.room}"
            continue
        for line, name, angle in s.includes():
            if angle:
                owners = LIBRARIES.get(name, (None,))[0]
                if owners and s.room not in owners:
                    yield s.path, line, f"<{name}> belongs to {', '.join(sorted(owners))}"
                continue
            room, _, rest = name.partition("/")
            if s.room in GENERATED.get(name, ()):
                continue
            if not rest or room not in MAY_USE:
                yield s.path, line, f'"{name}": write "room/name.h"'
            elif room != s.room and room not in MAY_USE[s.room]:
                yield s.path, line, f"{s.room} may not use {room}"
            elif s.room == "cli" and room == "web" and not CLI_WEB_FILES.search(s.path):
                yield s.path, line, "in cli only the serve command may use web"
            elif not os.path.exists(os.path.join(tree.root, "src", name)):
                yield s.path, line, f"src/{name} does not exist"


def libraries(tree):
    """libraries are known, with their packages"""
    listed = set()
    for purpose in ("build", "test"):
        if f"packaging/apt/{purpose}.txt" in tree.files:
            listed |= set(re.sub(r"#.*", "", tree.read(f"packaging/apt/{purpose}.txt")).split())
    for s in tree.house:
        for line, name, angle in s.includes():
            if not angle or name.removesuffix(".h") in LIBC or name.startswith(LIBC_FOLDERS) or name.endswith("intrin.h"):
                continue
            if name not in LIBRARIES:
                yield s.path, line, f"<{name}>: a new library is entered in tools/lint.py, packaging/apt/build.txt and THIRD_PARTY.md"
            elif LIBRARIES[name][1] not in listed:
                yield s.path, line, f"<{name}>: {LIBRARIES[name][1]} is not in packaging/apt/build.txt"


def pure(tree):
    """the engine has no files, clock, environment or hidden state"""
    for s in tree.house:
        if s.room in PURE_ROOMS:
            for m in IMPURE.finditer(s.code):
                yield s.path, s.line_of(m.start()), f"{m[1]}() is not for {s.room}: pure arithmetic, what it needs is passed in"


def banned(tree):
    """functions that nobody uses"""
    for s in tree.house:
        for m in BANNED.finditer(s.code):
            yield s.path, s.line_of(m.start()), f"{m[1]}() is unsafe: take snprintf, buf or arena_printf"


def sql(tree):
    """SQL stands only in db"""
    for s in tree.house:
        if s.room != "db":
            for offset, value in s.strings:
                if SQL.match(value):
                    yield s.path, s.line_of(offset), "SQL outside db"


def sizes(tree):
    """files and lines are not too long"""
    for s in tree.sources:
        n, most = len(s.lines) - 1, MAX_TEST_LINES if s.path.startswith("tests/") else MAX_LINES
        if n > most:
            yield s.path, n, f"{n} lines, more than {most}: split it by topic (noun_topic.c)"
        for number, line in enumerate(s.lines, 1):
            width = len(line.expandtabs(TAB))
            if width > MAX_COLUMNS:
                yield s.path, number, f"{width} columns, more than {MAX_COLUMNS}"


def names(tree):
    """names of files say what is in them"""
    have = {s.path for s in tree.house}
    for s in tree.sources:
        stem = os.path.basename(s.path).rsplit(".", 1)[0]
        if VAGUE_NAMES & set(stem.split("_")):
            yield s.path, 1, "util, common, misc and the like are no names: which noun is it?"
        if not re.fullmatch(r"[a-z][a-z0-9_]*", stem):
            yield s.path, 1, "file names are lower case: noun.c or noun_topic.c"
    for s in tree.house:
        if not s.path.endswith(".c") or s.path == "src/cli/main.c":
            continue
        folder, stem = os.path.split(s.path[:-2])
        words = stem.split("_")
        whole = PARTS_OF.get(s.room)
        if any(f"{folder}/{'_'.join(words[:n])}.h" in have for n in range(1, len(words) + 1)):
            continue
        if not whole or not any(name.startswith(whole) for _, name, _ in s.includes()):
            yield s.path, 1, f"needs {folder}/{stem}.h, or to be named noun_topic.c beside {folder}/noun.h" + (
                f", or to be a part of {whole}" if whole else "")


def headers(tree):
    """headers have a guard and begin with their manual"""
    for s in tree.house:
        if not s.path.endswith(".h") or s.room is None:
            continue
        guard = "_".join(s.path[4:-2].split("/")).upper() + "_H"
        if not re.search(rf"^#ifndef {guard}\n#define {guard}$", s.text, re.M) or not s.text.rstrip().endswith("#endif"):
            yield s.path, 1, f"include guard {guard} around it all"
        if not s.text.startswith("/* "):
            yield s.path, 1, "begins with a comment that says what it is for"


def open_points(tree):
    """open points have an issue number, (#12)"""
    for f in tree.text_files():
        for number, line in enumerate(tree.read(f).split("\n"), 1):
            m = OPEN_POINT.search(line)
            if m:
                yield f, number, f"{m[1]} without an issue number: {m[1]}(#12)"


def form(tree):
    """text is UTF-8 in NFC, without trailing white space or mixed indentation"""
    for f in tree.text_files():
        text = tree.read(f)
        if text and not text.endswith("\n"):
            yield f, text.count("\n") + 1, "no line end at the end of the file"
        if text.endswith("\n\n"):
            yield f, text.count("\n"), "empty lines at the end of the file"
        for number, line in enumerate(text.split("\n"), 1):
            if re.search("[\ud800-\udfff]", line):
                yield f, number, "not UTF-8"
            elif not line.isascii() and unicodedata.normalize("NFC", line) != line:
                yield f, number, "not in NFC (in C write the code points as escapes)"
            if line.endswith("\r"):
                yield f, number, "CRLF line end"
            elif line.rstrip(" \t") != line and not f.endswith(".test"):
                yield f, number, "trailing white space"
            if re.match(r" +\t", line):
                yield f, number, "spaces before a tab"
            if f.endswith((".c", ".h")) and re.match(r" (?! ?\*)", line):
                yield f, number, "indented with spaces; C is indented with tabs"


def private(tree):
    """no place of somebody's machine"""
    for f in tree.text_files():
        for number, line in enumerate(tree.read(f).split("\n"), 1):
            m = PRIVATE.search(line)
            if m:
                yield f, number, f"names a place that exists on one machine only: {m[0]}"


def messages(tree):
    """catalogues are whole, and each message key in the source stands in them"""
    import po
    paths = ["po/vi.po", "po/en.po"]
    if any(p not in tree.files for p in paths):
        if any(s.path == "src/base/po.h" for s in tree.house):
            yield paths[0], 1, "po/vi.po and po/en.po are needed"
        return
    catalogues = []
    for p in paths:
        entries, errors = po.read_po(os.path.join(tree.root, p))
        catalogues.append(entries)
        for e in errors:
            file, line, text = e.split(":", 2)
            yield p, int(line), text.strip()
    for e in po.compare(paths, catalogues):
        file, line, text = e.split(":", 2)
        yield file, int(line), text.strip()
    known = catalogues[0].keys() | catalogues[1].keys()
    spaces = {k.split(".")[0] for k in known}
    # Permissions of routes look like keys: "noun.verb" with a noun of the roles.
    rights = "method/packs/role_rights.csv"
    nouns = {line.split(",")[1] for line in tree.read(rights).split("\n") if line.count(",") == 2} if rights in tree.files else set()
    for s in tree.house:
        in_calls = list(call_ranges(s))
        for offset, value in s.strings:
            if not MESSAGE_KEY.match(value) or value in known:
                continue
            called = any(a < offset < b for a, b in in_calls)
            if not called and s.room == "web" and value.split(".")[0] in nouns:
                continue
            # A literal elsewhere that looks like a key (passed on by a function of the file's own) is held to the same.
            if called or (value.split(".")[0] in spaces and not FILE_ENDS.search(value)):
                yield s.path, s.line_of(offset), f"message {value} is not in the catalogues"


def rights(tree):
    """permissions that the source asks for stand in the table of app/right.c"""
    table = next((s for s in tree.house if s.path == "src/app/right.c"), None)
    if table is None:
        return
    known = {(noun, verb) for noun, verbs in re.findall(r'\{ "([a-z]+)", "([a-z ]+)" \}', table.text) for verb in verbs.split()}
    for s in tree.house:
        for m in re.finditer(r'\b(?:actor_may(?:_at)?|work_may|actor_can)\([^;"]*"([a-z]+)"\)?, (?:STR\()?"([a-z]+)"', s.text):
            if (m[1], m[2]) not in known:
                yield s.path, s.text.count("\n", 0, m.start()) + 1, f"{m[1]}.{m[2]} is not in the table of src/app/right.c"


def call_ranges(s):
    """Where the arguments of message calls stand."""
    for m in MESSAGE_CALLS.finditer(s.code):
        depth, i = 1, m.end()
        while i < len(s.code) and depth:
            depth += {"(": 1, ")": -1}.get(s.code[i], 0)
            i += 1
        yield m.end(), i


def scripts(tree):
    """scripts can be read by their interpreters"""
    for f in tree.files:
        path = os.path.join(tree.root, f)
        if f.startswith(UGLY):
            continue
        if f.endswith(".py"):
            try:
                compile(tree.read(f), f, "exec")
            except (SyntaxError, ValueError) as e:
                yield f, getattr(e, "lineno", 1) or 1, f"{e}"
        elif tree.read(f).startswith("#!/bin/sh"):
            p = subprocess.run(["sh", "-n", path], capture_output=True, text=True)
            if p.returncode:
                yield f, 1, p.stderr.strip()
            if not os.access(path, os.X_OK):
                yield f, 1, "is a script: chmod +x"


def corpora(tree):
    """each fuzz target has a corpus"""
    for s in tree.sources:
        m = re.fullmatch(r"tests/fuzz/fuzz_(\w+)\.c", s.path)
        if m and not any(f.startswith(f"tests/fuzz/corpus/{m[1]}/") for f in tree.files):
            yield s.path, 1, f"needs inputs in tests/fuzz/corpus/{m[1]}/"


def formatted(tree):
    """C is formatted (./dev fmt)"""
    if not shutil.which("clang-format") or not os.path.exists(os.path.join(tree.root, ".clang-format")):
        return
    import fmt
    with ThreadPoolExecutor() as pool:
        for s, (_, _, lines) in zip(tree.sources, pool.map(lambda s: fmt.changes(os.path.join(tree.root, s.path), s.text), tree.sources)):
            if lines:
                yield s.path, lines[0], f"{len(lines)} lines not as ./dev fmt writes them: " + ", ".join(map(str, lines[:12]))


RULES = [may_use, libraries, pure, banned, sql, sizes, names, headers, open_points, form, private, messages, rights, scripts, corpora, formatted]


def warnings(tree):
    for s in tree.house:
        n = len(s.lines) - 1
        if WARN_LINES < n <= MAX_LINES:
            yield s.path, n, f"{n} lines; beyond {MAX_LINES} it must be split"


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--tap", action="store_true")
    ap.add_argument("--root", default=os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    args = ap.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    tree = Tree(args.root)
    total = 0
    if args.tap:
        print(f"1..{len(RULES)}")
    for number, rule in enumerate(RULES, 1):
        found = sorted(set(rule(tree)))
        total += len(found)
        if args.tap:
            print(f"{'not ok' if found else 'ok'} {number} - {rule.__doc__}")
        for file, line, text in found:
            print(f"{'# ' if args.tap else ''}{file}:{line}: {text}")
    for file, line, text in warnings(tree):
        print(f"{'# ' if args.tap else ''}{file}:{line}: warning: {text}")
    if not args.tap and not total:
        print(f"lint: {len(RULES)} rules, {len(tree.sources)} C files: nothing to say")
    return 1 if total else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BrokenPipeError:
        sys.exit(1)
