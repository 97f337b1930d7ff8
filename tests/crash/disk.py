"""A disk that is full, below the store of a test.

SQLite: the store lies in a tmpfs of its own, which is shrunk to what it holds; only root may mount one. PostgreSQL: every table refuses to be
written with the SQLSTATE that the server reports then (53100), so that nothing else of the cluster suffers.
"""
import os
import subprocess

ROOM = 512 << 20


class Tmpfs:
    def __init__(self, folder):
        """OSError: no right to mount."""
        self.folder = folder
        if os.getuid() != 0 or subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", folder], capture_output=True).returncode:
            raise OSError("needs root and a tmpfs")

    def resize(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", self.folder], check=True)

    def fill(self):
        s = os.statvfs(self.folder)
        self.resize((s.f_blocks - s.f_bfree) * s.f_frsize)

    def make_room(self):
        self.resize(ROOM)

    def end(self):
        subprocess.run(["umount", self.folder], check=False)


class Schema:
    def __init__(self, pg, name):
        self.pg, self.name = pg, name

    def psql(self, sql):
        subprocess.run(["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", self.pg, "-c", f"SET client_min_messages = error; SET search_path = {self.name}; {sql}"],
                       check=True)

    def each_table(self, sql):
        self.psql(f"DO $$ DECLARE t text; BEGIN FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = '{self.name}' LOOP"
                  f" EXECUTE format('{sql}', t); END LOOP; END $$")

    def fill(self):
        self.psql("CREATE OR REPLACE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS"
                  " $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$")
        self.each_table("CREATE TRIGGER disk_full BEFORE INSERT OR UPDATE ON %I FOR EACH ROW EXECUTE FUNCTION disk_full()")

    def make_room(self):
        self.each_table("DROP TRIGGER IF EXISTS disk_full ON %I")

    def end(self):
        pass
