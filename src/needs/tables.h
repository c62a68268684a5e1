/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tables of rules, one a field: rules.c joins them.
 */
#ifndef MKROOTFS_NEEDS_TABLES_H
#define MKROOTFS_NEEDS_TABLES_H

#include "needs/rule.h"

extern const struct need_rule need_rules_system[];
extern const size_t need_n_rules_system;
extern const struct need_rule need_rules_libraries[];
extern const size_t need_n_rules_libraries;
extern const struct need_rule need_rules_languages[];
extern const size_t need_n_rules_languages;
extern const struct need_rule need_rules_programs[];
extern const size_t need_n_rules_programs;

#endif
