/* SPDX-License-Identifier: Apache-2.0 */
#include "proof/prober.h"
#include "base/cleanup.h"
#include "base/number.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

enum {
	WAIT_MILLISECONDS = 1000,
	STATUS_LEAST = 200,
	STATUS_MOST = 399,
};

/* The addresses of the loopback, and of a local socket. */
union address {
	struct sockaddr any;
	struct sockaddr_in four;
	struct sockaddr_in6 six;
	struct sockaddr_un local;
};

/* Returns a connected socket, or -1. */
static int connect_to(const union address *address, socklen_t size, int type)
{
	CLEANUP(fd) int fd = socket(address->any.sa_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct pollfd writable = { fd, POLLOUT, 0 };
	int error = 0;
	socklen_t length = sizeof(error);
	int connected;

	if (fd < 0)
		return -1;
	if (connect(fd, &address->any, size) < 0 &&
	    (errno != EINPROGRESS || poll(&writable, 1, WAIT_MILLISECONDS) != 1 ||
	     getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 || error))
		return -1;
	connected = fd;
	fd = -1; /* NOLINT(clang-analyzer-deadcode.DeadStores): its cleanup reads it */
	return connected;
}

static int connect_port(unsigned port)
{
	union address four = { .four = { .sin_family = AF_INET,
					 .sin_port = htons((uint16_t)port),
					 .sin_addr.s_addr = htonl(INADDR_LOOPBACK) } };
	union address six = { .six = { .sin6_family = AF_INET6,
				       .sin6_port = htons((uint16_t)port),
				       .sin6_addr = IN6ADDR_LOOPBACK_INIT } };
	int fd = connect_to(&four, sizeof(four.four), SOCK_STREAM);

	return fd >= 0 ? fd : connect_to(&six, sizeof(six.six), SOCK_STREAM);
}

static int connect_local(const char *path)
{
	static const int types[] = { SOCK_STREAM, SOCK_SEQPACKET, SOCK_DGRAM };
	union address address = { .local = { .sun_family = AF_UNIX } };
	int fd = -1;

	memcpy(address.local.sun_path, path, strnlen(path, sizeof(address.local.sun_path) - 1));
	for (size_t i = 0; fd < 0 && i < ARRAY_SIZE(types); i++)
		fd = connect_to(&address, sizeof(address.local), types[i]);
	return fd;
}

/* The status of "HTTP/1.1 200 OK"; 0 for anything else. */
static int read_status(const char *line)
{
	const char *at = line + strlen("HTTP/1.x ");
	uint64_t status = 0;

	if (strncmp(line, "HTTP/1.", strlen("HTTP/1.")) != 0 || at[-1] != ' ' ||
	    !number_take(&at, 10, 999, &status))
		return 0;
	return (int)status;
}

static bool ask_http(int fd, const char *path, int *status)
{
	struct pollfd readable = { fd, POLLIN, 0 };
	char request[2048];
	char reply[32] = "";
	size_t size = 0;

	snprintf(request, sizeof(request),
		 "GET %s HTTP/1.0\r\nHost: localhost\r\nConnection: close\r\n\r\n", path);
	if (send(fd, request, strlen(request), MSG_NOSIGNAL) != (ssize_t)strlen(request))
		return false;
	while (size < sizeof(reply) - 1 && poll(&readable, 1, WAIT_MILLISECONDS) == 1) {
		ssize_t n = recv(fd, reply + size, sizeof(reply) - 1 - size, 0);

		if (n <= 0)
			break;
		size += (size_t)n;
	}
	reply[size] = '\0';
	if (size < strlen("HTTP/1.x 200"))
		return false;
	*status = read_status(reply);
	return *status >= STATUS_LEAST && *status <= STATUS_MOST;
}

bool probe_ask(const struct probe *probe, int *status)
{
	CLEANUP(fd)
	int fd = probe->kind == PROBE_UNIX ? connect_local(probe->path) : connect_port(probe->port);

	if (fd < 0)
		return false;
	return probe->kind != PROBE_HTTP || ask_http(fd, probe->path, status);
}
