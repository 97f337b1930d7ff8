#include "app/backup.h"
#include "base/vec.h"
#include "db/backup.h"

static enum err report(cx *c, enum err e, const db_sum_list *from, struct table_sums *out)
{
	for (size_t i = 0; i < from->n && !e; i++)
		*VEC_PUSH(c->mem, out) = (struct table_sum){ from->p[i].name, from->p[i].hash, from->p[i].rows };
	return e;
}

enum err backup_write(cx *c, struct app *a, const char *path, bool overwrite, struct table_sums *out)
{
	db_copy_options opt = { .overwrite = overwrite };
	db_sum_list sums = { 0 };
	return report(c, db_backup(c, a->db, path, &opt, &sums), &sums, out);
}

enum err backup_verify(cx *c, const char *path, struct table_sums *out)
{
	db_sum_list sums = { 0 };
	return report(c, db_backup_verify(c, path, &sums), &sums, out);
}

enum err backup_restore(cx *c, const char *path, str to, bool overwrite, struct table_sums *out)
{
	db_copy_options opt = { .overwrite = overwrite };
	db_sum_list sums = { 0 };
	return report(c, db_restore(c, path, to, &opt, &sums), &sums, out);
}

enum err backup_copy(cx *c, str from, str to, bool overwrite, struct table_sums *out)
{
	db_copy_options opt = { .overwrite = overwrite };
	db_sum_list sums = { 0 };
	return report(c, db_copy(c, from, to, &opt, &sums), &sums, out);
}
