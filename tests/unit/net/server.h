/* server: another program as a server on this machine, for tests: started with a folder of its own, it prints "port N"; stopped by its number. */
#ifndef TEST_SERVER_H
#define TEST_SERVER_H
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/json.h"

struct test_server {
	pid_t pid;
	int port;
	char folder[64];
};

#define PYTHON(program) ((const char *const[]){ "/usr/bin/python3", (program), NULL })

/* command: NULL-terminated, with paths from the root of the tree; then come the folder and the options, NULL-terminated too. */
static inline void server_start_in(struct test_server *s, const char *const *command, const char *const *options)
{
	int pipes[2], n = 0;
	const char *argv[16] = { NULL };
	for (; command[n] && n < 8; n++)
		argv[n] = command[n];
	argv[n++] = s->folder;
	for (int i = 0; options && options[i] && n < 15; i++)
		argv[n++] = options[i];
	assert_int_equal(pipe(pipes), 0);
	s->pid = fork();
	assert_true(s->pid >= 0);
	if (s->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(pipes[1], 1);
		close(pipes[0]);
		union { const char **from; char *const *to; } a = { argv };
		execvp(argv[0], a.to);
		_exit(127);
	}
	close(pipes[1]);
	FILE *f = fdopen(pipes[0], "r");
	char line[100] = "";
	s->port = 0;
	if (fgets(line, sizeof line, f) && strncmp(line, "port ", 5) == 0)
		s->port = (int)strtol(line + 5, NULL, 10);
	fclose(f);
	if (!s->port)
		fail_msg("%s %s did not start", command[0], command[1]);
}

static inline void server_folder(struct test_server *s)
{
	snprintf(s->folder, sizeof s->folder, "/tmp/tdnetXXXXXX");
	assert_non_null(mkdtemp(s->folder));
}

static inline void server_start(struct test_server *s, const char *program, const char *const *options)
{
	server_folder(s);
	server_start_in(s, PYTHON(program), options);
}

static inline void server_end(struct test_server *s)
{
	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	s->pid = 0;
}

static inline void server_stop(struct test_server *s)
{
	char text[100];
	if (s->pid)
		server_end(s);
	snprintf(text, sizeof text, "rm -rf %s", s->folder);
	assert_int_equal(system(text), 0);
}

/* The n-th thing it got, from 1; NULL: it is not there. */
static inline json_t *server_got(const struct test_server *s, int n)
{
	char path[100];
	snprintf(path, sizeof path, "%s/%d.json", s->folder, n);
	return json_load_file(path, 0, NULL);
}

static inline int server_count(const struct test_server *s)
{
	char path[100];
	int n = 0;
	do
		snprintf(path, sizeof path, "%s/%d.json", s->folder, ++n);
	while (access(path, F_OK) == 0);
	return n - 1;
}

static inline const char *got_text(const json_t *j, const char *key) { return json_string_value(json_object_get(j, key)); }

/* A certificate for 127.0.0.1 and the authority that signed it: server.pem, server.key, ca.pem in the folder. */
static inline void server_certificate(const struct test_server *s)
{
	char text[1200];
	snprintf(text, sizeof text,
		"cd %s && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=Test "
		"-addext basicConstraints=critical,CA:TRUE >/dev/null 2>&1 && "
		"openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout server.key -out server.csr -subj /CN=127.0.0.1 >/dev/null 2>&1 && "
		"printf 'subjectAltName=IP:127.0.0.1\\n' >san && "
		"openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile san -out server.pem >/dev/null 2>&1",
		s->folder);
	assert_int_equal(system(text), 0);
}

#endif
