#!/usr/bin/env python3
"""Runs all tests in stages, counts every single test, and closes with `N passed, N failed`.   (called by ./dev test)

Each test program speaks TAP (cmocka with CMOCKA_MESSAGE_OUTPUT=TAP, fuzz replays, tests/cli/run.py, tests/browser/run.mjs, tools/lint.py --tap,
tests/tools):
an `ok` line is a passed test, `not ok` a failed one, `ok ... # SKIP` a skipped one. A crash, a report of a sanitizer, an exit code without
a failed test, fewer tests than planned, or no test at all count as one failed test more, and the output is shown at the end.
"""
import argparse
import glob
import json
import os
import re
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PG = os.path.join(ROOT, "tests", "pg.py")
TIMEOUT = 600
SHOWN_LINES = 120
STAGES = ["lint", "tools", "unit", "fuzz", "http", "crash", "browser", "cli"]

TAP_LINE = re.compile(r"(ok|not ok)\b\s*\d*\s*(?:-\s*)?(.*)")
TAP_SKIP = re.compile(r"#\s*skip\b", re.I)
TAP_PLAN = re.compile(r"1\.\.(\d+)\b")
SANITIZER = re.compile(r"ERROR: (Address|Leak|Thread|Memory)Sanitizer|WARNING: ThreadSanitizer|: runtime error: ")

SANITIZER_ENV = {
    "ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0:detect_stack_use_after_return=1:check_initialization_order=1"
                    ":allocator_may_return_null=1:print_legend=0",
    "UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1",
    "CMOCKA_MESSAGE_OUTPUT": "TAP",
    "LC_ALL": "C",
    "TZ": "UTC",
}


class Job:
    """One test program."""

    def __init__(self, name, command, cwd=ROOT, only=None, filtered=False):
        self.name, self.command, self.cwd = name, command, cwd
        self.filtered = filtered  # the program picks its tests by the pattern itself; none is fine
        self.only = only  # pattern for single tests of the program, when the name of the program does not hold it
        self.passed = self.failed = self.skipped = 0
        self.reasons, self.output, self.seconds = [], "", 0.0

    def run(self):
        start = time.monotonic()
        env = {**os.environ, **SANITIZER_ENV}
        try:
            p = subprocess.Popen(self.command, cwd=self.cwd, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT, start_new_session=True)
        except OSError as e:
            self.failed, self.reasons = 1, [str(e)]
            return self
        try:
            out, _ = p.communicate(timeout=TIMEOUT)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            out, _ = p.communicate()
            self.reasons.append(f"stopped after {TIMEOUT} s")
        self.seconds = time.monotonic() - start
        self.output = out.decode("utf-8", "replace")
        self.count(p.returncode)
        return self

    def count(self, code):
        planned = None
        seen = 0
        for line in self.output.splitlines():
            plan, test = TAP_PLAN.match(line), TAP_LINE.match(line)
            if plan:
                planned = (planned or 0) + int(plan[1])
            elif test:
                seen += 1
                if self.only and self.only not in test[2]:
                    continue
                if TAP_SKIP.search(test[2]):  # cmocka writes `not ok 3 # SKIP name`
                    self.skipped += 1
                elif test[1] == "not ok":
                    self.failed += 1
                    self.reasons.append(test[2])
                else:
                    self.passed += 1
        whole = []
        if code < 0:
            whole.append(f"ended by {signal.Signals(-code).name}")
        elif code and not self.failed:
            whole.append(f"exit code {code} without a failed test")
        if SANITIZER.search(self.output):
            whole.append("a sanitizer reported")
        if planned is not None and seen < planned:
            whole.append(f"only {seen} of {planned} tests ran")
        elif not seen and not (planned == 0 and self.filtered):
            whole.append("no test ran")
        if whole or (self.reasons and not self.failed):
            self.failed += 1
            self.reasons += whole


class Run:
    def __init__(self, build, pattern):
        self.build, self.pattern = build, pattern
        self.passed = self.failed = self.skipped = 0
        self.failures = []
        self.begin = time.monotonic()

    def say(self, text):
        print(text, flush=True)

    def stage(self, title, jobs, start=None):
        """Runs the jobs side by side; the time of a stage includes what was compiled for it (from start)."""
        start = start or time.monotonic()
        before = self.passed, self.failed, self.skipped
        with ThreadPoolExecutor(max_workers=int(os.environ.get("JOBS") or os.cpu_count() or 2)) as pool:
            for job in pool.map(Job.run, jobs):
                self.passed += job.passed
                self.failed += job.failed
                self.skipped += job.skipped
                if job.failed:
                    self.failures.append((title, job))
                    self.say(f"  failed: {job.name}: " + "; ".join(job.reasons[:10]))
        p, f, s = self.passed - before[0], self.failed - before[1], self.skipped - before[2]
        self.say(f"{title:<28} {p:>6} passed {f:>4} failed" + (f" {s:>4} skipped" if s else "") + f"  {time.monotonic() - start:7.1f} s")

    def compile(self, kind):
        """True when the build is up to date. A build that fails is one failed test; what could be built is tested all the same."""
        p = subprocess.run(["./dev", "build", kind], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                           env={**os.environ, "BUILD": self.build})
        if p.returncode == 0:
            return True
        job = Job(f"build {kind}", [])
        job.failed, job.output, job.reasons = 1, p.stdout.decode("utf-8", "replace"), ["does not build"]
        self.failed += 1
        self.failures.append(("build", job))
        self.say(f"{'build ' + kind:<28} {0:>6} passed {1:>4} failed")
        return False

    def programs(self, kind, suites):
        """The test programs that meson knows of in a build, as jobs."""
        directory = os.path.join(self.build, kind)
        try:
            with open(os.path.join(directory, "meson-info", "intro-tests.json"), encoding="utf-8") as f:
                tests = json.load(f)
        except OSError:
            return []
        jobs = []
        for test in tests:
            # Programs as arguments stand there relative to the build folder.
            command = [os.path.join(directory, word) if word.startswith("tests/") else word for word in test["cmd"]]
            name, built = test["name"], [word for word in command if word.startswith(directory)]
            if test["suite"][0].split(":")[-1] not in suites or not all(os.path.exists(path) for path in built):
                continue
            only = None
            if self.pattern and self.pattern not in name:
                if not self.in_source(name):
                    continue
                only = self.pattern
            jobs.append(Job(f"{name} ({kind})", command, cwd=ROOT, only=only))
        return jobs

    def in_source(self, name):
        for end in (".c", ".py"):
            path = os.path.join(ROOT, "tests", name + end)
            if os.path.exists(path):
                with open(path, encoding="utf-8") as f:
                    if self.pattern in f.read():
                        return True
        return False

    def cli(self, kind, sanitized, url=None):
        program = os.path.join(self.build, kind, "src", "thuocdo")
        if not os.path.exists(program):
            return []
        command = [sys.executable, "tests/cli/run.py", "--program", program] + (["--sanitized"] if sanitized else [])
        command += (["--postgresql", url] if url else []) + (["-k", self.pattern] if self.pattern else [])
        return [Job(f"cli{' on postgresql' if url else ''} ({kind})", command, filtered=bool(self.pattern))]

    def store(self, kind, script, what, *more):
        """Tests of the whole program with stores on both databases."""
        program = os.path.join(self.build, kind, "src", "thuocdo")
        if not os.path.exists(program):
            return []
        only = self.pattern if self.pattern and self.pattern not in script else None
        if only and not self.in_source(script.removeprefix("tests/").removesuffix(".py")):
            return []
        return [Job(f"{what} ({kind})", [sys.executable, script, program, *more], only=only)]

    def browser(self):
        if not os.path.exists(os.path.join(self.build, "release", "src", "thuocdo")):
            return []
        return [Job("browser", ["node", "tests/browser/run.mjs", "--build", self.build] + (["-k", self.pattern] if self.pattern else []),
                    filtered=bool(self.pattern))]

    def close(self):
        for title, job in self.failures:
            self.say(f"\n---- failed: {job.name}: " + "; ".join(job.reasons[:20]))
            lines = job.output.splitlines()
            if len(lines) > SHOWN_LINES:
                # The failed tests with what they said, the first reports of sanitizers, and the end.
                marks = [(i, 12) for i, line in enumerate(lines) if line.startswith("not ok") and not TAP_SKIP.search(line)][:20]
                marks += [(i, 40) for i, line in enumerate(lines) if SANITIZER.search(line)][:3]
                keep = {j for i, after in marks for j in range(max(0, i - 4), min(len(lines), i + after))}
                keep = sorted(keep | set(range(len(lines) - 30, len(lines))))
                lines = [f"(of {len(lines)} lines)"] + [lines[i] for i in keep]
            self.say("\n".join(lines))
        total = f"{self.passed} passed, {self.failed} failed" + (f", {self.skipped} skipped" if self.skipped else "")
        self.say(f"\nall stages {time.monotonic() - self.begin:.1f} s")
        if self.passed + self.failed == 0:
            self.say("no test was executed")
        self.say(total)
        return 1 if self.failed or self.passed == 0 else 0


def stores():
    """The tests of the whole program over HTTP, each with stores of its own; test_server is of a program for tests, test_races is for TSan."""
    names = (os.path.basename(f)[len("test_"):-len(".py")] for f in glob.glob(os.path.join(ROOT, "tests", "http", "test_*.py")))
    return sorted(set(names) - {"server", "races"})


def wants_postgres(stages, pattern):
    """True when tests of the store are among those to run."""
    files = glob.glob(os.path.join(ROOT, "tests", "unit", "*", "*.c")) if "unit" in stages else []
    files += glob.glob(os.path.join(ROOT, "tests", "http", "test_*.py")) if "http" in stages else []
    files += glob.glob(os.path.join(ROOT, "tests", "crash", "test_*.py")) if "crash" in stages else []
    if "cli" in stages and (not pattern or any(pattern in open(f, encoding="utf-8").read() or pattern in f
                                                for f in glob.glob(os.path.join(ROOT, "tests", "cli", "*.test")) if "--db" in open(f, encoding="utf-8").read())):
        return os.path.exists(PG)
    for path in files:
        with open(path, encoding="utf-8") as f:
            text = f.read()
        if ("store.h" in text or "filled.h" in text or "THUOCDO_TEST_PG" in text) and (not pattern or pattern in os.path.relpath(path, ROOT) or pattern in text):
            return os.path.exists(PG)
    return False


def python_tests(pattern):
    directory = os.path.join(ROOT, "tests", "tools")
    names = sorted(n for n in os.listdir(directory) if n.startswith("test_") and n.endswith(".py")) if os.path.isdir(directory) else []
    return [Job(f"tools/{n}", [sys.executable, os.path.join(directory, n)], only=pattern if pattern and pattern not in n else None)
            for n in names]


def main():
    ap = argparse.ArgumentParser(prog="./dev test", description="Runs the tests; see the head of tests/run.py.")
    ap.add_argument("stage", nargs="*", choices=STAGES + [[]], help="default: all")
    ap.add_argument("-k", metavar="PATTERN", help="only tests whose name contains it")
    ap.add_argument("--build", default="build", help=argparse.SUPPRESS)
    args = ap.parse_args()
    sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    stages, pattern = set(args.stage or STAGES), args.k
    if "THUOCDO_TEST_PG" not in os.environ and wants_postgres(stages, pattern):
        # The whole run beside one private PostgreSQL.
        code = subprocess.run([sys.executable, PG, sys.executable, *sys.argv]).returncode
        if code != 77:
            return code
        print("PostgreSQL is not installed: the tests on it are left out", flush=True)
    run = Run(os.path.abspath(os.path.join(ROOT, args.build)), pattern)

    if "lint" in stages and not pattern:
        run.stage("lint", [Job("lint", [sys.executable, "tools/lint.py", "--tap"])])
    if "tools" in stages:
        jobs = python_tests(pattern)
        if jobs and not (pattern and all(j.only for j in jobs) and args.stage == []):
            run.stage("tools", jobs)
    suites = [s for s in ("unit", "fuzz", "http") if s in stages]
    if suites or "cli" in stages:
        for kind in ["gcc-san"] + (["clang-san"] if suites else []):
            start = time.monotonic()
            run.compile(kind)
            run.say(f"{'build ' + kind:<28} {'':>26}  {time.monotonic() - start:7.1f} s")
            if suites:
                app = []
                if "http" in suites and kind == "gcc-san":
                    app = [job for name in stores() for job in run.store(kind, f"tests/http/test_{name}.py", f"http {name}")]
                run.stage(f"{', '.join(suites)}, {kind}", app + run.programs(kind, suites))
            if kind == "gcc-san" and "cli" in stages:
                run.stage(f"cli, {kind}", run.cli(kind, True))
    if "http" in stages and os.path.isdir(os.path.join(ROOT, "src", "web")):
        # Races between the threads of the server, with odd pages and as the application.
        start = time.monotonic()
        run.compile("tsan")
        run.say(f"{'build tsan':<28} {'':>26}  {time.monotonic() - start:7.1f} s")
        run.stage("http, tsan", run.store("tsan", "tests/http/test_races.py", "races") + run.programs("tsan", ["http"]))
    if stages & {"browser", "cli", "crash"}:
        start = time.monotonic()
        run.compile("release")
        run.say(f"{'build release':<28} {'':>26}  {time.monotonic() - start:7.1f} s")
    if "crash" in stages:
        # In the release build: what is killed shall be as quick as what people run.
        databases = ["sqlite"] + (["postgresql"] if "THUOCDO_TEST_PG" in os.environ else [])
        run.stage("crash", [job for db in databases for script in ("kill", "round")
                            for job in run.store("release", f"tests/crash/test_{script}.py", f"crash, {script} on {db}", db)]
                  + run.store("release", "tests/crash/test_full.py", "disk full"))
    if "browser" in stages:
        run.stage("browser", run.browser())
    if "cli" in stages:
        url = os.environ.get("THUOCDO_TEST_PG")
        run.stage("cli, release", run.cli("release", False) + (run.cli("release", False, url) if url else []))
    return run.close()


if __name__ == "__main__":
    sys.exit(main())
