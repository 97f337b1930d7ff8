"""tests/cli/run.py: the runner finds what is wrong, with a shell script in the place of the program."""
import os
import subprocess
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import tap

RUN = os.path.join(HERE, "..", "cli", "run.py")
PROGRAM = """#!/bin/sh
case $1 in
cat) cat ;;
say) shift; printf '%s\\n' "$*" ;;
err) shift; printf '%s\\n' "$*" >&2; exit 2 ;;
esac
"""


class CliRun(unittest.TestCase):
    def run_cases(self, text, *options):
        with tempfile.TemporaryDirectory() as d:
            program = os.path.join(d, "program")
            with open(program, "w", encoding="utf-8") as f:
                f.write(PROGRAM)
            os.chmod(program, 0o755)
            with open(os.path.join(d, "x.test"), "w", encoding="utf-8") as f:
                f.write(text)
            p = subprocess.run([sys.executable, RUN, "--program", program, "--cases", d, *options], capture_output=True, encoding="utf-8")
            return p.returncode, p.stdout

    def passes(self, text, *options):
        code, out = self.run_cases(text, *options)
        self.assertEqual(code, 0, out)
        return out

    def fails(self, text, message):
        code, out = self.run_cases(text)
        self.assertEqual(code, 1, out)
        self.assertIn(message, out)

    def test_good_cases(self):
        out = self.passes("""# text before
=== output
$ thuocdo say a b
> a b
~ a b
~/^a.b$/
~! c
!.
=== files, input, exit code
@ in/one.txt
| eins
|
| drei
< typed
$ thuocdo cat; cat in/one.txt; test "$HOME" = "$(pwd -P)" || test "$HOME" = "$PWD"; echo "$SRC"
> typed
> eins
>
> drei
> $SRC
$ thuocdo err bad thing
+ exit 3
>.
! bad
!/thing$/
!! good
? 3
=== no line end
@ a
| x
|\\
$ cat a
> x
>\\
""")
        self.assertIn("1..3\n", out)
        self.assertEqual(out.count("\nok"), 3)

    def test_wrong_output(self):
        self.fails("=== x\n$ thuocdo say a\n> b\n", "+a")
        self.fails("=== x\n$ thuocdo say a\n> a\n> \n", "stdout expected")
        self.fails("=== x\n$ printf a\n> a\n", "only the final line end differs")
        self.fails("=== x\n$ thuocdo say a\n>.\n", "stdout is not empty")
        self.fails("=== x\n$ thuocdo say a\n~ b\n", "stdout does not contain: b")
        self.fails("=== x\n$ thuocdo say a\n~! a\n", "stdout contains: a")
        self.fails("=== x\n$ thuocdo say a\n~/^b/\n", "does not match: /^b/")
        self.fails("=== x\n$ thuocdo err a\n? 2\n! b\n", "stderr does not contain: b")

    def test_exit_code(self):
        self.fails("=== x\n$ thuocdo err a\n", "exit code 2, expected 0")

    def test_later_step_counts(self):
        self.fails("=== x\n$ true\n$ false\n", "x.test:3: $ false")

    def test_sanitizer_report(self):
        self.fails("=== x\n$ echo '==1==ERROR: AddressSanitizer: x' >&2\n", "a sanitizer reported")

    def test_time_and_memory(self):
        self.fails("=== x\n$ sleep 5\n% timeout 0.2\n", "stopped after 0.2 s")
        hog = f"=== x\n$ {sys.executable} -c 'x = bytearray(90 << 20)'\n% maxrss 64M\n"
        self.fails(hog, "peak memory")
        self.passes(hog, "--sanitized")

    def test_skip(self):
        self.assertIn("# SKIP later", self.passes("=== x\n% skip later\n$ false\n"))
        self.assertIn("# SKIP", self.passes("=== x\n% only sanitized\n$ false\n"))

    def test_pattern(self):
        self.assertIn("1..1\n", self.passes("=== one\n$ true\n=== two\n$ false\n", "-k", "one"))

    def test_mistakes_in_files(self):
        self.fails("=== x\n> a\n", "x.test:2: a command")
        self.fails("=== x\n$ true\n=== x\n$ true\n", "a name of its own")
        self.fails("=== x\n$ true\nfoo\n", "x.test:3: not understood: foo")
        self.fails("=== x\n", "a case without a command")
        self.fails("=== x\n$ true\n~/(/\n", "bad regular expression")
        self.fails("=== x\n$ true\n>> ../../dev\n", "outside tests/golden")


if __name__ == "__main__":
    tap.main()
