/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The accounts that a program's own configuration names, which comes with its package: "user
 * www-data;" in nginx.conf. What else it names comes by the package itself.
 */
#ifndef MKROOTFS_NEEDS_CONFIG_PEOPLE_H
#define MKROOTFS_NEEDS_CONFIG_PEOPLE_H

#include "needs/needs.h"

/*
 * Adds to NEED the accounts and groups that the files below /etc among its items name. Errors:
 * -errno after a diagnostic.
 */
MUST_USE int config_people_add(struct needs *needs, struct need *need);

#endif
