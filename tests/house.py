#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The house stands: arrows go down, no file of a room calls one that calls it, and a name means one
thing. Prints TAP.

    house.py SOURCE [NM LIBRARY...]

SOURCE is the project's directory, LIBRARY the static library of a room, built from src/ROOM: its
symbols tell which file calls which.
"""

import os
import re
import subprocess
import sys

# Each room and what it stands on; what those stand on comes with them.
ROOMS = {
    "base": [],
    "root": ["base"],
    "elf": ["root"],
    "loader": ["elf"],
    "closure": ["loader"],
    "trace": ["base"],
    "proof": ["trace"],
    "manifest": ["root"],
    "packages": ["manifest"],
    "needs": ["closure", "packages", "manifest"],
    "output": ["manifest"],
    "report": ["needs", "output"],
    "plan": ["needs", "manifest"],
    "harvest": ["plan", "report", "output", "proof"],
    "api": ["harvest"],
    "command": [],
}
# The public header is for those who serve it, and for the command, which uses nothing else. Two
# rooms take its words (levels, formats, compressions) and none of its functions.
PUBLIC = "mkrootfs.h"
SERVES_PUBLIC = {"plan", "harvest", "api"}
SPEAKS_PUBLIC = {"base", "output"}
# Files that are one parser: a word of a shell holds commands, and a command words.
ONE_PARSER = {"shell_command.c", "shell_expand.c", "shell_parse.c"}
# Rooms that nothing but the harvest, and the public functions on it, may see together.
APART = ("needs", "trace")
SEES_ALL = {"harvest", "api"}


def below(room):
    found = set()
    left = list(ROOMS[room])
    while left:
        other = left.pop()
        if other not in found:
            found.add(other)
            left += ROOMS[other]
    return found


def sources(source):
    for room in sorted(os.listdir(os.path.join(source, "src"))):
        directory = os.path.join(source, "src", room)
        if not os.path.isdir(directory):
            continue
        for name in sorted(os.listdir(directory)):
            if name.endswith((".c", ".h")):
                with open(os.path.join(directory, name), encoding="utf-8") as file:
                    yield room, name, file.read()


def includes_of(text):
    return re.findall(r'^\s*#\s*include\s+"([^"]+)"', text, re.M)


def structs_of(text):
    return re.findall(r"^(?:static )?(?:const )?(?:struct|union) (\w+) \{", text, re.M)


def is_own(source, room, include):
    return os.path.exists(os.path.join(source, "src", room, include))


def check_includes(source):
    wrong = []
    for room, name, text in sources(source):
        if room not in ROOMS:
            wrong.append(f"src/{room}/{name}: no room of the house is called {room}")
            continue
        allowed = below(room) | {room}
        for include in includes_of(text):
            other = include.split("/")[0] if "/" in include else None
            if other is None:
                public = include == PUBLIC and room in SERVES_PUBLIC | SPEAKS_PUBLIC | {"command"}
                if not public and not is_own(source, room, include):
                    wrong.append(f"src/{room}/{name}: includes {include}")
            elif other not in allowed:
                wrong.append(f"src/{room}/{name}: includes {include}, and {room} "
                             f"does not stand on {other}")
    return wrong


def check_apart(source):
    seen = {}
    for room, _, text in sources(source):
        seen.setdefault(room, set()).update(include.split("/")[0] for include in includes_of(text))
    return [f"src/{room} sees both {APART[0]} and {APART[1]}" for room, others in seen.items()
            if room not in SEES_ALL and set(APART) <= others | {room}]


def check_struct_names(source):
    """A struct of one file may be called as one of another by the language, and not by the reader."""
    places = {}
    for room, name, text in sources(source):
        for struct in structs_of(text):
            places.setdefault(struct, []).append(f"src/{room}/{name}")
    return [f"struct {struct} is in {' and in '.join(files)}"
            for struct, files in sorted(places.items()) if len(files) > 1]


def room_of(library):
    return re.sub(r"^lib|\.a$", "", os.path.basename(library))


def check_public(nm, library):
    """No room below those that serve them calls a public function."""
    if room_of(library) in SERVES_PUBLIC:
        return []
    _, wanted = symbols(nm, library)
    return [f"src/{room_of(library)}/{file} calls {name}" for file, names in sorted(wanted.items())
            for name in sorted(names) if re.match(r"mkrootfs_(?!plan_free$|free$)", name)]


def symbols(nm, library):
    """What each object of LIBRARY defines for others, and what it wants of them."""
    defined, wanted, member = {}, {}, None
    lines = subprocess.run([nm, library], capture_output=True, text=True, check=True).stdout
    for line in lines.splitlines():
        if line.endswith(":"):
            member = os.path.basename(line[:-1]).replace(".c.o", ".c").replace(room_of(library) + "_", "", 1)
            wanted[member] = set()
            continue
        words = line.split()
        if len(words) < 2 or member is None:
            continue
        kind, name = words[-2], words[-1]
        if kind == "U":
            wanted[member].add(name)
        elif kind in "TDRBCVW":
            defined[name] = member
    return defined, wanted


def circle(arrows):
    """A list of files each of which uses the next, the last the first; None where there is none."""
    done, way = set(), []

    def visit(file):
        if file in way:
            return way[way.index(file):] + [file]
        if file in done:
            return None
        way.append(file)
        for other in sorted(arrows.get(file, ())):
            found = visit(other)
            if found:
                return found
        way.pop()
        done.add(file)
        return None

    for file in sorted(arrows):
        found = visit(file)
        if found:
            return found
    return None


def check_circles(nm, library):
    defined, wanted = symbols(nm, library)
    whole = {file: "shell_parse.c" if file in ONE_PARSER else file for file in wanted}
    arrows = {}
    for file, names in wanted.items():
        others = {whole[defined[name]] for name in names if name in defined}
        arrows.setdefault(whole[file], set()).update(others - {whole[file]})
    found = circle(arrows)
    if not found:
        return []
    wrong = [" -> ".join(found)]
    for file, other in zip(found, found[1:]):
        names = sorted(name for part in wanted if whole[part] == file for name in wanted[part]
                       if name in defined and whole[defined[name]] == other)
        wrong.append(f"  {file} uses {', '.join(names)} of {other}")
    return wrong


def self_check():
    """The search for circles finds one, and none where there is none."""
    wrong = []
    if circle({"a": {"b"}, "b": {"c"}, "c": set()}):
        wrong.append("a chain is taken for a circle")
    if circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}):
        wrong.append("two ways to one file are taken for a circle")
    if circle({"a": {"b"}, "b": {"c"}, "c": {"b"}}) != ["b", "c", "b"]:
        wrong.append("a circle is not found")
    if "needs" in below("manifest") or "base" not in below("harvest"):
        wrong.append("the floors are not in order")
    if structs_of("struct a {\nstatic const struct b {\nstruct c;\nstruct d *e = {") != ["a", "b"]:
        wrong.append("structs are not found")
    return wrong


def main():
    source, nm, libraries = sys.argv[1], sys.argv[2:3], sys.argv[3:]
    checks = [("this check works", self_check()),
              ("arrows go down", check_includes(source)),
              ("nothing but the harvest sees needs and trace", check_apart(source)),
              ("a struct's name means one thing", check_struct_names(source))]
    for library in libraries:
        checks.append((f"no public function is called in {room_of(library)}",
                       check_public(nm[0], library)))
        checks.append((f"no circle of files in {room_of(library)}", check_circles(nm[0], library)))
    failed = False
    for number, (description, wrong) in enumerate(checks, 1):
        print("not ok" if wrong else "ok", number, "-", description)
        for line in wrong:
            print("#  ", line)
        failed |= bool(wrong)
    print(f"1..{len(checks)}")
    return failed


if __name__ == "__main__":
    sys.exit(main())
