"""kill -9 of the program at random moments, and what the store is like afterwards.   test_kill.py PROGRAM [sqlite|postgresql]

The moments come from a seed (THUOCDO_SEED, default 1) and lie inside the time that an undisturbed run takes; THUOCDO_KILLS sets how many there
are of each kind (default 6). A run that is over before its moment was quicker than expected: the next moments lie earlier. A test goes on until
it has its kills, or has hit at least once and its time (THUOCDO_KILL_SECONDS, default 6) is over. After each kill: the store opens, nothing half-done is visible, and the repeated command ends in the same tables
as an undisturbed run. On SQLite always, on PostgreSQL when THUOCDO_TEST_PG is set.
"""
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "tools"))
import tap

ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAM = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else ""
ONLY = sys.argv.pop(1) if len(sys.argv) > 1 and sys.argv[1] in ("sqlite", "postgresql") else ""
KILLS = int(os.environ.get("THUOCDO_KILLS", "6"))
SECONDS = float(os.environ.get("THUOCDO_KILL_SECONDS", "6"))
SEED = int(os.environ.get("THUOCDO_SEED", "1"))
PG = os.environ.get("THUOCDO_TEST_PG")
ENV = dict(os.environ, THUOCDO_METHOD=os.path.join(ROOT, "method"), LC_ALL="C")
ROWS = 40000
# Ids are made of the clock and a seed of the system, moments are moments: they differ from run to run. Everything else must not.
CHANGING = {"id", "import_id", "unit_id", "old_id", "new_id", "edition_id", "round_id", "recorded_at", "started_at", "finished_at", "created_at",
            "applied_at", "computed_at"}


def run(*args, check=True):
    p = subprocess.run([PROGRAM, *args], env=ENV, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=300)
    if check and p.returncode:
        raise AssertionError(f"thuocdo {' '.join(args)}: {p.returncode}\n{p.stderr}")
    return p


def killed(args, seconds):
    """Runs a command and kills it after so long. True: it had not ended before."""
    p = subprocess.Popen([PROGRAM, *args], env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        p.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        p.kill()
        p.wait()
        return True


def sums(text):
    """The checksums of a report: table -> (rows, hash)."""
    out = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 3 and len(words[1]) == 64:
            out[words[2]] = (int(words[0]), words[1])
    return out


def facts(path):
    """Every table of a SQLite file without what changes from run to run: table -> sorted rows."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as d:
        names = [r[0] for r in d.execute("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        out = {}
        for name in names:
            if name in ("meta", "copy_sum", "schema_version"):
                continue
            columns = [r[1] for r in d.execute(f"PRAGMA table_info({name})") if r[1] not in CHANGING]
            # unit_successor has nothing but ids and a day: its units by name.
            sql = f"SELECT {', '.join(columns)} FROM {name}"
            if name == "unit_successor":
                sql = "SELECT o.code, o.name, n.code, n.name, effective FROM unit_successor s JOIN unit o ON o.id = old_id JOIN unit n ON n.id = new_id"
            elif name in ("result", "measure_value", "unit_word", "unit_alias"):
                sql = f"SELECT u.level, u.code, u.valid_from, {', '.join('t.' + c for c in columns)} FROM {name} t JOIN unit u ON u.id = t.unit_id"
            out[name] = sorted(map(repr, d.execute(sql)))
    d.close()
    return out


class Sqlite:
    name = "sqlite"

    def __init__(self, folder):
        self.folder, self.number = folder, 0

    def place(self):
        """A store's address where nothing is yet."""
        self.number += 1
        return os.path.join(self.folder, f"s{self.number}.db")

    def remove(self, url):
        for end in ("", "-wal", "-shm", ".part", ".part-wal", ".part-shm"):
            if os.path.exists(url + end):
                os.unlink(url + end)

    def query(self, url, sql):
        d = sqlite3.connect(f"file:{url}?mode=ro", uri=True)
        try:
            return d.execute(sql).fetchall()
        finally:
            d.close()

    def integrity(self, url):
        return self.query(url, "PRAGMA integrity_check") == [("ok",)] and self.query(url, "PRAGMA foreign_key_check") == []


class Postgres:
    name = "postgresql"
    places = 0

    def __init__(self, folder):
        self.folder = folder

    def psql(self, sql):
        p = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\t", "-v", "ON_ERROR_STOP=1", PG, "-c", sql], capture_output=True, text=True)
        if p.returncode:
            raise AssertionError(p.stderr)
        return [tuple(line.split("\t")) for line in p.stdout.splitlines()]

    def place(self):
        Postgres.places += 1
        schema = f"crash{os.getpid()}_{Postgres.places}"
        self.psql(f"CREATE SCHEMA {schema}")
        return f"{PG}{'&' if '?' in PG else '?'}options=-csearch_path%3D{schema}"

    def schema(self, url):
        return url.rsplit("%3D", 1)[1]

    def remove(self, url):
        self.psql(f"SET client_min_messages = error; DROP SCHEMA {self.schema(url)} CASCADE; CREATE SCHEMA {self.schema(url)}")

    def query(self, url, sql):
        out = self.psql(f"SET search_path = {self.schema(url)}; {sql}")
        return [tuple(int(x) if x.lstrip("-").isdigit() else x for x in row) for row in out]

    def integrity(self, url):
        return True


def wait_free(store, url):
    """The server process of a killed client ends its transaction when it notices; until then the next command may have to wait."""
    if store.name == "postgresql":
        for _ in range(200):
            left = store.psql("SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                              " AND backend_type = 'client backend' AND state <> 'idle'")
            if left == [("0",)]:
                return
            time.sleep(0.05)


class Crash:
    """The tests; a class a database below."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="tdcrash")
        cls.store = cls.make(cls.folder)
        cls.random = random.Random(f"{SEED} {cls.store.name}")
        cls.big = os.path.join(cls.folder, "big.csv")
        with open(cls.big, "w", encoding="utf-8") as f:
            f.write("index,year,unit_code,series,score,rank,status\n")
            codes = ["01", "04", "11", "12", "15", "20", "31", "38", "46", "66"]
            for i in range(ROWS):
                f.write(f"PCI,{2026 + i // 4000},{codes[i % 10]},k{i // 10 % 400},{i % 97}.{i % 89},{i % 10 + 1},derived\n")
        # Undisturbed: the times, and the tables to compare with.
        cls.time, cls.want = {}, {}
        cls.base = cls.store.place()
        start = time.monotonic()
        run("init", "--db", cls.base)
        cls.time["init"] = time.monotonic() - start
        cls.want["init"] = cls.tables(cls.base)
        cls.file = os.path.join(cls.folder, "base.tdb")
        start = time.monotonic()
        cls.base_sums = sums(run("backup", "--db", cls.base, cls.file).stdout)
        cls.time["backup"] = time.monotonic() - start
        full = cls.store.place()
        start = time.monotonic()
        run("restore", cls.file, "--db", full)
        cls.time["restore"] = time.monotonic() - start
        start = time.monotonic()
        run("import", "results", cls.big, "--db", full)
        cls.time["import"] = time.monotonic() - start
        cls.want["import"] = cls.tables(full)
        cls.store.remove(full)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder, ignore_errors=True)

    @classmethod
    def tables(cls, url):
        """The facts of a store, read from a backup of it: the same form for both databases."""
        path = os.path.join(cls.folder, "look.tdb")
        wait_free(cls.store, url)
        run("backup", "--db", url, path, "--overwrite")
        return facts(path)

    def same(self, got, want):
        self.assertEqual(sorted(got), sorted(want))
        for name in want:
            if got[name] != want[name]:
                diff = sorted(set(got[name]) ^ set(want[name]))[:6]
                self.fail(f"{name}: {len(got[name])} rows, undisturbed {len(want[name])}; {diff}")

    def tries(self, what, took=None):
        """Numbers of the tries of a test; self.kill counts its hits."""
        self.hits, begin = 0, time.monotonic()
        self.longest = took or self.time[what]
        for i in range(5 * KILLS):
            if self.hits >= KILLS or (self.hits and time.monotonic() - begin > SECONDS):
                break
            yield i
        self.assertGreater(self.hits, 0, "every run was over before it was killed")

    def kill(self, *args):
        """From the start of the program to a little before its usual end."""
        if killed(args, self.random.uniform(0.002, self.longest * 0.97)):
            self.hits += 1
        else:
            self.longest *= 0.7

    def opens(self, url):
        wait_free(self.store, url)
        p = run("results", "show", "PAPI", "--year", "2019", "--unit", "Đắk Lắk", "--db", url, "-o", "csv", check=False)
        return p

    def test_import(self):
        url = self.store.place()
        run("restore", self.file, "--db", url)
        for _ in self.tries("import"):
            self.kill("import", "results", self.big, "--db", url)
            p = self.opens(url)
            self.assertEqual(p.returncode, 0, p.stderr)
            self.assertIn("2019,Đắk Lắk,D5,7.1061209,55,", p.stdout)
            done = self.store.query(url, "SELECT COUNT(*) FROM import WHERE file_name = 'big.csv' AND visible = 1")[0][0]
            visible = self.store.query(url, "SELECT COUNT(*) FROM result_current WHERE year >= 2026")[0][0]
            self.assertEqual(visible, ROWS if done else 0)
            self.assertTrue(self.store.integrity(url))
            if done:  # it was over before the kill: from the beginning again
                self.store.remove(url)
                run("restore", self.file, "--db", url)
        run("import", "results", self.big, "--db", url)
        self.same(self.tables(url), self.want["import"])
        self.store.remove(url)

    def test_init(self):
        url = self.store.place()
        for i in self.tries("init"):
            self.kill("init", "--db", url)
            wait_free(self.store, url)
            p = self.opens(url)
            if p.returncode == 0:  # an index is there whole or not at all
                self.assertIn("2019,Đắk Lắk,D5,7.1061209,55,", p.stdout)
            communes = 0
            if p.returncode == 0:
                communes = self.store.query(url, "SELECT COUNT(*) FROM unit WHERE level = 'commune'")[0][0]
                self.assertIn(communes, (0, 3321))
            if i % 3 == 2:  # now and then a fresh place; else init goes on where the last one was stopped
                run("init", "--db", url)
                self.same(self.tables(url), self.want["init"])
                self.store.remove(url)
        run("init", "--db", url)
        self.same(self.tables(url), self.want["init"])
        self.store.remove(url)

    def test_demo(self):
        """The training store: a run that was killed is gone on with, and ends with the same rounds as one that was not."""
        url = self.store.place()
        start = time.monotonic()
        run("init", "--demo", "--db", url)
        took, want = time.monotonic() - start, self.demo(url)
        self.assertEqual(want["published"], 1)
        self.store.remove(url)
        for _ in self.tries("demo", took):
            self.kill("init", "--demo", "--db", url)
            wait_free(self.store, url)
        run("init", "--demo", "--db", url)
        self.assertEqual(self.demo(url), want)
        run("init", "--demo", "--db", url)  # once more changes nothing
        self.assertEqual(self.demo(url), want)
        self.store.remove(url)

    def demo(self, url):
        """What the rounds of the training store come to, without ids and moments."""
        one = {
            "rounds": "SELECT r.code, p.state, COUNT(*) FROM round r JOIN round_plan p ON p.round_id = r.id JOIN round_sheet s ON s.round_id = r.id"
                      " GROUP BY r.code, p.state ORDER BY r.code",
            "sheets": "SELECT r.code, u.code, s.state, s.n_rows, s.n_done, s.n_todo, s.n_wrong, s.n_proof, s.n_asked, s.n_decided, s.points"
                      " FROM round_sheet s JOIN round r ON r.id = s.round_id JOIN unit u ON u.id = s.unit_id ORDER BY r.code, u.code",
            "parts": "SELECT r.code, p.owner, p.state, COUNT(*) FROM round_part p JOIN round_sheet s ON s.id = p.sheet_id"
                     " JOIN round r ON r.id = s.round_id GROUP BY r.code, p.owner, p.state ORDER BY r.code, p.owner, p.state",
            "steps": "SELECT r.code, t.verb, t.state_to, COUNT(*) FROM round_step t JOIN round r ON r.id = t.round_id"
                     " GROUP BY r.code, t.verb, t.state_to ORDER BY r.code, t.verb, t.state_to",
            "entries": "SELECT r.code, e.stage, COUNT(*) FROM round_entry e JOIN round_sheet s ON s.id = e.sheet_id JOIN round r ON r.id = s.round_id"
                       " GROUP BY r.code, e.stage ORDER BY r.code, e.stage",
            "proofs": "SELECT r.code, COUNT(*) FROM round_evidence e JOIN round_sheet s ON s.id = e.sheet_id JOIN round r ON r.id = s.round_id"
                      " GROUP BY r.code ORDER BY r.code",
            "decisions": "SELECT r.code, d.stage, d.basis, COUNT(*) FROM round_decision d JOIN round_sheet s ON s.id = d.sheet_id"
                         " JOIN round r ON r.id = s.round_id GROUP BY r.code, d.stage, d.basis ORDER BY r.code, d.stage, d.basis",
            "results": "SELECT u.code, x.value, x.rank FROM round_result x JOIN unit u ON u.id = x.unit_id WHERE x.stage LIKE 'published%' ORDER BY u.code",
            "drafts": "SELECT code, state FROM edition_draft ORDER BY code",
        }
        out = {name: self.store.query(url, sql) for name, sql in one.items()}
        out["published"] = int(self.store.query(url, "SELECT COUNT(*) FROM round_publication")[0][0])
        return out

    def test_backup(self):
        path = os.path.join(self.folder, "killed.tdb")
        for i in self.tries("backup"):
            self.kill("backup", "--db", self.base, path, "--overwrite")
            if os.path.exists(path):  # an earlier one or this one, but a whole one
                self.assertEqual(sums(run("backup", "--verify", path).stdout), self.base_sums)
            if i % 3 == 2 and os.path.exists(path):
                os.unlink(path)
        self.assertEqual(sums(run("backup", "--db", self.base, path, "--overwrite").stdout), self.base_sums)
        self.assertEqual([n for n in os.listdir(self.folder) if n.startswith("killed.tdb") and n != "killed.tdb"], [])

    def kill_copies(self, target):
        """Copies of the base into another database, killed: the target is refused or whole, and can be made anew."""
        url = target.place()
        if target.name == "sqlite":
            target.remove(url)
        start = time.monotonic()
        p = run("copy", self.base, url)
        took = time.monotonic() - start
        self.assertEqual(sums(p.stdout), self.base_sums)
        for i in self.tries("copy", took):
            if i % 2:
                target.remove(url)
            self.kill("copy", self.base, url, "--overwrite")
            wait_free(target, url)
            wait_free(self.store, self.base)
            if target.name == "sqlite" and not os.path.exists(url):
                continue
            p = run("results", "show", "PAPI", "--year", "2019", "--unit", "Đắk Lắk", "--db", url, "-o", "csv", check=False)
            if not p.returncode:
                self.assertIn("2019,Đắk Lắk,D5,7.1061209,55,", p.stdout)
                look = os.path.join(self.folder, "look2.tdb")
                self.assertEqual(sums(run("backup", "--db", url, look, "--overwrite").stdout), self.base_sums)
        # The repeated command completes, and the way back gives the same tables.
        self.assertEqual(sums(run("copy", self.base, url, "--overwrite").stdout), self.base_sums)
        back = os.path.join(self.folder, f"back-{self.store.name}-{target.name}.db")
        self.assertEqual(sums(run("copy", url, back).stdout), self.base_sums)
        self.assertEqual(sums(run("backup", "--db", back, os.path.join(self.folder, "back.tdb"), "--overwrite").stdout), self.base_sums)
        target.remove(url)

    def test_copy_to_sqlite(self):
        folder = os.path.join(self.folder, "to")
        os.makedirs(folder, exist_ok=True)
        self.kill_copies(Sqlite(folder))

    @unittest.skipUnless(PG, "THUOCDO_TEST_PG is not set")
    def test_copy_to_postgresql(self):
        self.kill_copies(Postgres(self.folder))

    def test_restore(self):
        url = self.store.place()
        for _ in self.tries("restore"):
            self.store.remove(url)
            self.kill("restore", self.file, "--db", url)
            p = self.opens(url)
            if p.returncode == 0:
                self.assertIn("2019,Đắk Lắk,D5,7.1061209,55,", p.stdout)
        run("restore", self.file, "--db", url, "--overwrite")
        self.same(self.tables(url), self.want["init"])

    def test_two_imports_at_once(self):
        """Two processes load different files into one store: both are there afterwards, whole."""
        url = self.store.place()
        run("restore", self.file, "--db", url)
        other = os.path.join(self.folder, "other.csv")
        with open(self.big, encoding="utf-8") as f, open(other, "w", encoding="utf-8") as o:
            o.writelines(line.replace(",k", ",j", 1) for line in f)
        both = [subprocess.Popen([PROGRAM, "import", "results", name, "--db", url], env=ENV, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                 stderr=subprocess.PIPE, text=True) for name in (self.big, other)]
        for p in both:
            _, err = p.communicate(timeout=300)
            self.assertEqual(p.returncode, 0, err)
        self.assertEqual(self.store.query(url, "SELECT COUNT(*) FROM result_current WHERE year >= 2026")[0][0], 2 * ROWS)
        self.store.remove(url)


if ONLY != "postgresql":

    class OnSqlite(Crash, unittest.TestCase):
        make = Sqlite


if PG and ONLY != "sqlite":

    class OnPostgresql(Crash, unittest.TestCase):
        make = Postgres


if __name__ == "__main__":
    tap.main()
