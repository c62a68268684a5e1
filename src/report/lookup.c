/* SPDX-License-Identifier: Apache-2.0 */
#include "report/lookup.h"

const char *lookup_rank_name(enum lookup_rank rank)
{
	static const char *const names[] = {
		[LOOKUP_NAMED] = "named",     [LOOKUP_LAST] = "last",
		[LOOKUP_PROGRAM] = "program", [LOOKUP_LIBRARY] = "library",
		[LOOKUP_OTHER] = "other",     [LOOKUP_LIBC] = "libc",
	};

	return names[rank];
}

const char *lookup_kind_name(enum lookup_kind kind)
{
	static const char *const names[] = {
		[LOOKUP_FILE] = "file",	    [LOOKUP_TREE] = "tree",
		[LOOKUP_PLACE] = "place",   [LOOKUP_SOCKET] = "socket",
		[LOOKUP_DENIED] = "denied", [LOOKUP_ACCOUNT] = "account",
	};

	return names[kind];
}
