/* The nouns whose objects keep files, and who says who may see them. */
#include "app/file.h"
#include "app/odk.h"
#include "app/round_entry.h"

const struct file_noun file_nouns[] = {
	{ "evidence", evidence_may },
	{ "odk", odk_file_may },
	{ 0 },
};
