"""tools/lint.py: each rule on a small tree with one mistake."""
import os
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import tap

LINT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "tools", "lint.py")
HEADER = "/* {0}: nothing. */\n#ifndef {1}_H\n#define {1}_H\nint {0}_one(void);\n#endif\n"
PO = 'msgid "a.known"\nmsgstr "x"\n'


class Lint(unittest.TestCase):
    def lint(self, files):
        tree = {"src/base/str.h": HEADER.format("str", "BASE_STR"), "po/vi.po": PO, "po/en.po": PO}
        tree.update(files)
        with tempfile.TemporaryDirectory() as root:
            for name, text in tree.items():
                os.makedirs(os.path.dirname(os.path.join(root, name)), exist_ok=True)
                with open(os.path.join(root, name), "wb") as f:
                    f.write(text if isinstance(text, bytes) else text.encode())
            p = subprocess.run([sys.executable, LINT, "--root", root], capture_output=True, encoding="utf-8")
            return p.returncode, p.stdout

    def says(self, files, *messages):
        code, out = self.lint(files)
        for message in messages:
            self.assertIn(message, out)
        self.assertEqual(code, 1)
        self.assertEqual(len(out.splitlines()), len(messages), out)

    def test_clean(self):
        code, out = self.lint({"src/base/str.c": '#include "base/str.h"\n\nint str_one(void)\n{\n\treturn 1;\n}\n'})
        self.assertEqual((code, out.count("\n")), (0, 1), out)
        self.assertIn("nothing to say", out)

    def test_may_use(self):
        self.says({"src/db/db.h": HEADER.format("db", "DB_DB"), "src/base/str.c": '#include "base/str.h"\n#include "db/db.h"\n'},
                  "src/base/str.c:2: base may not use db")
        self.says({"src/base/str.c": '#include "str.h"\n'}, 'src/base/str.c:1: "str.h": write "room/name.h"')
        self.says({"src/base/str.c": '#include "base/none.h"\n'}, "src/base/str.c:1: src/base/none.h does not exist")
        self.says({"src/base/str.c": "#include <sqlite3.h>\n", "packaging/apt/build.txt": "libsqlite3-dev\n"},
                  "src/base/str.c:1: <sqlite3.h> belongs to db")
        self.says({"src/base/str.c": "#include <math.h>\n#include <jansson.h>\n"}, "src/base/str.c:2: <jansson.h>: libjansson-dev is not in")
        self.says({"src/base/str.c": "#include <uv.h>\n"}, "src/base/str.c:1: <uv.h>: a new library")
        web = {"src/web/page.h": HEADER.format("page", "WEB_PAGE"), "src/cli/cmd.h": HEADER.format("cmd", "CLI_CMD")}
        self.says({**web, "src/cli/cmd_score.c": '#include "web/page.h"\n'}, "src/cli/cmd_score.c:1: in cli only the serve command may use web")
        self.assertEqual(self.lint({**web, "src/cli/cmd_serve.c": '#include "web/page.h"\n'})[0], 0)

    def test_pure_and_banned(self):
        self.says({"src/engine/rank.h": HEADER.format("rank", "ENGINE_RANK"), "src/engine/rank.c": "int x = 1;\nlong y = time(0);\n"},
                  "src/engine/rank.c:2: time() is not for engine")
        self.says({"src/base/str.c": "\n/* strcpy( */ int a = strcpy(b, \"sprintf(\");\n"}, "src/base/str.c:2: strcpy() is unsafe")
        self.assertEqual(self.lint({"src/base/str.c": "int a = s->time(1) + my_time(2);\n"})[0], 0)

    def test_sql(self):
        self.says({"src/base/str.c": 'const char *q = "select it";\nconst char *p = "SELECT a FROM b";\n'}, "src/base/str.c:2: SQL outside db")
        self.assertEqual(self.lint({"src/db/task.h": HEADER.format("task", "DB_TASK"), "src/db/task.c": 'const char *p = "SELECT 1";\n'})[0], 0)

    def test_sizes(self):
        self.says({"src/base/str.c": "int x;\n" * 901}, "src/base/str.c:901: 901 lines")
        self.says({"src/base/str.c": "\t/* " + "x" * 160 + " */\n"}, "columns, more than 160")
        code, out = self.lint({"src/base/str.c": "int x;\n" * 750})
        self.assertEqual(code, 0)
        self.assertIn("warning: 750 lines", out)

    def test_names(self):
        self.says({"src/base/str_util.c": "int x;\n"}, "are no names")
        self.says({"src/base/other.c": "int x;\n"}, "needs src/base/other.h")
        self.assertEqual(self.lint({"src/base/str_trim.c": "int x;\n"})[0], 0)

    def test_headers(self):
        self.says({"src/base/vec.h": HEADER.format("vec", "VEC")}, "include guard BASE_VEC_H")
        self.says({"src/base/vec.h": HEADER.format("vec", "BASE_VEC").split("\n", 1)[1]}, "begins with a comment")

    def test_form(self):
        self.says({"src/base/str.c": "int x; \n"}, "src/base/str.c:1: trailing white space")
        self.says({"src/base/str.c": "int x;"}, "no line end at the end")
        self.says({"src/base/str.c": "void f(void)\n{\n    g();\n}\n"}, "src/base/str.c:3: indented with spaces")
        self.says({"docs/a.md": "a\r\n"}, "docs/a.md:1: CRLF")
        self.says({"docs/a.md": "\na\u0302\n"}, "docs/a.md:2: not in NFC")
        self.says({"docs/a.md": b"\xff\n"}, "docs/a.md:1: not UTF-8")
        self.assertEqual(self.lint({"tests/golden/a.txt": "a \r\n"})[0], 0)

    def test_open_points_and_private_places(self):
        mark = "TO" + "DO"
        self.says({"docs/a.md": f"{mark}: later\n{mark}(#12): later\n"}, "docs/a.md:1: TO" + "DO without an issue number")
        self.says({"docs/a.md": "see /" + "work/x\n"}, "docs/a.md:1: names a place")

    def test_messages(self):
        source = 'int f(void)\n{\n\treturn cx_fail(c, g(1, "data.csv"), "a.known", p, STR("a.unknown"));\n}\n'
        self.says({"src/base/str.c": source}, "src/base/str.c:3: message a.unknown", "src/base/str.c:3: message data.csv")
        self.says({"src/base/str.c": 'int f(void)\n{\n\treturn refuse("a.unknown") + open("a.csv") + name("b.other");\n}\n'},
                  "src/base/str.c:3: message a.unknown")
        self.says({"po/vi.po": PO + 'msgid "a.more"\nmsgstr "x"\n'}, "a.more is missing in po/en.po")

    def test_scripts_and_corpora(self):
        self.says({"tools/x.py": "def f(:\n"}, "tools/x.py:1: invalid syntax")
        self.says({"tools/x.sh": "#!/bin/sh\nif\n"}, "tools/x.sh:1:", "chmod +x")
        self.says({"tests/fuzz/fuzz_csv.c": "int x;\n"}, "needs inputs in tests/fuzz/corpus/csv/")


if __name__ == "__main__":
    tap.main()
