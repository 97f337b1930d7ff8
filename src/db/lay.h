/* lay: takes out of the files of the store what its tables do not tell: in which order answers came, and what was erased.
 *
 * A page of a table holds its rows by when they were written, whatever their key; so of a file that was stolen somebody could read which
 * answer came when, and lay that beside the order in which invitations were used. db_lay_anew writes answers, invitations, cases and forms
 * anew in the order of their keys, which are random or say nothing about it. The log of SQLite holds pages as single commits left them, an
 * invitation beside its answer: db_cut_log empties it. Decision 0105. */
#ifndef DB_LAY_H
#define DB_LAY_H
#include "db/db.h"

/* Some hundred rows a transaction, so that nobody waits long; what is written meanwhile is laid the next time. */
enum err db_lay_anew(cx *c, db *d);
/* Writes what the log holds to the file and cuts it, when something was committed since the last time; somebody who reads just now: the next
 * time. PostgreSQL: does nothing, its log is the server's. */
enum err db_cut_log(cx *c, db *d);

#endif
