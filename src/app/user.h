/* user: accounts as people and commands see them: who they are, to which unit they belong, which roles they hold where; groups of units;
 * delegation while absent. Signing in is session.h.
 *
 * Whoever changes an account needs user.edit for the unit of the account, and grants roles only within the units that he administers. The
 * last administrator over all units can be neither disabled nor lose the role. Every change is an entry of the audit chain. */
#ifndef APP_USER_H
#define APP_USER_H
#include "app/actor.h"

struct db_account;
struct db_conn;

enum { USER_LOGIN_MAX = 60, USER_TEXT_MAX = 200 };

struct user_grant {
	str role, level, unit_code; /* level empty: all units; "group" */
	str role_vi, role_en, unit_name;
	day from, to;
	bool now; /* holds today */
};

struct user {
	int64_t id;
	str login, name, title, email, phone;
	str level, unit_code, unit_name; /* level empty: no unit */
	bool disabled, must_change, has_password, has_totp;
	int64_t created_at, changed_at, password_at, signed_in_at; /* 0: never */
	const struct user_grant *grants; /* user_get only */
	size_t n_grants;
};

struct user_list {
	struct user *p;
	size_t n, cap;
	int64_t total;
};

struct user_query {
	str text, level, unit_code, role;
	int state; /* 0 all, 1 active, 2 disabled, 3 active without a password */
	int limit;
	int64_t skip;
};

/* The account as an actor, with the grants that hold today, delegated ones included. ERR_NOTFOUND without a fault; ERR_DENIED without one:
 * disabled. */
enum err user_actor(cx *c, struct app *a, int64_t id, struct actor *out);
enum err user_actor_of(cx *c, struct db_conn *k, const struct db_account *x, struct actor *out); /* the same where the row is known */

enum err user_count(cx *c, struct app *a, int64_t *out);
enum err user_get(cx *c, struct app *a, int64_t id, struct user *out);
enum err user_by_login(cx *c, struct app *a, str login, struct user *out);
enum err user_list(cx *c, struct app *a, const struct actor *who, const struct user_query *q, struct user_list *out);

/* What is wrong is a fault at its field: login, name, email, phone, title, unit. */
enum err user_add(cx *c, struct app *a, const struct actor *who, struct user *u); /* sets id */
enum err user_edit(cx *c, struct app *a, const struct actor *who, const struct user *u); /* all but login, state, grants */
enum err user_enable(cx *c, struct app *a, const struct actor *who, int64_t id, bool on); /* off ends its sessions */
enum err user_grant(cx *c, struct app *a, const struct actor *who, int64_t id, const struct user_grant *g);
enum err user_revoke(cx *c, struct app *a, const struct actor *who, int64_t id, str role, str level, str unit_code);

/* A first password, shown once and to be changed at the first sign-in; ends the sessions of the account. */
struct user_letter {
	int64_t id;
	str login, name, title, unit_name, password;
};
struct user_letters {
	struct user_letter *p;
	size_t n, cap;
};
/* ids NULL: every active account without a password that the actor may edit, at most 1,000. */
enum err user_letters(cx *c, struct app *a, const struct actor *who, const int64_t *ids, size_t n, struct user_letters *out);

/* A login as it is kept: lower case; letters, digits, . _ - @. False: it cannot be one. */
/* Training stores: the accounts of Tỉnh Mẫu, all with a->demo_password. */
enum err user_demo(cx *c, struct app *a);

bool user_login_read(cx *c, str text, str *out);
/* The message key of what is wrong with name, title, email or phone; NULL: nothing. */
const char *user_text_wrong(const struct user *u);
str user_email(cx *c, str s); /* as it is kept: lower case */
str user_object(cx *c, int64_t id); /* how the audit names it */

/* A unit as people type it: "level/code", or a name that one unit has today; "group/code" too; empty: both empty. A fault at field else. */
enum err user_unit_read(cx *c, struct app *a, const char *field, str text, str *level, str *code);

/* ---- roles ---- */

struct role_info {
	str code, name_vi, name_en, note_vi, note_en;
	bool delegable;
	const str *rights; /* "noun.verb" */
	size_t n_rights;
};

struct role_list {
	struct role_info *p;
	size_t n, cap;
};

enum err role_list(cx *c, struct app *a, struct role_list *out);
/* Names, notes and the rights of a role, which are these and no others; one that is not there is made when `fresh`. Permission "role" "edit".
 * ERR_NOTFOUND: no such role. Faults at code, name_vi, rights; the administrator keeps "user.*" and "role.*" (role.keeps), so that nobody locks
 * himself out. Audited with what came and what went. */
enum err role_put(cx *c, struct app *a, const struct actor *who, const struct role_info *r, bool fresh);

/* ---- groups of units ---- */

struct group_member {
	str level, code, name;
};

struct group_info {
	str code, name, note;
	int64_t members;
	const struct group_member *p; /* group_get only */
	size_t n;
};

struct group_list {
	struct group_info *p;
	size_t n, cap;
};

bool group_code(str s); /* 1 to 40 of a-z, 0-9 and, inside, "-" */
enum err group_list(cx *c, struct app *a, struct group_list *out);
enum err group_get(cx *c, struct app *a, str code, struct group_info *out); /* ERR_NOTFOUND without a fault */
/* The members as text: a unit a line or parted by ";", each "level/code" or a name. */
enum err group_put(cx *c, struct app *a, const struct actor *who, const struct group_info *g, str members);
enum err group_drop(cx *c, struct app *a, const struct actor *who, str code);

/* ---- delegation ---- */

struct delegation {
	int64_t id, from_id, to_id;
	str from_name, to_name, reason;
	day from, until; /* both included */
	int64_t created_at, ended_at; /* ended_at 0: not ended early */
	bool now, coming;
};

struct delegation_list {
	struct delegation *p;
	size_t n, cap;
};

/* One delegates for himself; for others who may user.delegate. Not to himself, not to a disabled account, at most a year. */
enum err delegation_add(cx *c, struct app *a, const struct actor *who, const struct delegation *d);
enum err delegation_end(cx *c, struct app *a, const struct actor *who, int64_t id);
enum err delegation_list(cx *c, struct app *a, int64_t user_id, struct delegation_list *out); /* 0: of everybody */

#endif
