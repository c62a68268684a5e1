#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""As edits.py, beside the loaders of other machines under qemu-user: programs and libraries of their
roots with one random edit each. Prints TAP, a line for every hundred edits.

    edits_foreign.py MKROOTFS [COUNT [FIRST-SEED]]

The roots are those of foreign.py. Machines of 64 bits, little-endian, as edits by hand want them.
"""

import os
import random
import shutil
import subprocess
import sys
import tempfile

import any_elf
import edits
import foreign
import odd
from world import clean

ARCHITECTURES = ("arm64", "ppc64el")
# Of these the machine's own loader says nothing that could be compared: see edits.py.
SILENT = (*edits.OUTSIDE, "loader not found", "is a broken ELF file")


def candidates(root):
    return foreign.programs(root) + foreign.libraries(root)


def compare(machine, path, is_library):
    """Complaints; None where the loader's answer is that it dies."""
    run = machine.run(machine.root, [machine.loader, path], ["LD_TRACE_LOADED_OBJECTS=1"])
    ours = machine.by_mkrootfs("--ldd", "--dlopen", "none", path)
    if not 0 <= ours.returncode <= 3:
        return [f"mkrootfs ends with {ours.returncode}"]
    if run.returncode not in (0, 1, 127) or "Inconsistency" in run.stderr:
        return None
    theirs, words = clean(run.stdout), odd.words(run.stderr.splitlines())
    if any(text in ours.stderr for text in SILENT):
        return []
    if words and "error while" in words[-1]:
        return [] if ours.returncode else [f"the loader says {words[-1]}, status 0"]
    listed = [line for line in clean(ours.stdout) if line.startswith("\t")]
    if ours.returncode in (0, 3) and listed == theirs:
        return []
    if not is_library and ours.returncode == 1:
        # The kernel is asked for a program, and is strict.
        return []
    return [*("loader   " + line for line in theirs[:5]), *("mkrootfs " + line for line in listed[:5]),
            ours.stderr[:200], f"status {ours.returncode}"]


def one(machine, files, seed):
    """(what was done, complaints or None) of the edit of that seed."""
    random_ = random.Random(seed)
    source = random_.choice(files)
    directory = tempfile.mkdtemp(prefix="edits.", dir=machine.root)
    try:
        path = os.path.join(directory, os.path.basename(source))
        shutil.copy(machine.root + source, path)
        done = f"{source}: {edits.edit_by_tool(edits.patchelf(random_, path))}"
        os.chmod(path, 0o755)
        inside = path[len(machine.root):]
        is_library = ".so" in os.path.basename(path)
        if is_library and random_.random() < 0.7:
            main_ = os.path.join(directory, "main")
            with open(main_, "wb") as file:
                file.write(any_elf.make(machine.like, needed=[inside], interp=machine.loader))
            os.chmod(main_, 0o755)
            inside, is_library = main_[len(machine.root):], False
        return done, compare(machine, inside, is_library)
    finally:
        shutil.rmtree(directory)


def machines(mkrootfs, scratch):
    """Those that can be had here, each with a copy of its root."""
    cache = os.environ.get("CACHE") or scratch
    os.makedirs(cache, exist_ok=True)
    for architecture in ARCHITECTURES:
        qemu = f"qemu-{foreign.MACHINES[architecture][0]}-static"
        if not shutil.which("mmdebstrap") or not shutil.which(qemu):
            continue
        kept = f"{cache}/{architecture}"
        if foreign.make_root(architecture, kept):
            continue
        root = f"{scratch}/{architecture}.root"
        subprocess.run(["cp", "-a", kept, root], check=True)
        machine = foreign.Machine(mkrootfs, architecture, root)
        machine.lend(root)
        yield machine, candidates(root)


def main():
    if os.getuid() != 0:
        print("1..0 # SKIP only root may chroot")
        return 0
    with tempfile.TemporaryDirectory(prefix="mkrootfs-foreign-") as scratch:
        known = list(machines(sys.argv[1], scratch))
        if not known:
            print("1..0 # SKIP no root of another machine could be made")
            return 0

        def either(_, __, seed):
            machine, files = known[seed % len(known)]
            return one(machine, files, seed)

        return edits.show(either, [])


if __name__ == "__main__":
    sys.exit(main())
