/* replay: stands in for libFuzzer in ordinary builds. Runs the target over the empty input and every file of a corpus folder; one
 * test in TAP. The name of each input is printed before it runs, so that a crash is preceded by its cause. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void run_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (!f) {
		perror(path);
		exit(1);
	}
	uint8_t *p = NULL;
	size_t n = 0, cap = 0;
	for (;;) {
		if (n == cap) {
			cap = cap ? cap * 2 : 65536;
			p = realloc(p, cap);
			if (!p)
				abort();
		}
		size_t got = fread(p + n, 1, cap - n, f);
		if (!got)
			break;
		n += got;
	}
	fclose(f);
	/* Its exact size, so that the sanitizers see a read beyond the end. */
	p = realloc(p, n ? n : 1);
	LLVMFuzzerTestOneInput(p, n);
	free(p);
}

static int is_file(const struct dirent *e) { return e->d_name[0] != '.'; }

int main(int argc, char **argv)
{
	struct dirent **list = NULL;
	int n = argc == 2 ? scandir(argv[1], &list, is_file, alphasort) : 0;
	puts("1..1");
	puts("# empty input");
	fflush(stdout);
	LLVMFuzzerTestOneInput((const uint8_t *)"", 0);
	for (int i = 0; i < n; i++) {
		char path[4096];
		snprintf(path, sizeof path, "%s/%s", argv[1], list[i]->d_name);
		printf("# %s\n", list[i]->d_name);
		fflush(stdout);
		run_file(path);
		free(list[i]);
	}
	free(list);
	if (n <= 0)
		puts("not ok 1 - corpus is missing or empty");
	else
		printf("ok 1 - %d inputs\n", n);
	return n <= 0;
}
