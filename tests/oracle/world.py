# SPDX-License-Identifier: Apache-2.0
"""Small worlds for the oracles: a root directory with a real loader, tiny ELF files, and both
answers to what a program loads, the loader's own and mkrootfs's."""

import os
import re
import shutil
import subprocess
import tempfile

import tiny_elf

LOADER = "/lib64/ld-linux-x86-64.so.2"
MUSL = "/lib/ld-musl-x86_64.so.1"
ADDRESS = re.compile(r" \(0(x[0-9a-f]+)?\)$")
PATH = "/usr/sbin:/usr/bin:/sbin:/bin"


def library(**arguments):
    return tiny_elf.make(**arguments)


def program(**arguments):
    arguments.setdefault("interp", LOADER)
    return tiny_elf.make(**arguments)


class Link(str):
    """A symbolic link to this."""


class Hard(str):
    """A hard link to this path of the world."""


class Directory:
    """An empty directory."""


class LoaderFailed(Exception):
    """The loader itself dies or never ends: there is no answer to compare with."""


class World:
    """A root directory. As a context it goes away at its end."""

    def __init__(self, loader=LOADER):
        self.root = tempfile.mkdtemp(prefix="mkrootfs-world-")
        os.chmod(self.root, 0o755)
        self.put(loader, None)
        self.put("/etc", Directory())
        shutil.copy(os.path.realpath(loader), self.path(loader))
        self.mounted = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for place in list(self.mounted):
            self.unmount(place)
        shutil.rmtree(self.root)

    def path(self, path):
        return self.root + "/" + path.lstrip("/")

    def put(self, path, content):
        """A file of the world: bytes, text, Link, Hard or Directory; None makes its folder only."""
        place = self.path(path)
        os.makedirs(os.path.dirname(place), exist_ok=True)
        if content is None:
            return
        if os.path.lexists(place) and not isinstance(content, Directory):
            os.unlink(place)
        if isinstance(content, Link):
            os.symlink(content, place)
        elif isinstance(content, Hard):
            os.link(self.path(content), place)
        elif isinstance(content, Directory):
            os.makedirs(place, exist_ok=True)
        else:
            with open(place, "wb") as file:
                file.write(content if isinstance(content, bytes) else content.encode())
            os.chmod(place, 0o755)

    def cache(self, form="new"):
        subprocess.run(["ldconfig", "-X", "-c", form, "-r", self.root], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL, env={"PATH": PATH})

    def mount_proc(self, root):
        if root + "/proc" in self.mounted:
            return
        os.makedirs(root + "/proc", exist_ok=True)
        subprocess.run(["mount", "-t", "proc", "proc", root + "/proc"], check=True)
        self.mounted.append(root + "/proc")

    def unmount(self, place):
        if place in self.mounted:
            subprocess.run(["umount", "-l", place], check=True)
            self.mounted.remove(place)


def clean(output):
    lines = (ADDRESS.sub("", line) for line in output.splitlines())
    return [line for line in lines if not re.match(r"\tlinux-(vdso|gate)", line)]


def in_root(root, command, environment=None, user=None):
    def enter():
        # Not chroot(1): its own loader would be told to trace.
        os.chroot(root)
        os.chdir("/")
        if user:
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)

    return subprocess.run(command, env={"LC_ALL": "C", **(environment or {})}, preexec_fn=enter,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL,
                          errors="surrogateescape", check=False, timeout=20)


def by_loader(world, path, environment=None, command=(LOADER,), user=None):
    """(lines, what it says on standard error, status) of the loader's own trace."""
    try:
        run = in_root(world.root, [*command, path],
                      {"LD_TRACE_LOADED_OBJECTS": "1", **(environment or {})}, user)
    except subprocess.TimeoutExpired as error:
        raise LoaderFailed("the loader never ends") from error
    if run.returncode < 0:
        raise LoaderFailed(f"the loader dies of signal {-run.returncode}")
    return clean(run.stdout), run.stderr.splitlines(), run.returncode


def by_mkrootfs(mkrootfs, world, path, options=(), user=None):
    run = subprocess.run([mkrootfs, "-v", "--sysroot", world.root, "--ldd", *options, path],
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, errors="surrogateescape",
                         check=False, timeout=60, user=user, group=user)
    return clean(run.stdout), run.stderr.splitlines(), run.returncode
