/* user: accounts, the roles they hold over which units, groups of units, delegation while absent. Roles are data: role x noun x verb.
 *
 * The account's unit and the scope of a grant are named by level and code, not by a row: a unit that is renamed keeps its people. */
#ifndef DB_USER_H
#define DB_USER_H
#include "db/db.h"

/* ---- roles ---- */

typedef struct db_role {
	str code;
	int sort_no;
	str name_vi, name_en, note_vi, note_en;
	bool delegable; /* goes with a delegation */
} db_role;

typedef struct db_right {
	str role, noun, verb;
} db_right;

typedef struct db_role_list {
	db_role *p;
	size_t n, cap;
} db_role_list;

typedef struct db_right_list {
	db_right *p;
	size_t n, cap;
} db_right_list;

/* Inserts or corrects by code. */
enum err db_role_put(cx *c, db_conn *k, const db_role *r, size_t n, int64_t *changed);
/* The rights of each role named are these and no others. */
enum err db_right_put(cx *c, db_conn *k, const db_right *r, size_t n, int64_t *changed);
enum err db_right_drop(cx *c, db_conn *k, str role); /* all of a role */
enum err db_role_list_all(cx *c, db_conn *k, db_role_list *out);
enum err db_right_list_all(cx *c, db_conn *k, db_right_list *out); /* by role, noun, verb */

/* ---- accounts ---- */

typedef struct db_account {
	int64_t id;
	str login, name, sort_key, title, email, phone, unit_level, unit_code; /* sort_key is made by db_account_put */
	bool disabled, must_change;
	str password; /* of crypto_pwhash_str; empty: cannot sign in */
	int64_t password_at;
	str totp; /* sealed secret; empty: no second factor */
	int64_t totp_step;
	int64_t created_at, changed_at, signed_in_at; /* signed_in_at 0: never */
	str unit_name; /* of that day, when the unit is there; only read */
} db_account;

typedef struct db_account_list {
	db_account *p;
	size_t n, cap;
} db_account_list;

typedef struct db_account_filter {
	str text;             /* part of the folded name, or the beginning of the login */
	str unit_level, unit_code;
	str role;
	int state;            /* 0: all, 1: active, 2: disabled, 3: active without a password */
	day on;               /* for names of units and grants */
	/* Only accounts of these units, their children, and groups ("group" and its code): "|level/code|level/code|"; empty: all. */
	str places;
} db_account_filter;

/* id 0: a new one (ERR_CONFLICT without a fault: the login is taken); else its master data and state, not the password. */
enum err db_account_put(cx *c, db_conn *k, db_account *a);
enum err db_account_get(cx *c, db_conn *k, int64_t id, day on, db_account *out); /* ERR_NOTFOUND without a fault */
enum err db_account_by_login(cx *c, db_conn *k, str login, day on, db_account *out);
enum err db_account_by_email(cx *c, db_conn *k, str email, db_account_list *out);
enum err db_account_find(cx *c, db_conn *k, const db_account_filter *f, int limit, int64_t skip, db_account_list *out, int64_t *total);
enum err db_account_count(cx *c, db_conn *k, int64_t *out);
enum err db_account_password(cx *c, db_conn *k, int64_t id, str hash, bool must_change);
enum err db_account_totp(cx *c, db_conn *k, int64_t id, str sealed, int64_t step);
/* Moves the step of the last code forward; *fresh false: a code of this step was used already. */
enum err db_account_totp_step(cx *c, db_conn *k, int64_t id, int64_t step, bool *fresh);
enum err db_account_signed_in(cx *c, db_conn *k, int64_t id);

/* ---- grants ---- */

typedef struct db_grant {
	str role, unit_level, unit_code; /* '' and '': all units; 'group' and its code */
	day valid_from, valid_to;
	str role_vi, role_en, unit_name; /* only read */
} db_grant;

typedef struct db_grant_list {
	db_grant *p;
	size_t n, cap;
} db_grant_list;

/* One right as it holds for an account on a day. */
typedef struct db_held {
	str noun, verb, unit_level, unit_code, role;
	int64_t delegator; /* 0: its own */
	str delegator_name;
} db_held;

typedef struct db_held_list {
	db_held *p;
	size_t n, cap;
} db_held_list;

enum err db_grant_put(cx *c, db_conn *k, int64_t account_id, const db_grant *g); /* inserts, or other days */
enum err db_grant_drop(cx *c, db_conn *k, int64_t account_id, str role, str unit_level, str unit_code);
enum err db_grant_of(cx *c, db_conn *k, int64_t account_id, day on, db_grant_list *out);
enum err db_held_by(cx *c, db_conn *k, int64_t account_id, day on, db_held_list *out);
/* Active accounts that hold a right, by a grant of their own or of somebody absent, with the scope of the grant. named: the role has this very
 * right, not "*". */
typedef struct db_holder {
	int64_t account_id;
	str unit_level, unit_code;
	bool named;
} db_holder;

typedef struct db_holder_list {
	db_holder *p;
	size_t n, cap;
} db_holder_list;

enum err db_holders(cx *c, db_conn *k, str noun, str verb, day on, db_holder_list *out);
/* How many active accounts with a password hold a role over all units on a day. */
enum err db_grant_holders(cx *c, db_conn *k, str role, day on, int64_t *out);

/* ---- groups of units ---- */

typedef struct db_group {
	str code, name, note;
	int64_t members; /* only read */
} db_group;

typedef struct db_group_list {
	db_group *p;
	size_t n, cap;
} db_group_list;

typedef struct db_member {
	str level, code, name; /* name only read */
} db_member;

typedef struct db_member_list {
	db_member *p;
	size_t n, cap;
} db_member_list;

/* The group with exactly these members. */
enum err db_group_put(cx *c, db_conn *k, const db_group *g, const db_member *m, size_t n);
enum err db_group_drop(cx *c, db_conn *k, str code); /* with its members and the grants over it */
enum err db_group_list_all(cx *c, db_conn *k, db_group_list *out);
enum err db_group_members(cx *c, db_conn *k, str code, day on, db_member_list *out);
enum err db_group_has(cx *c, db_conn *k, str code, str level, str unit_code, bool *has);

/* ---- delegation ---- */

typedef struct db_delegation {
	int64_t id, from_id, to_id;
	day valid_from, valid_to;
	str reason;
	int64_t created_at, created_by, ended_at; /* ended_at 0: not ended before its day */
	str from_name, to_name; /* only read */
} db_delegation;

typedef struct db_delegation_list {
	db_delegation *p;
	size_t n, cap;
} db_delegation_list;

enum err db_delegation_add(cx *c, db_conn *k, db_delegation *d);
enum err db_delegation_end(cx *c, db_conn *k, int64_t id, bool *ended);
enum err db_delegation_get(cx *c, db_conn *k, int64_t id, db_delegation *out);
/* Newest first. account_id 0: of everybody; else from or to it. */
enum err db_delegation_of(cx *c, db_conn *k, int64_t account_id, int limit, db_delegation_list *out);

#endif
