"""tests/run.py: what counts as passed, failed and skipped."""
import os
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "..")]
import tap
import run


class Count(unittest.TestCase):
    def job(self, script, **options):
        job = run.Job("x", ["sh", "-c", script], **options).run()
        return job.passed, job.failed, job.skipped, job.reasons

    def test_tap(self):
        self.assertEqual(self.job("echo 1..4; echo 'ok 1 - a'; echo 'ok 2 - b # SKIP no'; echo 'not ok 3 # SKIP c'; echo 'ok 4 - d'"), (2, 0, 2, []))
        self.assertEqual(self.job("echo 1..2; echo 'ok 1 - a'; echo 'not ok 2 - b'; exit 1"), (1, 1, 0, ["b"]))

    def test_lines_that_only_look_like_tests(self):
        self.assertEqual(self.job("echo 1..1; echo 'ok 1 - a'; echo '# not ok - tests'; echo okay; echo ' ok 2'"), (1, 0, 0, []))

    def test_crash(self):
        self.assertEqual(self.job("echo 1..2; echo 'ok 1 - a'; kill -SEGV $$"), (1, 1, 0, ["ended by SIGSEGV", "only 1 of 2 tests ran"]))

    def test_exit_code_alone(self):
        self.assertEqual(self.job("echo 1..1; echo 'ok 1 - a'; exit 3"), (1, 1, 0, ["exit code 3 without a failed test"]))

    def test_ends_early(self):
        self.assertEqual(self.job("echo 1..3; echo 'ok 1 - a'"), (1, 1, 0, ["only 1 of 3 tests ran"]))

    def test_nothing_ran(self):
        self.assertEqual(self.job("true"), (0, 1, 0, ["no test ran"]))
        self.assertEqual(self.job("echo 1..0"), (0, 1, 0, ["no test ran"]))
        self.assertEqual(self.job("echo 1..0", filtered=True), (0, 0, 0, []))

    def test_sanitizer_report(self):
        self.assertEqual(self.job("echo 1..1; echo 'ok 1 - a'; echo 'x.c:1:2: runtime error: shift' >&2"), (1, 1, 0, ["a sanitizer reported"]))

    def test_missing_program(self):
        job = run.Job("x", ["./no-such-program"]).run()
        self.assertEqual((job.passed, job.failed), (0, 1))

    def test_only_some(self):
        self.assertEqual(self.job("echo 1..2; echo 'ok 1 - abc'; echo 'not ok 2 - xyz'", only="abc")[:3], (1, 0, 0))


if __name__ == "__main__":
    tap.main()
