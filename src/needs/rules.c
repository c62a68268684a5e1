/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/rule.h"
#include "needs/tables.h"

const struct need_rule need_rule_data = {
	.name = "data",
	.level = NEED_RECOMMENDED,
	.soft = true,
	.quiet = true,
	.why = "files of its own, named in its strings or of its package",
};

/* The table of one row. */
static const size_t n_rules_data = 1;

const struct need_rule *const need_rule_tables[] = {
	&need_rule_data,      need_rules_system,   need_rules_libraries,
	need_rules_languages, need_rules_programs,
};

/* The tables' sizes are known where the tables are. */
const size_t *const need_rule_table_sizes[] = {
	&n_rules_data,		 &need_n_rules_system,	 &need_n_rules_libraries,
	&need_n_rules_languages, &need_n_rules_programs,
};

const size_t need_n_rule_tables = ARRAY_SIZE(need_rule_tables);
