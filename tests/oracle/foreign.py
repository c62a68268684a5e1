#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Other machines: roots of other architectures, each program's own loader under qemu-user, and what
we make of them without any of it. Prints TAP.

    foreign.py MKROOTFS [ARCHITECTURE...]

The roots are made by mmdebstrap once and kept in $CACHE (default: a temporary directory).
"""

import copy
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile

import any_elf
from world import clean, in_root

# Debian's name, qemu's name, where the loader of each stands, what uname says there, and the
# architecture and variant that Debian's own images of it have in registries.
MACHINES = {
    "arm64": ("aarch64", "/lib/ld-linux-aarch64.so.1", "aarch64", "arm64", "v8"),
    "armel": ("arm", "/lib/ld-linux.so.3", "armv7l", "arm", "v5"),
    "armhf": ("arm", "/lib/ld-linux-armhf.so.3", "armv7l", "arm", "v7"),
    "i386": ("i386", "/lib/ld-linux.so.2", "i686", "386", None),
    "mips64el": ("mips64el", "/lib64/ld.so.1", "mips64el", "mips64le", None),
    "ppc64el": ("ppc64le", "/lib64/ld64.so.2", "ppc64le", "ppc64le", None),
    "s390x": ("s390x", "/lib/ld64.so.1", "s390x", "s390x", None),
}
# Ids of cache entries: what is older than ids, one of each kind of machine, and one of none.
IDS = (0x0000, 0x0001, 0x0003, 0x0303, 0x0403, 0x0503, 0x0703, 0x0903, 0x0a03, 0x0b03, 0x0e03,
       0x1403)
# Bits of e_flags by which loaders may tell objects of one machine apart.
E_FLAGS = {
    "armel": (0x200, 0x400, 0x600),
    "armhf": (0x200, 0x400, 0x600),
    "mips64el": (0x20, 0x200, 0x400),
    "ppc64el": (0x1, 0x2, 0x3),
}
# Subdirectories that a loader looks into on the processor that qemu makes.
VARIANTS = {
    "arm64": ("atomics",),
    "armhf": ("neon", "v8l/neon/vfp"),
    "i386": ("sse2", "tls/i686"),
    "ppc64el": ("altivec", "glibc-hwcaps/power9"),
    "s390x": ("glibc-hwcaps/z13",),
}
PACKAGES = "redis-server,sqlite3,git,curl,nginx,openssl,gpg,bash,libc-bin"
PROGRAMS = 40
LIBRARIES = 20
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
    if os.path.exists(directory):
        return None
    making = directory + ".new"
    shutil.rmtree(making, ignore_errors=True)
    run = subprocess.run(["mmdebstrap", "--variant=extract", "--architectures=" + architecture,
                          "--include=" + PACKAGES, SUITE, making, *mirror()],
                         stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if run.returncode == 0:
        os.rename(making, directory)
        return None
    shutil.rmtree(making, ignore_errors=True)
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


def ids_of(like, root):
    """The ids in a root's cache."""
    with open(root + "/etc/ld.so.cache", "rb") as file:
        cache = file.read()
    (count,) = like.unpack("I", cache, 20)
    return {like.unpack("I", cache, 48 + 24 * index)[0] for index in range(count)}


def libraries(root):
    """Some of the root's libraries, which name no loader of their own."""
    found = []
    for directory, _, names in sorted(os.walk(root + "/usr/lib")):
        found += [(directory + "/" + name)[len(root):] for name in sorted(names)
                  if re.search(r"\.so\.[0-9.]*$", name)
                  and not os.path.islink(directory + "/" + name)
                  and interp_of(directory + "/" + name) is None]
    return found[::max(1, len(found) // LIBRARIES)]


class Machine:
    def __init__(self, mkrootfs, architecture, root):
        self.mkrootfs = mkrootfs
        qemu, self.loader, *self.names = MACHINES[architecture]
        self.qemu = shutil.which(f"qemu-{qemu}-static")
        self.root = root
        self.like = any_elf.Like(root + "/usr/bin/redis-server")

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

    def put(self, path, flags=None, **content):
        """Writes a tiny ELF file of this machine."""
        like = copy.copy(self.like)
        like.flags = like.flags if flags is None else flags
        os.makedirs(os.path.dirname(self.root + path), exist_ok=True)
        with open(self.root + path, "wb") as file:
            file.write(any_elf.make(like, **content))
        os.chmod(self.root + path, 0o755)

    def agree(self, path, needed, runpath=None):
        """Complaints about a program that needs these libraries."""
        self.put(path, needed=needed, runpath=runpath, interp=self.loader)
        return self.compare([path])[0]

    def built_with(self):
        """The default directories and $LIB, by the loader's own word."""
        usage = self.run(self.root, [self.loader, "--help"]).stdout
        facts = self.run(self.root, [self.loader, "--list-diagnostics"]).stdout
        directories = re.findall(r"^ *(/.*?) \(system search path\)$", usage, re.MULTILINE)
        (lib,) = re.findall(r'^dl_dst_lib="(.*)"$', facts, re.MULTILINE)
        return directories, lib

    def compare_directories(self):
        """A library in each default directory and all behind it, and some at what $LIB is."""
        directories, lib = self.built_with()
        needed = ["liblib.so", "libbraces.so"]
        self.put(f"/t/a/{lib}/liblib.so", soname="liblib.so")
        self.put(f"/t/b/{lib}/c/libbraces.so", soname="libbraces.so")
        for number, directory in enumerate(directories):
            needed.append(f"lib-of-{number}.so")
            for later in directories[number:]:
                self.put(f"{later}/{needed[-1]}", soname=needed[-1])
        complaints = self.agree("/t/program", needed, "/t/a/$LIB:/t/b/${LIB}/c")
        if not directories or any("not found" in line for line in self.by_loader("/t/program")):
            complaints.append(f"the loader told of {directories} and {lib}")
        return complaints

    def compare_flags(self, values):
        """Libraries that differ in e_flags, each in front of one of the machine's own."""
        for value in values:
            name = f"lib-{value:x}.so"
            self.put(f"/t/flags/{name}", value | self.like.flags & ~max(values), soname=name)
            self.put(f"/usr/lib/{name}", soname=name)
        return self.agree("/t/flags/program", [f"lib-{value:x}.so" for value in values],
                          "/t/flags")

    def compare_ids(self):
        """Complaints, and the ids with which a library is found that only the cache leads to."""
        path = self.root + "/etc/ld.so.cache"
        self.put("/opt/only/libcached.so", soname="libcached.so")
        self.run(self.root, ["/sbin/ldconfig", "-X"])
        with open(path, "rb") as file:
            cache = bytearray(file.read())
        (count,) = self.like.unpack("I", cache, 20)
        complaints, taken = [], []
        for number in IDS:
            for index in range(count):
                struct.pack_into(self.like.order + "I", cache, 48 + 24 * index, number)
            with open(path, "wb") as file:
                file.write(cache)
            complaints += [f"id {number:#x}: {line}"
                           for line in self.agree("/t/cached", ["libcached.so"])]
            if "not found" not in self.by_loader("/t/cached")[0]:
                taken.append(f"{number:#x}")
        return complaints if taken else [*complaints, "none is taken"], ", ".join(taken)

    def compare_caches(self):
        """The id that the root's ldconfig gives to the machine's libraries, and the one by us."""
        out = tempfile.mkdtemp(prefix="mkrootfs-foreign-")
        try:
            self.by_mkrootfs("/usr/bin/sqlite3", "-d", out)
            theirs, ours = ids_of(self.like, self.root), ids_of(self.like, out)
        finally:
            shutil.rmtree(out)
        return [] if ours and ours <= theirs else [f"{ours} are not of {theirs}"]

    def compare_variants(self, words):
        """Libraries for a better processor: they come along, and are what its loader takes."""
        needed = []
        for number, word in enumerate(words):
            for directory in ("/opt/only", "/t/variants"):
                needed.append(f"lib-{os.path.basename(directory)}-{number}.so")
                for place in (directory, directory + "/" + word):
                    self.put(f"{place}/{needed[-1]}", soname=needed[-1])
        self.put("/t/variants/program", needed=needed, runpath="/t/variants", interp=self.loader)
        self.run(self.root, ["/sbin/ldconfig", "-X"])
        outside = self.by_loader("/t/variants/program")
        complaints = [line for line in outside if "not found" in line]
        if not any(words[0] in line for line in outside):
            complaints = [f"no library of {words[0]} is taken"]
        return complaints + self.same_inside("/t/variants/program", outside)

    def same_inside(self, path, outside):
        """Complaints of a rootfs in which the loader finds something else."""
        out = tempfile.mkdtemp(prefix="mkrootfs-foreign-")
        try:
            made = self.by_mkrootfs(path, "-d", out)
            self.lend(out)
            run = self.run(out, [self.loader, path], ["LD_TRACE_LOADED_OBJECTS=1"])
        finally:
            shutil.rmtree(out)
        if clean(run.stdout) == outside:
            return []
        return [made.stderr, *outside, "but inside", *clean(run.stdout), run.stderr]

    def compare_name(self):
        run = self.by_mkrootfs("--json", "/usr/bin/sqlite3")
        told = json.loads(run.stdout)
        named = [told["machine"], told["image"]["architecture"], told["image"]["variant"]]
        return [] if named == [*self.names] else [f"{named} are not {self.names}"]

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
    with tempfile.TemporaryDirectory(prefix="mkrootfs-foreign-") as scratch:
        root = scratch + "/root"
        subprocess.run(["cp", "-a", kept, root], check=True)
        machine = Machine(mkrootfs, architecture, root)
        machine.lend(root)
        paths = programs(root)
        complaints, edges = machine.compare(paths)
        if len(paths) < 25:
            complaints.append(f"{len(paths)} programs are too few")
        tap.show(f"{architecture}: {len(paths)} programs and {edges} libraries by the loader's word",
                 complaints)
        paths = libraries(root)
        complaints, edges = machine.compare(paths)
        tap.show(f"{architecture}: {len(paths)} libraries and {edges} of theirs", complaints)
        tap.show(f"{architecture}: its name is that of uname, and of images", machine.compare_name())
        tap.show(f"{architecture}: default directories and $LIB", machine.compare_directories())
        if architecture in E_FLAGS:
            tap.show(f"{architecture}: objects of other flags",
                     machine.compare_flags(E_FLAGS[architecture]))
        tap.show(f"{architecture}: redis-server runs in its rootfs",
                 machine.runs(["/usr/bin/redis-server", "--version"]))
        made = machine.hide("libsqlite3.so.0")
        complaints, _ = machine.compare(["/usr/bin/sqlite3"])
        tap.show(f"{architecture}: a cache by its own ldconfig is read",
                 complaints + ([made.stderr] if made.returncode else []))
        tap.show(f"{architecture}: a cache by us is read by its loader",
                 machine.runs(["/usr/bin/sqlite3", ":memory:", "select 6*7"], "42\n"))
        tap.show(f"{architecture}: ids in a cache by us", machine.compare_caches())
        if architecture in VARIANTS:
            tap.show(f"{architecture}: libraries of better processors",
                     machine.compare_variants(VARIANTS[architecture]))
        complaints, taken = machine.compare_ids()
        tap.show(f"{architecture}: its loader takes cache entries of {taken}", complaints)
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
