"""tools/po.py: what makes a build fail, and what is written."""
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tap

PO = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "po.py")
HEAD = 'msgid ""\nmsgstr ""\n"Language: vi\\n"\n\n'


class Po(unittest.TestCase):
    def compile(self, vi, en):
        with tempfile.TemporaryDirectory() as d:
            paths = [os.path.join(d, n) for n in ("vi.po", "en.po", "out.c")]
            for path, text in zip(paths, (vi, en)):
                with open(path, "w", encoding="utf-8") as f:
                    f.write(HEAD + text)
            p = subprocess.run([sys.executable, PO, paths[0], paths[1], "-o", paths[2]], capture_output=True, encoding="utf-8")
            made = ""
            if os.path.exists(paths[2]):
                with open(paths[2], encoding="utf-8") as f:
                    made = f.read()
            return p.returncode, p.stderr, made

    def fails(self, vi, en, message):
        code, err, made = self.compile(vi, en)
        self.assertEqual((code, made), (1, ""))
        self.assertIn(message, err)

    def test_entries_are_sorted_by_bytes_and_escaped(self):
        text = 'msgid "b.a"\nmsgstr "{value}\\n"\n"\\"hai\\" \\\\"\n\nmsgid "b"\nmsgstr "x"\n'.replace('"b"', '"a.z_1"')
        code, err, made = self.compile(text, text.replace("hai", "two"))
        self.assertEqual((code, err), (0, ""))
        self.assertIn('\t{ "a.z_1", { "x", "x" } },\n\t{ "b.a", { "{value}\\n\\"hai\\" \\\\", "{value}\\n\\"two\\" \\\\" } },\n', made)

    def test_missing_key(self):
        self.fails('msgid "a.b"\nmsgstr "x"\nmsgid "a.c"\nmsgstr "x"\n', 'msgid "a.b"\nmsgstr "x"\n', "a.c is missing in")
        self.fails('msgid "a.b"\nmsgstr "x"\n', 'msgid "a.b"\nmsgstr "x"\nmsgid "a.c"\nmsgstr "x"\n', "a.c is missing in")

    def test_twice(self):
        two = 'msgid "a.b"\nmsgstr "x"\n'
        self.fails(two + two, two, "a.b stands in line")

    def test_places_differ(self):
        self.fails('msgid "a.b"\nmsgstr "{1}"\n', 'msgid "a.b"\nmsgstr "{2}"\n', "{1}, {2} is only in one")

    def test_unknown_place(self):
        self.fails('msgid "a.b"\nmsgstr "{6}"\n', 'msgid "a.b"\nmsgstr "{6}"\n', "{6} is not one of")

    def test_empty_fuzzy_and_odd(self):
        good = 'msgid "a.b"\nmsgstr "x"\n'
        self.fails('msgid "a.b"\nmsgstr ""\n', good, "a.b has no text")
        self.fails('#, fuzzy\n' + good, good, "marked fuzzy")
        self.fails('msgid "Ab"\nmsgstr "x"\n', good, "not a message key")
        self.fails('msgid "a.b"\nmsgstr "a\u0302"\n', good, "not in NFC")
        self.fails('msgid "a.b"\nmsgstr "a"b"\n', good, "a quote inside")
        self.fails('msgid "a.b"\nmsgid_plural "c"\n', good, "not understood")
        self.fails('msgid "a.b"\n', good, "without msgstr")


if __name__ == "__main__":
    tap.main()
