#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/csv_in.h"

enum { SAMPLE = 64 << 10 }; /* what detection looks at */

static const char marks[4] = { ',', ';', '\t', '|' };

typedef struct tally {
	int records, now[4], first[4];
	bool steady[4];
} tally;

static void tally_record(tally *t)
{
	for (int i = 0; i < 4; i++) {
		if (t->records == 0)
			t->first[i] = t->now[i];
		t->steady[i] = t->now[i] == t->first[i] && (t->records == 0 || t->steady[i]);
		t->now[i] = 0;
	}
	t->records++;
}

static char best_mark(const tally *t)
{
	int best = -1;
	bool tie = false;
	for (int i = 0; i < 4; i++) {
		if (!t->steady[i] || t->first[i] == 0)
			continue;
		tie = best >= 0 && (t->first[i] == t->first[best] || (tie && t->first[i] < t->first[best]));
		if (best < 0 || t->first[i] > t->first[best])
			best = i;
	}
	return best < 0 || tie ? ',' : marks[best];
}

/* The mark that stands equally often in each of the first records; s is their text, whole: to its end. */
static char detect_mark(str s, bool whole)
{
	tally t = { 0 };
	bool in_quotes = false, cell_begins = true;
	size_t record = 0;
	for (size_t at = 0; at < s.len && t.records < 10; at++) {
		char c = s.p[at];
		if (in_quotes) {
			if (c == '"' && at + 1 < s.len && s.p[at + 1] == '"')
				at++;
			else
				in_quotes = c != '"';
			continue;
		}
		const char *mark = c ? memchr(marks, c, sizeof marks) : NULL;
		in_quotes = c == '"' && cell_begins;
		cell_begins = mark || c == '\n' || c == '\r';
		if (mark)
			t.now[mark - marks]++;
		if (!cell_begins || mark)
			continue;
		if (at > record)
			tally_record(&t);
		record = at + 1;
	}
	if (t.records == 0 || (whole && !in_quotes && record < s.len && t.records < 10))
		tally_record(&t);
	return best_mark(&t);
}

/* Excel's first line "sep=;". */
static char sep_line(str s)
{
	if (!str_starts(s, STR("sep=")) || s.len < 5 || (s.len > 5 && s.p[5] != '\n' && s.p[5] != '\r'))
		return 0;
	char c = s.p[4];
	return c == '\t' || (c > ' ' && c < 0x7F && c != '"') ? c : 0;
}

static void choose_delimiter(csv *f, char declared)
{
	str all = buf_str(&f->window);
	char sep = sep_line(all);
	if (sep) {
		f->pos = 5;
		if (all.len > 5)
			csv_end_line(f);
	}
	f->info.delimiter = declared ? declared : sep;
	if (f->info.delimiter)
		return;
	f->info.delimiter_detected = true;
	bool whole = f->ended && all.len <= SAMPLE;
	f->info.delimiter = detect_mark((str){ all.p, all.len < SAMPLE ? all.len : SAMPLE }, whole);
}

static void start(csv *f, const csv_options *opt)
{
	static const csv_options none;
	const size_t most = SIZE_MAX / 8;
	opt = opt ? opt : &none;
	assert(opt->delimiter >= 0 && (!opt->delimiter || !strchr("\"\r\n", opt->delimiter)));
	f->max_cell = opt->max_cell ? opt->max_cell < most ? opt->max_cell : most : 64 << 10;
	f->max_record = opt->max_record ? opt->max_record < most ? opt->max_record : most : 1 << 20;
	f->max_columns = opt->max_columns > 0 ? opt->max_columns : 256;
	f->max_records = opt->max_records > 0 ? opt->max_records : 20000000;
	enum err err = csv_decoder_start(&f->in, opt->encoding);
	f->info = (csv_info){ .delimiter = opt->delimiter ? opt->delimiter : ',',
		.encoding = f->in.encoding,
		.bom = f->in.bom != CSV_DETECT,
		.encoding_detected = opt->encoding == CSV_DETECT };
	if (err == ERR_IO)
		csv_fail_source(f);
	if (err == ERR_INPUT) {
		fault *made = cx_fault(f->c, FAULT_ERROR, "csv.encoding", (place){ .file = f->name, .line = 1 }, (str){ 0 });
		fault_arg(f->c, made, 1, str_of(csv_encoding_name(f->in.encoding)));
		if (f->info.bom)
			fault_arg(f->c, made, 2, str_of(csv_encoding_name(f->in.bom)));
		f->broken = true;
	}
	if (f->broken)
		return;
	while (f->window.len <= SAMPLE && csv_fill(f))
		continue;
	choose_delimiter(f, opt->delimiter);
}

static csv *make(cx *c, str name)
{
	arena *own = arena_new(0);
	csv *f = NEW(own, csv);
	f->c = c;
	f->own = own;
	f->scratch = arena_new(0);
	f->name = arena_str(own, name);
	f->line = 1;
	f->fd = -1;
	buf_init(&f->window, SIZE_MAX / 2);
	return f;
}

csv *csv_open(cx *c, str name, csv_source read, void *ctx, const csv_options *opt)
{
	csv *f = make(c, name);
	f->in.read = read;
	f->in.ctx = ctx;
	start(f, opt);
	return f;
}

static long read_mem(void *ctx, char *p, size_t n)
{
	csv *f = ctx;
	if (n > f->rest.len)
		n = f->rest.len;
	if (n)
		memcpy(p, f->rest.p, n);
	f->rest = (str){ f->rest.p + n, f->rest.len - n };
	return (long)n;
}

csv *csv_open_mem(cx *c, str name, str bytes, const csv_options *opt)
{
	csv *f = make(c, name);
	f->rest = bytes.p ? bytes : STR("");
	f->in.read = read_mem;
	f->in.ctx = f;
	start(f, opt);
	return f;
}

static long read_fd(void *ctx, char *p, size_t n)
{
	const csv *f = ctx;
	ssize_t got;
	do
		got = read(f->fd, p, n);
	while (got < 0 && errno == EINTR);
	return got;
}

/* A descriptor for reading; a negative errno. */
static int open_path(const char *path)
{
	struct stat st;
	int fd = strcmp(path, "-") == 0 ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	int error = fstat(fd, &st) ? errno : S_ISDIR(st.st_mode) ? EISDIR : 0;
	if (error && fd != STDIN_FILENO)
		close(fd);
	return error ? -error : fd;
}

csv *csv_open_file(cx *c, const char *path, const csv_options *opt)
{
	int fd = open_path(path);
	if (fd < 0) {
		char text[128];
		fault *made = cx_fault(c, FAULT_ERROR, "io.open", (place){ .file = str_of(path) }, (str){ 0 });
		fault_arg(c, made, 1, str_of(strerror_r(-fd, text, sizeof text)));
		return NULL;
	}
	csv *f = make(c, str_of(path));
	f->fd = fd;
	f->in.read = read_fd;
	f->in.ctx = f;
	start(f, opt);
	return f;
}

void csv_close(csv *f)
{
	if (!f)
		return;
	if (f->fd > STDIN_FILENO)
		close(f->fd);
	csv_decoder_end(&f->in);
	buf_free(&f->window);
	arena_free(f->scratch);
	arena_free(f->own);
}

const csv_info *csv_input(csv *f) { return &f->info; }

const char *csv_encoding_name(enum csv_encoding e)
{
	switch (e) {
	case CSV_UTF8: return "utf-8";
	case CSV_UTF16LE: return "utf-16le";
	case CSV_UTF16BE: return "utf-16be";
	case CSV_WINDOWS1258: return "windows-1258";
	case CSV_DETECT: break;
	}
	return "";
}
