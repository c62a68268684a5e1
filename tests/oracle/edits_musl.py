#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""As edits.py, beside musl's loader: libraries of this machine with one edit each by patchelf, strip or
objcopy, needed by a program that is whole. Edits by hand are left out: musl takes files without the
ELF magic, and what a broken table makes of it is a matter of chance. Prints TAP, a line for every
hundred edits.

    edits_musl.py MKROOTFS [COUNT [FIRST-SEED]]
"""

import os
import random
import shutil
import sys
import tempfile
import types

import edits
from tiny_elf import make
from world import MUSL, LoaderFailed, by_mkrootfs, clean, in_root

# musl puts itself in the place of another libc, which it knows by two symbols (ldso/dynlink.c).
LIBCS = ("libc.so.6",)
ROOT = types.SimpleNamespace(root="/")
PATH = {"LD_LIBRARY_PATH": edits.MULTIARCH}


def errors(lines):
    """What musl says of loading; what it says of symbols is no affair of a list."""
    return sorted(line for line in lines if line.startswith("Error loading"))


def by_loader(path):
    """(lines, words); None where it dies of the edit."""
    try:
        run = in_root("/", [MUSL, "--list", path], PATH)
    except OSError:
        return None
    if run.returncode < 0:
        return None
    return clean(run.stdout), errors(run.stderr.splitlines())


def compare(mkrootfs, path):
    ours, our_words, status = by_mkrootfs(mkrootfs, ROOT, path, (
        "--dlopen", "none", "--library-path", PATH["LD_LIBRARY_PATH"]))
    if not 0 <= status <= 3:
        return [f"mkrootfs ends with {status}"]
    theirs = by_loader(path)
    if not theirs:
        return None
    lines, words = theirs
    listed = [line for line in ours if line.startswith("\t")]
    complaints = []
    if listed != lines or errors(ours) != words:
        complaints += ["loader   " + line for line in lines[:4] + words[:3]]
        complaints += ["mkrootfs " + line for line in ours[:6] + our_words[:2]]
    if status != (3 if words else 0):
        complaints.append(f"status {status}")
    return complaints


def one(mkrootfs, files, seed):
    """(what was done, complaints or None) of the edit of that seed."""
    random_ = random.Random(seed)
    source = random_.choice(files)
    directory = tempfile.mkdtemp(prefix="edits.")
    try:
        path = os.path.join(directory, os.path.basename(source))
        shutil.copy(source, path)
        tool = random_.choice([edits.patchelf, edits.patchelf, edits.binutils])
        done = edits.edit_by_tool(tool(random_, path))
        os.chmod(path, 0o755)
        needing = os.path.join(directory, "main")
        with open(needing, "wb") as file:
            file.write(make(needed=[path], interp=MUSL))
        os.chmod(needing, 0o755)
        if edits.reaches_outside(path):
            _, _, status = by_mkrootfs(mkrootfs, ROOT, needing)
            return f"{source}: {done}", [] if 0 <= status <= 3 else [f"status {status}"]
        return f"{source}: {done}", compare(mkrootfs, needing)
    except LoaderFailed:
        return source, None
    finally:
        shutil.rmtree(directory)


def main():
    if not os.path.exists(MUSL):
        print("1..0 # SKIP there is no musl here")
        return 0
    return edits.show(one, [path for path in edits.candidates()
                            if ".so" in path and os.path.basename(path) not in LIBCS])


if __name__ == "__main__":
    sys.exit(main())
