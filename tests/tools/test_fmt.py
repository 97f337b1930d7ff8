"""tools/fmt.py: what it changes, and what it leaves to the author."""
import os
import shutil
import sys
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..", "..")
sys.path[:0] = [HERE, os.path.join(ROOT, "tools")]
import tap
import fmt


@unittest.skipUnless(shutil.which("clang-format"), "clang-format is not installed")
class Fmt(unittest.TestCase):
    def check(self, text, want=None):
        self.assertEqual(fmt.formatted(text, os.path.join(ROOT, "src", "base", "x.c")), text if want is None else want)

    def test_left_alone(self):
        self.check("int f(void) { return 1; }\nint g(void)\n{\n\treturn 1;\n}\n")
        self.check("int a; /* one */\nint longer; /* two */\n")
        self.check("int a[] = { 1, 2,\n\t3 };\nstruct p q[] = {\n\t{ 1, 2 }, { 3, 4 },\n\t{ 5, 6 },\n};\n")
        self.check("enum { A = 1, B };\ntypedef struct p { int x; } p;\n")
        self.check("int f(int a, int b)\n{\n\treturn a == 1 &&\n\t\tb == 2;\n}\n")
        self.check("int f(int a, int b)\n{\n\treturn (int)-(unsigned)a + (a && b == 2);\n}\n")
        self.check("void f(int a)\n{\n\tswitch (a) {\n\tcase 1: g(); break;\n\tdefault: h();\n\t}\n}\n")

    def test_changed(self):
        self.check("int f(void) {\n    return 1;\n}\n", "int f(void)\n{\n\treturn 1;\n}\n")
        self.check("void f(char* a)\n{\n\tif(a) g( a );\n}\n", "void f(char *a)\n{\n\tif (a)\n\t\tg(a);\n}\n")
        self.check("void f(int a)\n{\n\tif (a) g();\n\telse h();\n}\n", "void f(int a)\n{\n\tif (a)\n\t\tg();\n\telse\n\t\th();\n}\n")


if __name__ == "__main__":
    tap.main()
