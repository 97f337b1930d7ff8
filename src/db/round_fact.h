/* round_fact: what people entered in the sheet of a round: figures, texts, evidence, decisions. Each change is a further revision of its
 * place; readers get the last one, or all of them for the history. */
#ifndef DB_ROUND_FACT_H
#define DB_ROUND_FACT_H
#include "db/round_plan.h"

typedef struct db_entry {
	int64_t id;
	str stage, measure, part; /* part: now, prev, event */
	int seq;                  /* of an event, from 1; else 0 */
	int revision;
	str numerator, denominator, value; /* canonical texts; empty: none */
	str status;                        /* ok, na, none, empty */
	str reason, source;
	day as_of; /* 0: none */
	str origin, key;
	int64_t at;
	db_who who;
} db_entry;

typedef struct db_entry_list {
	db_entry *p;
	size_t n, cap;
} db_entry_list;

typedef struct db_note {
	str node, kind, body, key;
	int revision;
	int64_t at;
	db_who who;
} db_note;

typedef struct db_note_list {
	db_note *p;
	size_t n, cap;
} db_note_list;

typedef struct db_evidence {
	int64_t id, sheet_id;
	str node, kind, title, number, url, stage, key;
	day issued_on; /* 0: not said */
	int64_t file_id;
	int64_t at, removed_at; /* removed_at 0: it counts */
	db_who who, removed_who;
	str removed_reason;
} db_evidence;

typedef struct db_evidence_list {
	db_evidence *p;
	size_t n, cap;
} db_evidence_list;

typedef struct db_decision {
	int64_t id;
	str node, stage, basis, state, remark, trace_vi, trace_en, key;
	int revision;
	db_dec points, raw, maximum, self_points;
	bool asks;
	int64_t at;
	db_who who;
} db_decision;

typedef struct db_decision_list {
	db_decision *p;
	size_t n, cap;
} db_decision_list;

/* The last revision of every place, by stage, measure, part, seq. all: every revision, oldest first. */
enum err db_entries(cx *c, db_conn *k, int64_t sheet_id, bool all, db_entry_list *out);
enum err db_entry_last(cx *c, db_conn *k, int64_t sheet_id, const db_entry *at, db_entry *out, bool *found);
enum err db_entry_add(cx *c, db_conn *k, int64_t sheet_id, const db_entry *x, size_t n); /* revisions are the caller's */

enum err db_notes(cx *c, db_conn *k, int64_t sheet_id, bool all, db_note_list *out);
enum err db_note_last(cx *c, db_conn *k, int64_t sheet_id, str node, str kind, db_note *out, bool *found);
enum err db_note_add(cx *c, db_conn *k, int64_t sheet_id, const db_note *x);

enum err db_evidence_of(cx *c, db_conn *k, int64_t sheet_id, db_evidence_list *out); /* also what was taken back, in order of adding */
enum err db_evidence_get(cx *c, db_conn *k, int64_t id, db_evidence *out);
enum err db_evidence_add(cx *c, db_conn *k, db_evidence *x); /* fills id; the same key: the one there is */
/* ERR_CONFLICT without a fault: it was taken back already. */
enum err db_evidence_remove(cx *c, db_conn *k, int64_t id, const db_who *who, str reason);

enum err db_decisions(cx *c, db_conn *k, int64_t sheet_id, bool all, db_decision_list *out);
enum err db_decision_last(cx *c, db_conn *k, int64_t sheet_id, str node, str stage, db_decision *out, bool *found);
enum err db_decision_add(cx *c, db_conn *k, int64_t sheet_id, const db_decision *x, size_t n);

#endif
