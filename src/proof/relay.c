/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/relay.h"

#include <errno.h>
#include <string.h>

static const char no_more[] = "\n(more is not shown)\n";

struct pollfd relay_awaits(const struct relay *relay)
{
	if (relay->n_pending > 0)
		return (struct pollfd){ relay->to, POLLOUT, 0 };
	return (struct pollfd){ relay->from, POLLIN, 0 };
}

static void keep(struct relay *relay, const char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		relay->words[relay->n_words++ % sizeof(relay->words)] = bytes[i];
}

/* What of SIZE pending bytes is still shown. */
static void limit(struct relay *relay, size_t size)
{
	size_t left = PROOF_SHOWN_MAX - relay->shown;

	relay->n_pending = 0;
	if (relay->to < 0 || left == 0)
		return;
	relay->n_pending = size;
	if (size >= left) {
		/* The last piece is a short one. */
		if (left > sizeof(relay->pending) - sizeof(no_more))
			left = sizeof(relay->pending) - sizeof(no_more);
		memcpy(relay->pending + left, no_more, sizeof(no_more) - 1);
		relay->n_pending = left + sizeof(no_more) - 1;
		relay->shown = PROOF_SHOWN_MAX;
		return;
	}
	relay->shown += size;
}

static void take(struct relay *relay)
{
	ssize_t n = read(relay->from, relay->pending, sizeof(relay->pending));

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		close(relay->from);
		relay->from = -1;
		return;
	}
	keep(relay, relay->pending, (size_t)n);
	limit(relay, (size_t)n);
}

/* Nobody reads any more: the program goes on, unheard. */
static void show(struct relay *relay)
{
	ssize_t n = write(relay->to, relay->pending, relay->n_pending);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0)
		relay->to = -1;
	relay->n_pending = n < 0 ? 0 : relay->n_pending - (size_t)n;
	memmove(relay->pending, relay->pending + (n < 0 ? 0 : n), relay->n_pending);
}

void relay_go_on(struct relay *relay)
{
	if (relay->n_pending > 0)
		show(relay);
	else if (relay->from >= 0)
		take(relay);
}

void relay_finish(struct relay *relay)
{
	struct pollfd descriptor = relay_awaits(relay);

	while (descriptor.fd >= 0) {
		/* What was written is there already; what is shown takes as long as it takes. */
		if (poll(&descriptor, 1, relay->n_pending > 0 ? -1 : 0) <= 0)
			return;
		relay_go_on(relay);
		descriptor = relay_awaits(relay);
	}
}

const char *relay_last_words(const struct relay *relay, struct arena *arena)
{
	size_t size = relay->n_words < sizeof(relay->words) ? relay->n_words : sizeof(relay->words);
	char *text = arena_alloc(arena, size + 1);

	if (!text)
		return NULL;
	for (size_t i = 0; i < size; i++) {
		char c = relay->words[(relay->n_words - size + i) % sizeof(relay->words)];

		text[i] = c ? c : ' ';
	}
	return text;
}
