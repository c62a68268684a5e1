/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/capabilities.h"

#include <errno.h>
#include <linux/capability.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum {
	N_WORDS = _LINUX_CAPABILITY_U32S_3,
	N_CAPABILITIES = 64,
};

static int get(struct __user_cap_data_struct data[N_WORDS])
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };

	return syscall(SYS_capget, &header, data) < 0 ? -errno : 0;
}

bool capability_held(unsigned capability)
{
	struct __user_cap_data_struct data[N_WORDS] = { 0 };

	return get(data) == 0 && data[capability / 32].effective >> capability % 32 & 1;
}

int capabilities_keep(uint64_t keep)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[N_WORDS] = { 0 };
	int r = get(data);

	if (r < 0)
		return r;
	prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	/*
	 * Without CAP_SETPCAP the bounding set stays. It does not matter: no_new_privs, which the
	 * filter needs, gives what is executed nothing that we have not.
	 */
	for (unsigned i = 0; i < N_CAPABILITIES; i++)
		if (!(keep >> i & 1))
			prctl(PR_CAPBSET_DROP, (unsigned long)i, 0, 0, 0);
	for (unsigned i = 0; i < N_WORDS; i++) {
		data[i].permitted &= (uint32_t)(keep >> 32 * i);
		data[i].effective = data[i].permitted;
		data[i].inheritable = 0;
	}
	return syscall(SYS_capset, &header, data) < 0 ? -errno : 0;
}
