/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The notes of an ELF file, by PT_NOTE.
 */
#ifndef MKROOTFS_ELF_NOTES_H
#define MKROOTFS_ELF_NOTES_H

#include "elf/object.h"
#include "elf/reader.h"

/* Calls VISIT for every note; a return other than 0 ends it. A broken segment has no more notes. */
typedef int elf_note_fn(void *data, const struct elf_note *note);
int elf_notes_visit(struct elf_reader *reader, elf_note_fn *visit, void *data);

/* Sets OBJECT's facts that stand in notes: ABI tag, GNU properties. */
int elf_notes_read(struct elf_reader *reader, struct elf_object *object);

#endif
