# SPDX-License-Identifier: Apache-2.0
"""Tiny ELF files of any machine, to be traced and never run: class, byte order and ABI are those of
a file that is there."""

import struct

PT_LOAD, PT_DYNAMIC, PT_INTERP = 1, 2, 3
NEEDED, HASH, STRTAB, SYMTAB, STRSZ, SYMENT, SONAME, RUNPATH = 1, 4, 5, 6, 10, 11, 14, 29
ET_DYN = 3


class Like:
    """What of an ELF file's header tells of its machine."""

    def __init__(self, path):
        with open(path, "rb") as file:
            head = file.read(64)
        self.ident = head[:16]
        self.wide = head[4] == 2
        self.order = "<" if head[5] == 1 else ">"
        (self.machine,) = self.unpack("H", head, 18)
        (self.flags,) = self.unpack("I", head, 48 if self.wide else 36)

    def pack(self, form, *values):
        """As struct.pack; W is a word of the file's class."""
        return struct.pack(self.order + form.replace("W", "Q" if self.wide else "I"), *values)

    def unpack(self, form, data, offset):
        return struct.unpack_from(self.order + form, data, offset)

    def segment(self, kind, offset, size):
        if self.wide:
            return self.pack("IIQQQQQQ", kind, 7, offset, offset, offset, size, size, 8)
        return self.pack("IIIIIIII", kind, offset, offset, offset, size, size, 7, 4)

    def header(self, n_segments):
        """The ELF header; the program headers stand right behind it."""
        size = 64 if self.wide else 52
        return self.ident + self.pack("HHIWWWIHHHHHH", ET_DYN, self.machine, 1, 0, size, 0,
                                      self.flags, size, 56 if self.wide else 32, n_segments,
                                      0, 0, 0)


def make(like, needed=(), soname=None, runpath=None, interp=None):
    """The bytes of a library, or of a program where there is an INTERP."""
    strings, entries = b"\0", []
    for tag, text in [*((NEEDED, name) for name in needed), (SONAME, soname), (RUNPATH, runpath)]:
        if text is not None:
            entries.append((tag, len(strings)))
            strings += text.encode() + b"\0"
    word = 8 if like.wide else 4
    n_segments = 3 if interp else 2
    start = len(like.header(0)) + n_segments * len(like.segment(0, 0, 0))
    start += -start % 16
    # The null symbol, and a hash table of one empty bucket, in words as wide as any machine's.
    symbols, hash_, text = start, start + 32, start + 96
    dynamic = text + len(strings)
    dynamic += -dynamic % 16
    entries += [(STRTAB, text), (STRSZ, len(strings)), (SYMTAB, symbols),
                (SYMENT, 24 if like.wide else 16), (HASH, hash_), (0, 0)]
    name = dynamic + len(entries) * 2 * word
    raw_interp = interp.encode() + b"\0" if interp else b""
    wide_hash = like.wide and like.machine in (22, 0x9026)
    hash_bytes = like.pack("QQQQ" if wide_hash else "IIII", 1, 1, 0, 0)
    segments = like.segment(PT_INTERP, name, len(raw_interp)) if interp else b""
    segments += like.segment(PT_LOAD, 0, name + len(raw_interp))
    segments += like.segment(PT_DYNAMIC, dynamic, len(entries) * 2 * word)
    out = (like.header(n_segments) + segments).ljust(hash_, b"\0")
    out = (out + hash_bytes).ljust(text, b"\0")
    out = (out + strings).ljust(dynamic, b"\0")
    return out + b"".join(like.pack("WW", *entry) for entry in entries) + raw_interp
