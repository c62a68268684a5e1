/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/proof.h"
#include "base/cleanup.h"

#include <errno.h>

const char *proof_lacking_text(enum proof_lacking lacking)
{
	static const struct {
		enum proof_lacking bit;
		const char *text;
	} texts[] = {
		{ PROOF_NO_MOUNTS,
		  "its root directory was changed, and no more: there were no mounts" },
		{ PROOF_NO_PIDS, "it was among the machine's processes" },
		{ PROOF_NO_NETWORK, "it had no network of its own, but the machine's" },
		{ PROOF_NO_PROC, "it had no /proc" },
		{ PROOF_NO_DEVICES, "it did not have all of /dev" },
		{ PROOF_NO_IDS, "it ran as the caller, not as its user" },
		{ PROOF_ONE_ID, "there was no user but its own, who owned all files" },
		{ PROOF_NO_PORTS, "ports below 1024 were not free to all" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
		if (texts[i].bit == lacking)
			return texts[i].text;
	return "";
}

int proof_run(struct arena *arena, const struct proof_options *options, struct proof *out)
{
	(void)arena;
	*out = (struct proof){ .end = FAILED_START, .error = ENOSYS };
	return diag_errno(options->diag, ENOSYS, "--check run");
}
