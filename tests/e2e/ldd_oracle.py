#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares `mkrootfs --ldd` with every program's own loader, in bulk.

    ldd_oracle.py MKROOTFS DIR...

Takes every dynamic program in the DIRs that asks for glibc's loader, runs that loader on
it (LD_TRACE_LOADED_OBJECTS=1 LOADER FILE) and expects the same names and paths in the same
order from one run of mkrootfs over all of them. Prints TAP.
"""

import concurrent.futures
import os
import re
import struct
import subprocess
import sys

PT_INTERP = 3
ADDRESS = re.compile(r" \(0x[0-9a-f]+\)$")


def interp(path):
    """The interpreter that the ELF file asks for, or None."""
    with open(path, "rb") as file:
        ident = file.read(16)
        if len(ident) < 16 or ident[:4] != b"\x7fELF":
            return None
        wide, order = ident[4] == 2, "<" if ident[5] == 1 else ">"
        file.seek(32 if wide else 28)
        (phoff,) = struct.unpack(order + ("Q" if wide else "I"), file.read(8 if wide else 4))
        file.seek(54 if wide else 42)
        phentsize, phnum = struct.unpack(order + "HH", file.read(4))
        for i in range(phnum):
            file.seek(phoff + i * phentsize)
            header = file.read(phentsize)
            if struct.unpack_from(order + "I", header)[0] != PT_INTERP:
                continue
            if wide:
                offset, size = (struct.unpack_from(order + "Q", header, at)[0] for at in (8, 32))
            else:
                offset, size = (struct.unpack_from(order + "I", header, at)[0] for at in (4, 16))
            file.seek(offset)
            return os.fsdecode(file.read(size).rstrip(b"\0"))
    return None


def programs(directories):
    """(path, interpreter) of every dynamic program, each file once."""
    for directory in directories:
        for entry in sorted(os.scandir(directory), key=lambda entry: entry.name):
            if not entry.is_file(follow_symlinks=False) or not os.access(entry.path, os.R_OK):
                continue
            loader = interp(entry.path)
            if loader and os.path.basename(loader).startswith("ld-linux"):
                yield entry.path, loader


def lines_of(output):
    """The lines on objects, without their addresses and the kernel's own object."""
    lines = (ADDRESS.sub("", line) for line in output.splitlines() if line.startswith("\t"))
    return [line for line in lines if not re.match(r"\tlinux-(vdso|gate)", line)]


def by_loader(program):
    path, loader = program
    environment = {"LD_TRACE_LOADED_OBJECTS": "1", "LC_ALL": "C"}
    run = subprocess.run([loader, path], env=environment, stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, errors="surrogateescape", check=False)
    return lines_of(run.stdout)


def by_mkrootfs(mkrootfs, paths):
    """One run over all; the lines of each path."""
    run = subprocess.run([mkrootfs, "-q", "--ldd", "--", *paths], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, errors="surrogateescape", check=False)
    for line in run.stderr.splitlines()[:20]:
        print("#", line)
    print(f"# status {run.returncode}")
    found, output = {}, None
    for line in run.stdout.splitlines(keepends=True):
        if not line.startswith("\t") and line.endswith(":\n"):
            output = found.setdefault(line[:-2], [])
        elif output is not None:
            output.append(line)
    return {path: lines_of("".join(output)) for path, output in found.items()}


def main():
    mkrootfs, directories = sys.argv[1], sys.argv[2:]
    chosen = list(programs(directories))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        expected = dict(zip((path for path, _ in chosen), pool.map(by_loader, chosen)))
    actual = by_mkrootfs(mkrootfs, list(expected))

    different = [path for path in expected if actual.get(path) != expected[path]]
    edges = sum(map(len, expected.values()))
    print(f"# {len(expected)} programs, {edges} libraries, {len(different)} programs differ")
    for path in different[:10]:
        print("#", path)
        ours = actual.get(path, [])
        for line in expected[path]:
            print("#   loader  " + line if line not in ours else "#   both    " + line)
        for line in ours:
            if line not in expected[path]:
                print("#   mkrootfs" + line)
    failed = bool(different) or not expected
    print("not ok" if failed else "ok", "1 - --ldd is the loader's own list for every program")
    print("1..1")
    return failed


if __name__ == "__main__":
    sys.exit(main())
