/* The peer of bench_web.py: libmicrohttpd alone, with the same threads, answering the same bytes from memory.   peer_hello PORT THREADS FILE */
#include <fcntl.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct MHD_Response *answer;

static enum MHD_Result on_request(void *cls, struct MHD_Connection *c, const char *url, const char *method, const char *version,
	const char *data, size_t *size, void **state)
{
	(void)cls, (void)url, (void)method, (void)version, (void)data, (void)size;
	if (!*state) {
		*state = answer;
		return MHD_YES;
	}
	return MHD_queue_response(c, MHD_HTTP_OK, answer);
}

int main(int argc, char **argv)
{
	static char bytes[1 << 20];
	int fd = argc == 4 ? open(argv[3], O_RDONLY) : -1;
	ssize_t n = fd < 0 ? -1 : read(fd, bytes, sizeof bytes);
	if (n < 0)
		return 2;
	answer = MHD_create_response_from_buffer((size_t)n, bytes, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(answer, "Content-Type", "text/html; charset=utf-8");
	MHD_add_response_header(answer, "Content-Encoding", "gzip");
	unsigned threads = (unsigned)atoi(argv[2]);
	struct MHD_Daemon *d = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (uint16_t)atoi(argv[1]), NULL, NULL, on_request, NULL,
		MHD_OPTION_THREAD_POOL_SIZE, threads > 1 ? threads : 0u, MHD_OPTION_CONNECTION_LIMIT, 1000u, MHD_OPTION_END);
	if (!d)
		return 1;
	getchar();
	MHD_stop_daemon(d);
	return 0;
}
