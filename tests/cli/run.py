#!/usr/bin/env python3
"""Runs the cases of tests/cli/**/*.test against a thuocdo program and prints TAP. The format: tests/cli/README.md."""
import argparse
import difflib
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
GOLDEN = os.path.join(ROOT, "tests", "golden")
SANITIZER = re.compile(rb"ERROR: (Address|Leak|Thread|Memory)Sanitizer|WARNING: ThreadSanitizer|: runtime error: ")
STORE = re.compile(r"(?<=--db )[\w-]+\.db\b")  # a store that a command opens; a name like it elsewhere is a file
UNITS = {"K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
SMALLEST_RSS = 40 << 20


class Bad(Exception):
    pass


class Step:
    def __init__(self, line):
        self.line, self.command, self.code, self.timeout, self.maxrss = line, "", 0, 60, None
        self.stdin, self.out, self.out_empty, self.golden = [], [], False, None
        self.checks = []  # (stream, kind, text): stream "out" or "err", kind "has", "hasnot", "regex", "empty"


class Case:
    def __init__(self, name, file, line):
        self.name, self.file, self.line = name, file, line
        self.files, self.steps, self.skip, self.only = [], [], None, None
        self.stores = {}  # name of a store: its URL, when it is not the file of that name


def lines_text(lines):
    """Joins expectation lines; a last line `\\` takes away the final line end."""
    if lines and lines[-1] == "\\":
        return "\n".join(lines[:-1])
    return "".join(line + "\n" for line in lines)


def rest(line, n):
    """What stands behind a mark of n characters and one space."""
    return line[n + 1:] if line[n:n + 1] == " " else line[n:]


def stream_check(line, stream):
    if line[1:] == ".":
        return stream, "empty", ""
    if line[1:2] == "!":
        return stream, "hasnot", rest(line, 2)
    if line[1:2] == "/" and line.rstrip().endswith("/") and len(line.rstrip()) > 2:
        try:
            return stream, "regex", re.compile(line.rstrip()[2:-1], re.M)
        except re.error as e:
            raise Bad(f"bad regular expression: {e}")
    text = rest(line, 1)
    if not text:
        raise Bad("an empty text is contained in everything")
    return stream, "has", text


def size(text):
    m = re.fullmatch(r"(\d+)([KMG])", text)
    if not m:
        raise Bad("a size looks like 64M")
    n = int(m[1]) * UNITS[m[2]]
    if n < SMALLEST_RSS:
        raise Bad("maxrss below 40M cannot be measured")
    return n


def parse_line(case, stdin, line, number):
    step = case.steps[-1] if case.steps else None
    mark = line[0]
    if mark == "@":
        case.files.append((rest(line, 1).strip(), [], len(case.steps)))
    elif mark == "|":
        if not case.files:
            raise Bad("`|` without `@ file`")
        case.files[-1][1].append(rest(line, 1))
    elif mark == "<":
        stdin.append(rest(line, 1))
    elif mark == "$":
        case.steps.append(Step(number))
        case.steps[-1].command = rest(line, 1)
        case.steps[-1].stdin = stdin[:]
        stdin.clear()
    elif line.startswith("% only "):
        case.only = line[7:].strip()
        if case.only not in ("release", "sanitized"):
            raise Bad("only release, or only sanitized")
    elif line.startswith("% skip"):
        case.skip = line[6:].strip() or "skipped"
    elif step is None:
        raise Bad("a command (`$`) must come first")
    elif mark == "+":
        step.command += "\n" + rest(line, 1)
    elif line.startswith(">>"):
        step.golden = rest(line, 2).strip()
    elif line == ">.":
        step.checks.append(("out", "empty", ""))
    elif mark == ">":
        step.out.append(rest(line, 1))
    elif mark == "~":
        step.checks.append(stream_check(line, "out"))
    elif mark == "!":
        step.checks.append(stream_check(line, "err"))
    elif mark == "?":
        step.code = int(rest(line, 1))
    elif line.startswith("% maxrss "):
        step.maxrss = size(line[9:].strip())
    elif line.startswith("% timeout "):
        step.timeout = float(line[10:])
    else:
        raise Bad(f"not understood: {line}")


def parse(path):
    """The cases of a file. A mistake in it is a Bad with file and line."""
    cases, stdin, shown = [], [], os.path.relpath(path, HERE)
    with open(path, encoding="utf-8", newline="\n") as f:
        for number, line in enumerate(f, 1):
            line = line.rstrip("\n")
            try:
                if line.startswith("==="):
                    name = line[3:].strip()
                    if not name or any(c.name == name for c in cases):
                        raise Bad("a case needs a name of its own")
                    cases.append(Case(name, shown, number))
                elif not line or line.startswith("#") or not cases:
                    continue
                else:
                    parse_line(cases[-1], stdin, line, number)
            except (Bad, ValueError) as e:
                raise Bad(f"tests/cli/{shown}:{number}: {e}")
    for case in cases:
        if not case.steps and not case.skip:
            raise Bad(f"tests/cli/{shown}:{case.line}: a case without a command")
    return cases


def execute(step, folder, env):
    """Exit code (-1: timed out), stdout, stderr, peak resident memory in bytes."""
    paths = [os.path.join(folder, ".." , os.path.basename(folder) + end) for end in (".in", ".out", ".err")]
    with open(paths[0], "wb") as f:
        f.write(lines_text(step.stdin).encode())
    with open(paths[0], "rb") as i, open(paths[1], "wb") as o, open(paths[2], "wb") as e:
        p = subprocess.Popen(["sh", "-c", step.command], cwd=folder, env=env, stdin=i, stdout=o, stderr=e, start_new_session=True)
    late = []

    def kill():
        late.append(True)
        os.killpg(p.pid, signal.SIGKILL)

    timer = threading.Timer(step.timeout, kill)
    timer.start()
    _, status, usage = os.wait4(p.pid, 0)
    timer.cancel()
    p.returncode = os.waitstatus_to_exitcode(status)
    try:
        os.killpg(p.pid, signal.SIGKILL)  # what it left running in the background
    except ProcessLookupError:
        pass
    with open(paths[1], "rb") as o, open(paths[2], "rb") as e:
        return -1 if late else p.returncode, o.read(), e.read(), usage.ru_maxrss * 1024


def diff(want, got, name):
    lines = list(difflib.unified_diff(want.splitlines(), got.splitlines(), f"{name} expected", f"{name} printed", lineterm="", n=2))
    if not lines:
        lines = ["only the final line end differs"]
    return "\n".join(lines[:60] + (["..."] if len(lines) > 60 else []))


def check(step, result, sanitized, stores):
    """What is wrong with the result of a step, as a list of texts."""
    code, raw_out, raw_err, rss = result
    wrong = []
    streams = {}
    for name, raw in (("out", raw_out), ("err", raw_err)):
        streams[name] = raw.decode("utf-8", "backslashreplace").replace(ROOT, "$SRC")
        for store, url in stores.items():
            streams[name] = streams[name].replace(url, store)
    if code == -1:
        wrong.append(f"stopped after {step.timeout:g} s")
    elif code != step.code:
        wrong.append(f"exit code {code}, expected {step.code}")
    if SANITIZER.search(raw_err) or SANITIZER.search(raw_out):
        wrong.append("a sanitizer reported")
    if step.out and streams["out"] != lines_text(step.out):
        wrong.append(diff(lines_text(step.out), streams["out"], "stdout"))
    if step.golden:
        wrong += check_golden(step.golden, raw_out.replace(ROOT.encode(), b"$SRC"))
    for stream, kind, text in step.checks:
        got = streams[stream]
        if kind == "empty" and got:
            wrong.append(f"std{stream} is not empty")
        elif kind == "has" and text not in got:
            wrong.append(f"std{stream} does not contain: {text}")
        elif kind == "hasnot" and text in got:
            wrong.append(f"std{stream} contains: {text}")
        elif kind == "regex" and not text.search(got):
            wrong.append(f"std{stream} does not match: /{text.pattern}/")
    if step.maxrss and not sanitized and rss > step.maxrss:
        wrong.append(f"peak memory {rss >> 20} MiB, allowed {step.maxrss >> 20} MiB")
    if wrong:
        wrong.append(f"exit code {code}")
        for stream in ("out", "err"):
            text = streams[stream]
            if text:
                wrong.append(f"--- std{stream}\n" + (text if len(text) < 4000 else text[:2000] + "\n...\n" + text[-2000:]))
    return wrong


def check_golden(name, got):
    path = os.path.normpath(os.path.join(GOLDEN, name))
    if not path.startswith(GOLDEN + os.sep):
        return [f"golden file outside tests/golden: {name}"]
    if os.environ.get("UPDATE_GOLDEN") == "1":
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(got)
        return []
    try:
        with open(path, "rb") as f:
            want = f.read()
    except OSError as e:
        return [f"{e} (UPDATE_GOLDEN=1 writes it)"]
    if want == got:
        return []
    return [diff(want.decode("utf-8", "backslashreplace"), got.decode("utf-8", "backslashreplace"), f"golden/{name}")]


def environment(folder, programs):
    env = {k: v for k, v in os.environ.items() if not k.startswith(("THUOCDO", "LC_", "LANG"))}
    env.update(PATH=programs + os.pathsep + os.environ.get("PATH", "/usr/bin:/bin"), SRC=ROOT, HOME=folder, LANG="C", LC_ALL="C", TZ="UTC")
    return env


def run_case(case, scratch, number, programs, sanitized):
    """(case, list of what is wrong or None, reason for skipping or None)"""
    if case.skip or case.only == ("release" if sanitized else "sanitized"):
        return case, None, case.skip or f"only in {case.only} builds"
    folder = os.path.join(scratch, f"case{number}")
    os.mkdir(folder)
    try:
        for at, step in enumerate(case.steps):
            for name, lines, when in case.files:
                if when == at:
                    path = os.path.join(folder, name)
                    os.makedirs(os.path.dirname(path), exist_ok=True)
                    with open(path, "wb") as f:
                        f.write(lines_text(lines).encode())
            wrong = check(step, execute(step, folder, environment(folder, programs)), sanitized, case.stores)
            if wrong:
                return case, [f"tests/cli/{case.file}:{step.line}: $ {step.command}"] + wrong, None
        return case, None, None
    except OSError as e:
        return case, [str(e)], None
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def on_postgresql(cases, url):
    """The cases that know their stores by --db alone, each store a schema of its own; and the schemas to make. Output is compared after the
    URL has been put back to the name."""
    chosen, schemas = [], []
    for number, case in enumerate(cases):
        commands = "\n".join(step.command for step in case.steps)
        files = "\n".join(name for name, _, _ in case.files)
        if not STORE.search(commands) or re.search(r"\.db\b", STORE.sub("", commands) + files):
            continue
        for name in sorted(set(STORE.findall(commands))):
            schema = f"cli{os.getpid()}_{number}_{re.sub(r'[^a-z0-9]', '_', name.lower())}"
            schemas.append(schema)
            case.stores[name] = f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{schema}"
        for step in case.steps:
            step.command = STORE.sub(lambda m: f"'{case.stores[m[0]]}'", step.command)
        chosen.append(case)
    return chosen, schemas


def psql(url, commands):
    subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", url], input="".join(c + ";\n" for c in commands), text=True, check=True,
                   env={**os.environ, "PGOPTIONS": "-c client_min_messages=warning"})


def collect(directory, pattern):
    cases, errors = [], []
    for at, folders, names in os.walk(directory):
        folders.sort()
        for name in sorted(names):
            if name.endswith(".test"):
                try:
                    cases += parse(os.path.join(at, name))
                except (Bad, UnicodeDecodeError) as e:
                    errors.append(str(e))
    return [c for c in cases if not pattern or pattern in f"{c.file}: {c.name}"], errors


def main():
    ap = argparse.ArgumentParser(description=__doc__)
    ap.add_argument("--program", required=True)
    ap.add_argument("--sanitized", action="store_true", help="the program is a sanitizer build: memory is not measured")
    ap.add_argument("--cases", default=HERE, help="folder with *.test files")
    ap.add_argument("--postgresql", metavar="URL", help="only the cases with stores, on this PostgreSQL instead of SQLite")
    ap.add_argument("-k", metavar="PATTERN")
    args = ap.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    cases, errors = collect(args.cases, args.k)
    schemas = []
    if args.postgresql:
        cases, schemas = on_postgresql(cases, args.postgresql)
        if schemas:
            psql(args.postgresql, [f"CREATE SCHEMA {s}" for s in schemas])
    print(f"1..{len(cases) + len(errors)}")
    number = failed = 0
    for error in errors:
        number, failed = number + 1, failed + 1
        print(f"not ok {number} - {error}")
    with tempfile.TemporaryDirectory(prefix="thuocdo-cli-") as scratch:
        programs = os.path.join(scratch, "bin")
        os.mkdir(programs)
        os.symlink(os.path.abspath(args.program), os.path.join(programs, "thuocdo"))
        with ThreadPoolExecutor(max_workers=int(os.environ.get("JOBS") or os.cpu_count() or 2)) as pool:
            jobs = [pool.submit(run_case, c, scratch, i, programs, args.sanitized) for i, c in enumerate(cases)]
            for job in jobs:
                case, wrong, skipped = job.result()
                number += 1
                title = f"{case.file}: {case.name}"
                if wrong:
                    failed += 1
                    print(f"not ok {number} - {title}")
                    for text in wrong:
                        for line in text.splitlines():
                            print(f"#   {line}")
                elif skipped:
                    print(f"ok {number} - {title} # SKIP {skipped}")
                else:
                    print(f"ok {number} - {title}")
                sys.stdout.flush()
    for s in schemas:  # one by one: all their tables at once would be too many locks
        psql(args.postgresql, [f"DROP SCHEMA {s} CASCADE"])
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
