#include "app/job_fault.h"
#include "base/json.h"

static void put_text(json_out *j, const char *key, str s)
{
	if (!s.len)
		return;
	json_put_key(j, key);
	json_put_str(j, s);
}

static void put_number(json_out *j, const char *key, int64_t n)
{
	if (!n)
		return;
	json_put_key(j, key);
	json_put_int(j, n);
}

static void put_fault(json_out *j, const fault *f)
{
	json_put_object(j);
	put_text(j, "key", str_of(f->key));
	put_number(j, "level", f->level);
	put_text(j, "file", f->at.file);
	put_number(j, "line", f->at.line);
	put_number(j, "column", f->at.column);
	put_text(j, "field", f->at.field);
	put_number(j, "offset", f->at.offset);
	put_text(j, "value", f->value);
	json_put_key(j, "arg");
	json_put_array(j);
	for (int i = 0; i < FAULT_ARGS; i++)
		json_put_str(j, f->arg[i]);
	json_put_end(j, ']');
	json_put_end(j, '}');
}

str job_faults_write(arena *mem, const cx *said)
{
	buf b;
	json_out j;
	if (!said->n_faults)
		return STR("");
	buf_init(&b, 0);
	json_init(&j, &b);
	json_put_array(&j);
	for (size_t i = 0; i < said->n_faults && i < JOB_FAULTS; i++)
		put_fault(&j, &said->faults[i]);
	if (said->n_faults + said->n_dropped > JOB_FAULTS) {
		fault more = { .key = "job.more" };
		char text[24];
		more.arg[0] = (str){ text, (size_t)snprintf(text, sizeof text, "%zu", said->n_faults + said->n_dropped - JOB_FAULTS) };
		put_fault(&j, &more);
	}
	json_put_end(&j, ']');
	str s = arena_str(mem, buf_str(&b));
	buf_free(&b);
	return s;
}

static str text_of(cx *c, json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));
	return s ? arena_str(c->mem, str_of(s)) : STR("");
}

static fault fault_of(cx *c, json_t *o)
{
	int64_t level = json_integer_value(json_object_get(o, "level"));
	fault f = { .level = level == FAULT_WARNING ? FAULT_WARNING : level == FAULT_NOTE ? FAULT_NOTE : FAULT_ERROR,
		.key = arena_cstr(c->mem, text_of(c, o, "key")),
		.at = { .file = text_of(c, o, "file"),
			.line = json_integer_value(json_object_get(o, "line")),
			.column = (int)json_integer_value(json_object_get(o, "column")),
			.field = text_of(c, o, "field"),
			.offset = json_integer_value(json_object_get(o, "offset")) },
		.value = text_of(c, o, "value") };
	json_t *args = json_object_get(o, "arg");
	for (size_t i = 0; i < FAULT_ARGS && i < json_array_size(args); i++) {
		const char *s = json_string_value(json_array_get(args, i));
		f.arg[i] = s ? arena_str(c->mem, str_of(s)) : STR("");
	}
	return f;
}

void job_faults_read(cx *c, str text, fault **out, size_t *n)
{
	enum { MOST = 1 << 20 };
	size_t faults = c->n_faults, errors = c->n_errors;
	*out = NULL;
	*n = 0;
	if (!text.len)
		return;
	json_t *list = json_read(c, STR("job"), text, MOST);
	c->n_faults = faults;
	c->n_errors = errors;
	*out = NEW_ARRAY(c->mem, fault, json_array_size(list) + 1);
	for (; *n < json_array_size(list); ++*n)
		(*out)[*n] = fault_of(c, json_array_get(list, *n));
	json_decref(list);
}
