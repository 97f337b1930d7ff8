/* round_package: what is handed over with a sheet: the table of scores, explanations where evidence is missing, difficulties and proposals,
 * the list of evidence, and its files by the code of their criterion. */
#ifndef APP_ROUND_PACKAGE_H
#define APP_ROUND_PACKAGE_H
#include "app/round_entry.h"

struct package_proof {
	str code, kind, title, number, url, file_name; /* file_name: in the archive, "1.1.1/01 Báo cáo.pdf" */
	day issued_on;
	int64_t file_id;
};

struct package {
	struct entry_sheet sheet;
	struct package_proof *proofs;
	size_t n_proofs, n_files;
};

/* Only for those who see the whole sheet. */
enum err package_of(cx *c, struct app *a, const struct actor *who, str round, str unit, struct package *out);
/* The table of scores as a workbook. */
enum err package_xlsx(cx *c, const struct package *p, enum lang lang, str *bytes);
/* Writes the archive into fd: the tables as CSV, the scores as a workbook too, and all files. *size: its bytes. Not larger than 2 GiB. */
enum err package_zip(cx *c, struct app *a, const struct package *p, enum lang lang, int fd, uint64_t *size);

#endif
