#!/usr/bin/env python3
"""Other machines: roots of other architectures, each program's own loader under qemu-user, and what
we make of them without any of it. Prints TAP.

    foreign.py MKROOTFS [ARCHITECTURE...]

The roots are made by mmdebstrap once and kept in $CACHE (default: a temporary directory).
"""

import os
import shutil
import struct
import subprocess
import sys
import tempfile

from world import clean, in_root

# Debian's name, qemu's name, and where the loader of each stands.
MACHINES = {
    "arm64": ("aarch64", "/lib/ld-linux-aarch64.so.1"),
    "armhf": ("arm", "/lib/ld-linux-armhf.so.3"),
    "i386": ("i386", "/lib/ld-linux.so.2"),
    "ppc64el": ("ppc64le", "/lib64/ld64.so.2"),
    "s390x": ("s390x", "/lib/ld64.so.1"),
}
PACKAGES = "redis-server,sqlite3,git,curl,nginx,openssl,gpg,bash,libc-bin"
PROGRAMS = 40
SUITE = "bookworm"


def mirror():
    """This machine's own source of the suite, as arguments: security updates, which come from
    another place, can be out of step for an architecture."""
    run = subprocess.run(["apt-get", "indextargets", "--format",
                          "$(CODENAME) $(COMPONENT) $(REPO_URI)", "Identifier: Packages"],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False)
    for line in run.stdout.splitlines():
        if line.startswith(SUITE + " main "):
            return [line.split()[2]]
    return []


def make_root(architecture, directory):
    """None, or why there is no root."""
    if os.path.exists(directory + "/usr/bin/redis-server"):
        return None
    run = subprocess.run(["mmdebstrap", "--variant=extract", "--architectures=" + architecture,
                          "--include=" + PACKAGES, SUITE, directory, *mirror()],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if run.returncode == 0:
        return None
    shutil.rmtree(directory, ignore_errors=True)
    return "no root could be made: " + (run.stderr.strip().splitlines() or ["?"])[-1]


def interp_of(path):
    """The interpreter of an ELF file of any class and byte order, or None."""
    with open(path, "rb") as file:
        head = file.read(64)
        if head[:4] != b"\x7fELF":
            return None
        order = "<" if head[5] == 1 else ">"
        wide = head[4] == 2
        (offset,) = struct.unpack_from(order + ("Q" if wide else "I"), head, 32 if wide else 28)
        size, count = struct.unpack_from(order + "HH", head, 54 if wide else 42)
        for index in range(count):
            file.seek(offset + index * size)
            entry = file.read(size)
            if struct.unpack_from(order + "I", entry)[0] == 3:
                at, length = (struct.unpack_from(order + "Q", entry, 8)[0],
                              struct.unpack_from(order + "Q", entry, 32)[0]) if wide else (
                              struct.unpack_from(order + "I", entry, 4)[0],
                              struct.unpack_from(order + "I", entry, 16)[0])
                file.seek(at)
                return file.read(length).rstrip(b"\0").decode()
    return None


def programs(root):
    """Dynamic programs of the root, those of servers and the like before the many of coreutils."""
    found = []
    for directory in ("/usr/sbin", "/usr/bin", "/usr/lib/git-core"):
        for name in sorted(os.listdir(root + directory) if os.path.isdir(root + directory) else []):
            path = directory + "/" + name
            if os.path.isfile(root + path) and not os.path.islink(root + path) \
                    and interp_of(root + path):
                found.append(path)
    wanted = ("redis", "sqlite", "git", "curl", "nginx", "openssl", "gpg", "bash")
    return sorted(found, key=lambda path: not os.path.basename(path).startswith(wanted))[:PROGRAMS]


class Machine:
    def __init__(self, mkrootfs, architecture, root):
        self.mkrootfs = mkrootfs
        self.qemu = shutil.which(f"qemu-{MACHINES[architecture][0]}-static")
        self.loader = MACHINES[architecture][1]
        self.root = root

    def lend(self, root):
        shutil.copy(self.qemu, root + "/qemu")

    def run(self, root, command, environment=()):
        lent = [word for item in environment for word in ("-E", item)]
        return in_root(root, ["/qemu", *lent, *command])

    def by_loader(self, path):
        run = self.run(self.root, [self.loader, path], ["LD_TRACE_LOADED_OBJECTS=1"])
        return clean(run.stdout)

    def by_mkrootfs(self, *arguments):
        return subprocess.run([self.mkrootfs, "-q", "--sysroot", self.root, *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)

    def compare(self, paths):
        """(complaints, number of libraries)"""
        complaints, edges = [], 0
        for path in paths:
            theirs = self.by_loader(path)
            run = self.by_mkrootfs("--ldd", path)
            edges += len(theirs)
            if clean(run.stdout) != theirs or not theirs:
                complaints += [path, *("loader   " + line for line in theirs),
                               *("mkrootfs " + line for line in clean(run.stdout)), run.stderr]
        return complaints, edges

    def runs(self, command, expected=None):
        """Complaints of a rootfs that is made of a program and runs it."""
        out = tempfile.mkdtemp(prefix="mkrootfs-foreign-")
        try:
            made = self.by_mkrootfs(command[0], "-d", out)
            if made.returncode != 0:
                return [f"-d: status {made.returncode}", made.stderr]
            self.lend(out)
            inside = self.run(out, command)
            outside = expected or self.run(self.root, command).stdout
            if inside.returncode != 0 or inside.stdout != outside:
                return [f"status {inside.returncode}: {inside.stdout!r}, not {outside!r}",
                        inside.stderr]
        finally:
            shutil.rmtree(out)
        return []

    def hide(self, library):
        """Moves a library to where only the cache, made by the root's own ldconfig, leads."""
        place = None
        for directory, _, names in os.walk(self.root + "/usr/lib"):
            if library in names:
                place = directory
        os.makedirs(self.root + "/opt/only", exist_ok=True)
        for name in os.listdir(place):
            if name.startswith(library):
                os.rename(place + "/" + name, self.root + "/opt/only/" + name)
        with open(self.root + "/etc/ld.so.conf", "a", encoding="ascii") as conf:
            conf.write("/opt/only\n")
        return self.run(self.root, ["/sbin/ldconfig", "-X"])


class Tap:
    def __init__(self):
        self.number, self.failed = 0, False

    def show(self, description, complaints):
        self.number += 1
        print("not ok" if complaints else "ok", self.number, "-", description, flush=True)
        for line in complaints[:60]:
            print("#  ", line.rstrip())
        self.failed |= bool(complaints)

    def skip(self, description, reason):
        self.number += 1
        print(f"ok {self.number} - {description} # SKIP {reason}", flush=True)


def show_machine(tap, mkrootfs, architecture, kept):
    machine = None
    if not shutil.which("mmdebstrap"):
        return tap.skip(architecture, "mmdebstrap is not installed")
    if not shutil.which(f"qemu-{MACHINES[architecture][0]}-static"):
        return tap.skip(architecture, "qemu-user-static is not installed")
    reason = make_root(architecture, kept)
    if reason:
        return tap.skip(architecture, reason)
    with tempfile.TemporaryDirectory(prefix="mkrootfs-foreign-") as copy:
        root = copy + "/root"
        subprocess.run(["cp", "-a", kept, root], check=True)
        machine = Machine(mkrootfs, architecture, root)
        machine.lend(root)
        paths = programs(root)
        complaints, edges = machine.compare(paths)
        if len(paths) < 25:
            complaints.append(f"{len(paths)} programs are too few")
        tap.show(f"{architecture}: {len(paths)} programs and {edges} libraries by the loader's word",
                 complaints)
        tap.show(f"{architecture}: redis-server runs in its rootfs",
                 machine.runs(["/usr/bin/redis-server", "--version"]))
        made = machine.hide("libsqlite3.so.0")
        complaints, _ = machine.compare(["/usr/bin/sqlite3"])
        tap.show(f"{architecture}: a cache by its own ldconfig is read",
                 complaints + ([made.stderr] if made.returncode else []))
        tap.show(f"{architecture}: a cache by us is read by its loader",
                 machine.runs(["/usr/bin/sqlite3", ":memory:", "select 6*7"], "42\n"))
    return None


def main():
    mkrootfs, chosen = sys.argv[1], sys.argv[2:] or list(MACHINES)
    if os.getuid() != 0:
        print("1..0 # SKIP only root may chroot")
        return 0
    tap = Tap()
    cache = os.environ.get("CACHE") or tempfile.mkdtemp(prefix="mkrootfs-foreign-cache-")
    os.makedirs(cache, exist_ok=True)
    for architecture in chosen:
        show_machine(tap, mkrootfs, architecture, f"{cache}/{architecture}")
    if not os.environ.get("CACHE"):
        shutil.rmtree(cache)
    print(f"1..{tap.number}")
    return tap.failed


if __name__ == "__main__":
    sys.exit(main())
