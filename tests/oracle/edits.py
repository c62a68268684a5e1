#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Real programs and libraries of this machine with one random edit each, such as patchelf, strip,
objcopy or a hex editor make: what the loader says of it, we say. Prints TAP, a line for every
hundred edits; a seed makes the same edit again.

    edits.py MKROOTFS [COUNT [FIRST-SEED]]
"""

import glob
import os
import random
import shutil
import struct
import subprocess
import sys
import tempfile
import types

import odd
from tiny_elf import make
from world import LOADER, LoaderFailed, by_loader, by_mkrootfs

SIZE_MAX = 2 << 20
MULTIARCH = "/usr/lib/x86_64-linux-gnu"
HEADER_SIZE, SEGMENT_SIZE = 64, 56
OUTSIDE = ("the dynamic segment is not in the file", "is not in the string table",
           "the version records are not in the file")
CANNOT_READ = "cannot read file data"
WORDS = [0, 1, 2, 3, 7, 8, 16, 0xFFF, 0x1000, 0x1001, 0x2000, 0x10000, 0x400000, 1 << 31,
         (1 << 32) - 1, 1 << 47, 1 << 60, (1 << 64) - 1]


def is_dynamic(path):
    """An ELF file of this machine that names libraries."""
    try:
        if os.path.islink(path) or not 1000 < os.path.getsize(path) < SIZE_MAX:
            return False
        with open(path, "rb") as file:
            head = file.read(20)
    except OSError:
        return False
    return head[:6] == b"\x7fELF\2\1" and head[16] in (2, 3) and head[18:20] == b"\x3e\0"


def candidates():
    found = [*glob.glob("/usr/bin/*"), *glob.glob("/usr/sbin/*")]
    found += glob.glob(MULTIARCH + "/*.so*") + glob.glob(MULTIARCH + "/*/*.so")
    return sorted(path for path in found if is_dynamic(path))


def names_loader(path):
    """Whether the kernel starts the loader for it: what it does not start the loader for, it runs."""
    with open(path, "rb") as file:
        content = file.read()
    if len(content) < HEADER_SIZE or content[16] not in (2, 3):
        return False
    for at in segments_of(content):
        if at + SEGMENT_SIZE > len(content):
            return False
        if struct.unpack_from("<I", content, at)[0] == 3:
            offset, = struct.unpack_from("<Q", content, at + 8)
            return content[offset:offset + len(LOADER) + 1] == LOADER.encode() + b"\0"
    return False


def reaches_outside(path):
    """Whether a segment lies outside of the room that the loader makes, from the first to the last:
    what is there is another's, and by chance it ends well."""
    with open(path, "rb") as file:
        content = file.read()
    loads = []
    for at in segments_of(content) if len(content) >= HEADER_SIZE else []:
        if at + SEGMENT_SIZE <= len(content) and struct.unpack_from("<I", content, at)[0] == 1:
            address, = struct.unpack_from("<Q", content, at + 16)
            loads.append((address & ~0xFFF, address, *struct.unpack_from("<QQ", content, at + 32)))
    if not loads:
        return False
    end = (loads[-1][1] + loads[-1][3] + 0xFFF) % (1 << 64) & ~0xFFF
    return any(start < loads[0][0] or address + max(in_file, in_memory) > end
               for start, address, in_file, in_memory in loads)


def dies_at_start(path):
    """What only a start shows: a trace says nothing of a filter library that is not there."""
    run = subprocess.run([LOADER, "--list", path], capture_output=True, check=False, timeout=20,
                         env={"LC_ALL": "C"})
    return run.returncode == 127 and b"cannot open shared object file" in run.stderr


def patchelf(random_, path):
    paths = "/opt/" + "x" * random_.randint(1, 300) + ":$ORIGIN/../lib:/none"
    names = subprocess.run(["patchelf", "--print-needed", path], capture_output=True, text=True,
                           check=False).stdout.split()
    choices = [["--set-rpath", paths], ["--force-rpath", "--set-rpath", paths], ["--remove-rpath"],
               ["--add-needed", "libz.so.1"], ["--add-needed", "libnone-at-all.so.9"],
               ["--set-soname", "lib" + "y" * random_.randint(1, 90) + ".so"],
               ["--no-default-lib"], ["--page-size", "65536", "--set-rpath", paths]]
    if names:
        choices += [["--remove-needed", random_.choice(names)],
                    ["--replace-needed", random_.choice(names), "libm.so.6"],
                    ["--replace-needed", random_.choice(names), "libgone" + "z" * 99 + ".so"]]
    return ["patchelf", *random_.choice(choices), path]


def binutils(random_, path):
    return [*random_.choice([["strip"], ["strip", "-g"], ["objcopy", "--only-keep-debug"],
                             ["objcopy", "--strip-unneeded"], ["strip", "--strip-section-headers"],
                             ["objcopy", "--remove-section=.gnu.version_r"],
                             ["objcopy", "--remove-section=.comment"]]), path]


def segments_of(content):
    table, = struct.unpack_from("<Q", content, 32)
    count, = struct.unpack_from("<H", content, 56)
    return [table + SEGMENT_SIZE * number for number in range(count)]


def put(content, at, size, value):
    content[at:at + size] = (value % (1 << 8 * size)).to_bytes(size, "little")


def around(random_, value):
    return random_.choice([*WORDS, value + 1, value - 1, value + 8, value - 8, value + 0x1000,
                           value - 0x1000, value * 2, value // 2])


def edit_segment(random_, content):
    """One field of one program header; or two of them change their places; or one is gone."""
    places = segments_of(content)
    at = random_.choice(places)
    kind = random_.random()
    if kind < 0.1:
        other = random_.choice(places)
        content[at:at + SEGMENT_SIZE], content[other:other + SEGMENT_SIZE] = \
            content[other:other + SEGMENT_SIZE], content[at:at + SEGMENT_SIZE]
    elif kind < 0.2:
        put(content, at, 4, random_.choice([0, 1, 2, 4, 7]))
    else:
        # But the addresses of the loader's name and of the headers, by which it calls itself.
        type_, = struct.unpack_from("<I", content, at)
        offset = random_.choice([8, 24, 32, 40, 48] if type_ in (3, 6) else [8, 16, 24, 32, 40, 48])
        value, = struct.unpack_from("<Q", content, at + offset)
        put(content, at + offset, 8, around(random_, value))


def edit_dynamic(random_, content):
    """One tag or value of the dynamic segment."""
    for at in segments_of(content):
        type_, = struct.unpack_from("<I", content, at)
        offset, = struct.unpack_from("<Q", content, at + 8)
        size, = struct.unpack_from("<Q", content, at + 32)
        if type_ != 2 or not 16 <= size <= len(content) - offset:
            continue
        entry = offset + 16 * random_.randrange(size // 16)
        tag, value = struct.unpack_from("<qQ", content, entry)
        if random_.random() < 0.3:
            put(content, entry, 8, random_.choice([0, 1, 4, 5, 6, 10, 14, 15, 29, 30, 0x6FFFFFFB,
                                                   0x6FFFFFFE, 0x6FFFFFFC, 0x7FFFFFFF, tag + 1]))
        else:
            put(content, entry + 8, 8, around(random_, value))
        return


def edit_header(random_, content):
    if random_.random() < 0.4:
        # But for class and byte order, which are another file's.
        content[random_.choice([0, 3, 6, 7, 8, 9, 15])] = random_.choice([0, 1, 2, 3, 6, 9, 255])
        return
    at, size = random_.choice([(16, 2), (18, 2), (20, 4), (32, 8), (40, 8), (48, 4), (52, 2),
                               (54, 2), (56, 2), (58, 2), (60, 2), (62, 2)])
    put(content, at, size, around(random_, int.from_bytes(content[at:at + size], "little")))


def cut(random_, content):
    """The file ends early, or behind its last segment, as sstrip leaves it."""
    ends = [sum(struct.unpack_from("<Q", content, at + place)[0] for place in (8, 32))
            for at in segments_of(content)]
    end = random_.choice([max(ends), max(ends) + 1, random_.randrange(len(content)),
                          random_.randrange(600), len(content) - random_.randint(1, 5000)])
    del content[max(end, 0):]


BY_HAND = [edit_segment, edit_segment, edit_dynamic, edit_dynamic, edit_header, cut]


def edit_by_tool(command):
    """Says what was done."""
    subprocess.run(command, capture_output=True, check=False, timeout=60)
    return " ".join(command[:-1])[:120]


def edit(random_, path):
    """Says what was done."""
    kind = random_.random()
    if kind < 0.4:
        return edit_by_tool((patchelf if kind < 0.3 else binutils)(random_, path))
    with open(path, "rb") as file:
        content = bytearray(file.read())
    by_hand = random_.choice(BY_HAND)
    by_hand(random_, content)
    with open(path, "wb") as file:
        file.write(content)
    return by_hand.__name__


def short(words):
    """Without the error's own text behind it."""
    return [word[:word.index(CANNOT_READ) + len(CANNOT_READ)] if CANNOT_READ in word else word
            for word in words]


def compare(mkrootfs, path, started_by):
    """Complaints; None where the loader's answer is that it dies."""
    root = types.SimpleNamespace(root="/")
    ours, our_words, our_status = by_mkrootfs(mkrootfs, root, path, ("--dlopen", "none"))
    if our_status > 3 or our_status < 0:
        return [f"mkrootfs ends with {our_status}"]
    try:
        theirs, their_words, status = by_loader(root, path, {}, started_by)
    except LoaderFailed:
        return None
    except OSError as error:
        # The kernel does not start it.
        return [f"the kernel says {error.strerror}, status 0"] if our_status == 0 else []
    if any(word in line for line in our_words for word in OUTSIDE) and our_status == 1:
        # It read what of other mappings lay there.
        return []
    if status == 127 and not theirs and "Inconsistency" in "".join(their_words):
        return [] if our_status == 1 else [f"the loader aborts, status {our_status}"]
    if "DT_RELR without" in "".join(their_words) and any(" => not found" in line for line in ours):
        # A trace goes on without a library, and takes its versions for not asked for.
        return [] if our_status == 3 else [f"a library is missing, status {our_status}"]
    if any("loader not found" in line for line in our_words) and our_status == 3:
        # A library for another machine now: of it this one's loader says nothing.
        return []
    said = short(odd.words(ours) or odd.words(our_words))
    their_said = short(odd.words(their_words))
    if their_said and "error while" in their_said[-1]:
        theirs = []
        # A FILE that is refused itself is named by us in our own way.
        if f": {path}: " in their_said[-1] and our_status == 1:
            return []
    if "not a dynamic executable" in "".join(ours) and "no dynamic section" in "".join(their_said):
        return []
    complaints = []
    if "".join(line + "\n" for line in ours if not odd.words([line])) != \
            "".join(line + "\n" for line in theirs):
        complaints += ["loader   " + line for line in theirs[:4] + their_words[:2]]
        complaints += ["mkrootfs " + line for line in ours[:4] + our_words[:2]]
    if sorted(their_said) != sorted(said):
        complaints.append(f"the loader says {their_said[:3]}, mkrootfs {said[:3]}")
    expected = odd.expected_status(theirs, their_said, {"auxiliary_only": False})
    if our_status != expected and not (our_status == 3 and expected == 0 and dies_at_start(path)):
        complaints.append(f"status {our_status}")
    return complaints


def one(mkrootfs, files, seed):
    """(what was done, complaints or None) of the edit of that seed."""
    random_ = random.Random(seed)
    source = random_.choice(files)
    directory = tempfile.mkdtemp(prefix="edits.")
    try:
        path = os.path.join(directory, os.path.basename(source))
        shutil.copy(source, path)
        done = edit(random_, path)
        os.chmod(path, 0o755)
        edited = path
        if ".so" in os.path.basename(source) and random_.random() < 0.7:
            # Loaded by a program, which is whole.
            needing = os.path.join(directory, "main")
            with open(needing, "wb") as file:
                file.write(make(needed=[path], interp=LOADER))
            os.chmod(needing, 0o755)
            path = needing
        is_library = ".so" in os.path.basename(path)
        if not is_library and not names_loader(path):
            # Nobody could say anything of it but the kernel, which runs it.
            _, _, status = by_mkrootfs(mkrootfs, types.SimpleNamespace(root="/"), path)
            return f"{source}: {done}", [] if 0 <= status <= 3 else [f"status {status}"]
        if reaches_outside(edited):
            _, _, status = by_mkrootfs(mkrootfs, types.SimpleNamespace(root="/"), path)
            return f"{source}: {done}", [] if 0 <= status <= 3 else [f"status {status}"]
        started_by = (LOADER,) if is_library else ()
        return f"{source}: {done}", compare(mkrootfs, path, started_by)
    finally:
        shutil.rmtree(directory)


def show(one_edit, files):
    """Runs as many edits as the command line says."""
    mkrootfs = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 300
    first = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    missing = [name for name in ("patchelf", "objcopy") if not shutil.which(name)]
    if missing or os.getuid() != 0:
        print("1..0 # SKIP wants root, patchelf and objcopy")
        return 0
    failed = died = bad = 0
    for number in range(count):
        done, complaints = one_edit(mkrootfs, files, first + number)
        died += complaints is None
        bad += bool(complaints)
        if complaints:
            print(f"# seed {first + number}: {done}")
            for line in complaints:
                print("#  ", line.encode("utf-8", "backslashreplace").decode())
        if (number + 1) % 100 == 0 or number + 1 == count:
            print("not ok" if bad else "ok", number // 100 + 1,
                  f"- edits up to seed {first + number}: {bad} differ, the loader itself died of {died}")
            failed += bad
            bad = died = 0
    print(f"1..{(count + 99) // 100}")
    return 1 if failed else 0


def main():
    if not os.path.exists(LOADER):
        print(f"1..0 # SKIP there is no {LOADER} here")
        return 0
    return show(one, candidates())


if __name__ == "__main__":
    sys.exit(main())
