#!/usr/bin/env python3
"""Runs a command beside a private PostgreSQL: tests/pg.py COMMAND [ARG...]

A fresh cluster in a fresh temporary folder, reached through a socket there and not through the network; THUOCDO_TEST_PG holds its URL.
Afterwards it is stopped and removed, and the exit code is the command's. As root the server runs as the user postgres, because it refuses
root. Exit code 77: PostgreSQL is not installed. Durability (fsync) is on: the tests and benches measure what users get.
"""
import atexit
import glob
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile


def programs():
    """The newest installed version's folder."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda p: float(p.split("/")[4]))
    if found:
        return os.path.dirname(found[-1])
    other = shutil.which("initdb")
    return os.path.dirname(other) if other else None


def as_user(command, cwd):
    if os.getuid() == 0:
        command = ["runuser", "-u", "postgres", "--"] + command
    return subprocess.run(command, cwd=cwd, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def must(command, cwd):
    done = as_user(command, cwd)
    if done.returncode:
        sys.exit(f"pg.py: {os.path.basename(command[0])} failed\n{done.stdout}")


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    bin_dir = programs()
    if not bin_dir:
        print("pg.py: PostgreSQL is not installed", file=sys.stderr)
        sys.exit(77)
    # A socket path may have 107 bytes: TMPDIR may be too long for that.
    folder = tempfile.mkdtemp(prefix="tdpg", dir="/tmp")
    data = os.path.join(folder, "data")

    def end():
        as_user([bin_dir + "/pg_ctl", "-D", data, "-m", "immediate", "stop"], folder)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(end)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    if os.getuid() == 0:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
        os.chmod(folder, 0o755)
    must([bin_dir + "/initdb", "-D", data, "-U", "test", "--locale=C", "-E", "UTF8", "--auth=trust", "--no-sync"], folder)
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c unix_socket_permissions=0777 -c max_connections=60"
    must([bin_dir + "/pg_ctl", "-D", data, "-w", "-l", os.path.join(folder, "log"), "-o", options, "start"], folder)
    must([bin_dir + "/createdb", "-h", folder, "-U", "test", "thuocdo"], folder)
    env = dict(os.environ, THUOCDO_TEST_PG=f"postgresql://test@/thuocdo?host={folder}")
    try:
        code = subprocess.run(sys.argv[1:], env=env).returncode
    except KeyboardInterrupt:
        code = 130
    except OSError as e:
        sys.exit(f"pg.py: {e}")
    sys.exit(code if code >= 0 else 128 - code)


main()
