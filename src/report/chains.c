/* SPDX-License-Identifier: Apache-2.0 */
#include "report/chains.h"
#include "base/error.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* An object asks for another one by an edge. */
struct reason {
	const struct closure_object *from;
	const struct closure_edge *edge;
	const struct reason *next; /* of the same object, in the closure's order */
};

/* What is known of one object of the closure. */
struct chain_node {
	const struct closure_object *object;
	const struct reason *reasons;
	const struct closure_object *parent; /* the step before in its shortest chain, or NULL */
	const struct closure_edge *edge;     /* by which PARENT asks for it */
	size_t depth; /* links of that chain; 0 where no chain leads to the object */
	bool queued;  /* for the way back */
};

/* What asks for what in a closure, and the chains that lead from its first object to one of them.
 */
struct chain_search {
	const struct closure *closure;
	const struct closure_object *subject;
	chain_take *take;
	void *data;
	struct chain_node *nodes; /* by get_node */
	size_t n_nodes;
	struct reason *reasons;	   /* one an edge */
	struct chain_node **queue; /* has room for every node once */
	size_t n_queue;
	struct why_chain chain; /* the one that is made */
	bool left_out;		/* some were too long */
};

static void chain_search_cleanup(struct chain_search *search)
{
	free(search->nodes);
	free(search->reasons);
	free(search->queue);
}

/* The interpreter need not be in the closure's list: it has the last node. */
static struct chain_node *get_node(const struct chain_search *search,
				   const struct closure_object *object)
{
	size_t index = object == search->closure->interp ? search->n_nodes - 1 : object->index;

	assert(index < search->n_nodes);
	return &search->nodes[index];
}

static size_t count_edges(const struct closure_object *object)
{
	return object->n_preloads + object->n_edges;
}

static const struct closure_edge *get_edge(const struct closure_object *object, size_t index)
{
	return index < object->n_preloads ? &object->preloads[index]
					  : &object->edges[index - object->n_preloads];
}

static int make_graph(struct chain_search *search)
{
	const struct closure *closure = search->closure;
	size_t count = 0;

	for (size_t i = 0; i < closure->n_objects; i++)
		count += count_edges(closure->objects[i]);
	search->n_nodes = closure->n_objects + 1;
	search->nodes = calloc(search->n_nodes, sizeof(*search->nodes));
	search->queue = calloc(search->n_nodes, sizeof(struct chain_node *));
	search->reasons = calloc(count + 1, sizeof(*search->reasons));
	return search->nodes && search->queue && search->reasons ? 0 : -ENOMEM;
}

/* From the last edge to the first, each put in front of its object's reasons. */
static void add_reasons(struct chain_search *search)
{
	const struct closure *closure = search->closure;
	struct reason *reason = search->reasons;

	for (size_t i = closure->n_objects; i-- > 0;) {
		const struct closure_object *from = closure->objects[i];

		for (size_t j = count_edges(from); j-- > 0;) {
			const struct closure_edge *edge = get_edge(from, j);
			struct chain_node *node;

			if (closure_is_missing(edge->object))
				continue;
			node = get_node(search, edge->object);
			*reason = (struct reason){ from, edge, node->reasons };
			node->reasons = reason++;
		}
	}
}

static void reach(struct chain_search *search, const struct closure_object *object,
		  const struct chain_node *parent, const struct closure_edge *edge)
{
	struct chain_node *node = get_node(search, object);

	if (node->depth > 0)
		return;
	node->object = object;
	node->parent = parent ? parent->object : NULL;
	node->edge = edge;
	node->depth = parent ? parent->depth + 1 : 1;
	search->queue[search->n_queue++] = node;
}

/* Breadth first, as the loader goes: the shortest chain is why it has loaded the object. */
static void find_shortest_chains(struct chain_search *search)
{
	const struct closure *closure = search->closure;

	reach(search, closure->objects[0], NULL, NULL);
	if (closure->interp)
		reach(search, closure->interp, NULL, NULL);
	for (size_t i = 0; i < search->n_queue; i++) {
		const struct chain_node *node = search->queue[i];

		for (size_t j = 0; j < count_edges(node->object); j++) {
			const struct closure_edge *edge = get_edge(node->object, j);

			if (!closure_is_missing(edge->object))
				reach(search, edge->object, node, edge);
		}
	}
	search->n_queue = 0;
}

/* EDGE is NULL where the chain begins. */
static struct chain_link make_link(const struct closure_object *object,
				   const struct closure_edge *edge)
{
	if (!edge)
		return (struct chain_link){ object, object->loaded.name, object->found_by };
	return (struct chain_link){ object, edge->name,
				    edge->kind == EDGE_PRELOAD ? FOUND_BY_PRELOAD
							       : edge->found_by };
}

static struct chain_node *get_parent(const struct chain_search *search,
				     const struct chain_node *node)
{
	return node->parent ? get_node(search, node->parent) : NULL;
}

/* Makes the shortest chain to LAST, which is short enough. */
static void make_chain(struct chain_search *search, const struct chain_node *last)
{
	assert(last->depth > 0 && last->depth <= CHAIN_LINKS_MAX);
	search->chain.count = last->depth;
	for (const struct chain_node *node = last; node; node = get_parent(search, node))
		search->chain.links[node->depth - 1] = make_link(node->object, node->edge);
}

/* Whether OBJECT is in the chain. */
static bool is_on_chain(const struct why_chain *chain, const struct closure_object *object)
{
	for (size_t i = 0; i < chain->count; i++)
		if (chain->links[i].object == object)
			return true;
	return false;
}

/* All of a chain that was taken may be reached by other ways, too. */
static void queue_way(struct chain_search *search, struct chain_node *node)
{
	for (; node && !node->queued; node = get_parent(search, node)) {
		node->queued = true;
		search->queue[search->n_queue++] = node;
	}
}

/* Takes the chain that leads to NODE by REASON. */
static int take_reason(struct chain_search *search, const struct chain_node *node,
		       const struct reason *reason)
{
	struct chain_node *from = get_node(search, reason->from);
	struct why_chain *chain = &search->chain;

	if (from->depth == 0)
		return 0;
	if (from->depth >= CHAIN_LINKS_MAX) {
		search->left_out = true;
		return 0;
	}
	make_chain(search, from);
	if (is_on_chain(chain, node->object) || is_on_chain(chain, search->subject))
		return 0;
	chain->links[chain->count++] = make_link(node->object, reason->edge);
	chain->joins = node->object != search->subject;
	queue_way(search, from);
	return search->take(search->data, chain);
}

/* Takes every chain that leads to NODE, a step on the way to the subject, and was not taken yet. */
static int take_node(struct chain_search *search, const struct chain_node *node)
{
	bool is_subject = node->object == search->subject;

	if (!node->edge && is_subject) {
		make_chain(search, node);
		TRY(search->take(search->data, &search->chain));
	}
	/* Chains begin with the first object: nobody who asks for it is a reason for it. */
	if (node->object == search->closure->objects[0])
		return 0;
	for (const struct reason *reason = node->reasons; reason; reason = reason->next)
		if (is_subject || reason->edge != node->edge)
			TRY(take_reason(search, node, reason));
	return 0;
}

int chains_find(const struct closure *closure, const struct closure_object *subject,
		chain_take *take, void *data)
{
	CLEANUP(chain_search)
	struct chain_search search = {
		.closure = closure,
		.subject = subject,
		.take = take,
		.data = data,
	};
	struct chain_node *node;

	assert(closure->n_objects > 0 && !closure_is_missing(subject));
	TRY(make_graph(&search));
	add_reasons(&search);
	find_shortest_chains(&search);
	node = get_node(&search, subject);
	if (node->depth > CHAIN_LINKS_MAX)
		return CHAINS_LEFT_OUT;
	if (node->depth == 0)
		return 0;
	node->queued = true;
	search.queue[search.n_queue++] = node;
	for (size_t i = 0; i < search.n_queue; i++)
		TRY(take_node(&search, search.queue[i]));
	return search.left_out ? CHAINS_LEFT_OUT : 0;
}
