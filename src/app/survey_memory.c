#include "app/survey_memory.h"
#include <pthread.h>
#include <stdlib.h>

enum { MOST = 8 };

struct survey_memory {
	pthread_mutex_t lock;
	unsigned next;
	struct entry {
		uint64_t version; /* 0: free */
		cx *c;
		struct survey_kept row;
	} p[MOST];
};

struct survey_memory *survey_memory_new(void)
{
	struct survey_memory *m = calloc(1, sizeof *m);
	if (m)
		pthread_mutex_init(&m->lock, NULL);
	return m;
}

void survey_memory_free(struct survey_memory *m)
{
	if (!m)
		return;
	for (int i = 0; i < MOST; i++)
		cx_free(m->p[i].c);
	pthread_mutex_destroy(&m->lock);
	free(m);
}

static void copy(arena *mem, const struct survey_kept *x, struct survey_kept *out)
{
	*out = *x;
	db_survey *s = &out->s;
	str *texts[] = { &s->code, &s->name_vi, &s->name_en, &s->period, &s->design, &s->access, &s->state, &s->note, &s->actor,
		&s->public };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		*texts[i] = arena_str(mem, *texts[i]);
}

static struct entry *find(struct survey_memory *m, str code)
{
	for (int i = 0; i < MOST; i++)
		if (m->p[i].version && str_eq(m->p[i].row.s.code, code))
			return &m->p[i];
	return NULL;
}

static void unlock(void *lock) { pthread_mutex_unlock(lock); }

bool survey_memory_get(struct survey_memory *m, cx *c, uint64_t version, str code, struct survey_kept *out)
{
	struct cx_hold held;
	pthread_mutex_lock(&m->lock);
	cx_hold(c, &held, unlock, &m->lock); /* the memory of c may be full in the middle */
	const struct entry *x = find(m, code);
	bool known = x && x->version == version && x->row.on == date_of_ms(c->now_ms);
	if (known)
		copy(c->mem, &x->row, out);
	cx_unhold(&held);
	pthread_mutex_unlock(&m->lock);
	return known;
}

void survey_memory_put(struct survey_memory *m, uint64_t version, const struct survey_kept *row)
{
	if (!m || !version)
		return;
	cx *own = cx_new(0), *old;
	struct survey_kept mine;
	copy(own->mem, row, &mine);
	pthread_mutex_lock(&m->lock);
	struct entry *x = find(m, row->s.code);
	if (!x)
		x = &m->p[m->next++ % MOST];
	old = x->c;
	*x = (struct entry){ version, own, mine };
	pthread_mutex_unlock(&m->lock);
	cx_free(old);
}
