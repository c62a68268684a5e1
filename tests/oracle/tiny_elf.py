# SPDX-License-Identifier: Apache-2.0
"""Tiny ELF files for x86-64, written byte by byte: every field can be what no linker would say.

A program prints "ok" and exits, a library does nothing. There are no section headers.
"""

import struct

ET_EXEC, ET_DYN = 2, 3
PT_LOAD, PT_DYNAMIC, PT_INTERP, PT_NOTE, PT_PHDR = 1, 2, 3, 4, 6
NEEDED, HASH, STRTAB, SYMTAB, STRSZ, SYMENT, SONAME, RPATH = 1, 4, 5, 6, 10, 11, 14, 15
RUNPATH, FLAGS_1 = 29, 0x6FFFFFFB
VERDEF, VERDEFNUM, VERNEED, VERNEEDNUM, VERSYM = (
    0x6FFFFFFC, 0x6FFFFFFD, 0x6FFFFFFE, 0x6FFFFFFF, 0x6FFFFFF0)
AUXILIARY, FILTER = 0x7FFFFFFD, 0x7FFFFFFF
RELA, RELASZ, RELAENT, PLTREL = 7, 8, 9, 20
DEPAUDIT, AUDIT = 0x6FFFFEFB, 0x6FFFFEFC
UNKNOWN = 0x60000000
DF_1_NODEFLIB, DF_1_PIE = 0x800, 0x08000000

CODE = bytes.fromhex(
    "b801000000"      # mov eax, 1 (write)
    "bf01000000"      # mov edi, 1
    "488d3513000000"  # lea rsi, [message]
    "ba03000000"      # mov edx, 3
    "0f05"            # syscall
    "b83c000000"      # mov eax, 60 (exit)
    "31ff"            # xor edi, edi
    "0f05"            # syscall
) + b"\0" * 3 + b"ok\n\0"


SEGMENT_FIELDS = {"type": (0, 4), "flags": (4, 4), "offset": (8, 8), "vaddr": (16, 8), "filesz": (32, 8),
                  "memsz": (40, 8), "align": (48, 8)}


def with_segment(content, type_, **fields):
    """CONTENT with other fields in its first segment of TYPE_."""
    content = bytearray(content)
    table, = struct.unpack_from("<Q", content, 32)
    count, = struct.unpack_from("<H", content, 56)
    at = next(table + 56 * number for number in range(count)
              if struct.unpack_from("<I", content, table + 56 * number)[0] == type_)
    for name, value in fields.items():
        offset, size = SEGMENT_FIELDS[name]
        content[at + offset:at + offset + size] = value.to_bytes(size, "little")
    return bytes(content)


def elf_hash(name):
    value = 0
    for byte in name.encode():
        value = (value << 4) + byte
        value = (value ^ (value & 0xF0000000) >> 24) & 0x0FFFFFFF
    return value


class Strings:
    def __init__(self):
        self.bytes = b"\0"

    def add(self, text):
        raw = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
        at = len(self.bytes)
        self.bytes += raw + b"\0"
        return at


def version_needs(strings, needs):
    """Verneed records for {file: [(version, weak)]}."""
    out = b""
    for number, (file, versions) in enumerate(needs.items()):
        last = number == len(needs) - 1
        size = 16 + 16 * len(versions)
        out += struct.pack("<HHIII", 1, len(versions), strings.add(file), 16, 0 if last else size)
        for index, (name, weak) in enumerate(versions):
            out += struct.pack("<IHHII", elf_hash(name), 2 if weak else 0, 2 + index,
                               strings.add(name), 0 if index == len(versions) - 1 else 16)
    return out


def version_definitions(strings, names):
    out = b""
    for index, name in enumerate(names):
        out += struct.pack("<HHHHIII", 1, 1 if index == 0 else 0, index + 1, 1, elf_hash(name), 20,
                           0 if index == len(names) - 1 else 28)
        out += struct.pack("<II", strings.add(name), 0)
    return out


def isa_needed(bits):
    """A note of GNU properties: what the file asks of the processor."""
    return 5, struct.pack("<IIII", 0xC0008002, 4, bits, 0)


def abi_tag(system, *version):
    return 1, struct.pack("<IIII", system, *version)


def note(type_, description, owner=b"GNU"):
    """A note, padded to words of 4 bytes."""
    owner += b"\0"
    content = struct.pack("<III", len(owner), len(description), type_)
    for piece in (owner, description):
        content += piece + b"\0" * (-len(piece) % 4)
    return content


def resolution(*pairs):
    """NixOS's note of where the libraries are: (name, places)."""
    return 0x63A86CB6, "".join(f"{name}\0{places}\0" for name, places in pairs).encode() + b"\0", \
        b"NixOS"


def loader_of(*texts):
    """What a survey takes for a glibc's loader: these texts stand in it."""
    return with_segment(make(soname="ld-linux-x86-64.so.2",
                             defines=["ld-linux-x86-64.so.2", "GLIBC_2.2.5", "GLIBC_PRIVATE"],
                             tags=[(UNKNOWN, text) for text in texts]), PT_LOAD, flags=4)


def make(needed=(), soname=None, rpath=None, runpath=None, interp=None, kind=ET_DYN, flags_1=0,
         tags=(), ident=None, machine=62, phentsize=56, dynamic=True, needs=None, defines=None,
         version=1, notes=()):
    """The bytes of an ELF file.

    TAGS are more (tag, text or number) of the dynamic segment, before all others; IDENT maps
    offsets of e_ident to bytes; NEEDS is {file: [(version, weak)]}; DEFINES names versions, the
    file's own first; NOTES are (type, bytes) of the owner GNU, or (type, bytes, owner).
    """
    strings = Strings()
    entries = [(tag, strings.add(value) if isinstance(value, (str, bytes)) else value)
               for tag, value in tags]
    entries += [(NEEDED, strings.add(name)) for name in needed]
    for tag, value in ((SONAME, soname), (RPATH, rpath), (RUNPATH, runpath)):
        if value is not None:
            entries.append((tag, strings.add(value)))
    if flags_1:
        entries.append((FLAGS_1, flags_1))
    needs_bytes = version_needs(strings, needs) if needs else b""
    defines_bytes = version_definitions(strings, defines) if defines else b""
    interp_bytes = interp.encode() + b"\0" if interp else b""

    notes_bytes = b"".join(note(*given) for given in notes)

    n_segments = 1 + (2 if interp else 0) + bool(dynamic) + bool(notes)
    base = 0x400000 if kind == ET_EXEC else 0
    at = 64 + 56 * n_segments
    places = {}
    body = b""
    for name, piece in (("interp", interp_bytes), ("code", CODE),
                        ("symbols", b"\0" * 24), ("hash", struct.pack("<IIII", 1, 1, 0, 0)),
                        ("versym", b"\0\0"), ("needs", needs_bytes), ("defines", defines_bytes),
                        ("notes", notes_bytes), ("strings", strings.bytes)):
        padding = -(at + len(body)) % 8
        body += b"\0" * padding
        places[name] = at + len(body)
        body += piece
    body += b"\0" * (-(at + len(body)) % 8)
    places["dynamic"] = at + len(body)
    entries += [(STRTAB, base + places["strings"]), (STRSZ, len(strings.bytes)),
                (SYMTAB, base + places["symbols"]), (SYMENT, 24), (HASH, base + places["hash"])]
    if needs:
        entries += [(VERNEED, base + places["needs"]), (VERNEEDNUM, len(needs))]
    if defines:
        entries += [(VERDEF, base + places["defines"]), (VERDEFNUM, len(defines))]
    if needs or defines:
        entries += [(VERSYM, base + places["versym"])]
    entries.append((0, 0))
    table = b"".join(struct.pack("<qQ", tag, value) for tag, value in entries)
    if dynamic:
        body += table
    size = at + len(body)

    def segment(type_, offset, length, align=8):
        return struct.pack("<IIQQQQQQ", type_, 7, offset, base + offset, base + offset, length,
                           length, align)

    segments = b""
    if interp:
        segments += segment(PT_PHDR, 64, 56 * n_segments)
        segments += segment(PT_INTERP, places["interp"], len(interp_bytes), 1)
    segments += segment(PT_LOAD, 0, size, 0x1000)
    if dynamic:
        segments += segment(PT_DYNAMIC, places["dynamic"], len(table))
    if notes:
        # The loader wants 8 of properties; those of other owners have their text at 4.
        align = 4 if any(len(given) > 2 for given in notes) else 8
        segments += segment(PT_NOTE, places["notes"], len(notes_bytes), align)
    ident_bytes = bytearray(b"\x7fELF\2\1\1" + b"\0" * 9)
    for offset, byte in (ident or {}).items():
        ident_bytes[offset] = byte
    header = bytes(ident_bytes) + struct.pack(
        "<HHIQQQIHHHHHH", kind, machine, version, base + places["code"], 64, 0, 0, 64, phentsize,
        n_segments, 0, 0, 0)
    return header + segments + body
