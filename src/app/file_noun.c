/* The nouns whose objects keep files, and who says who may see them. */
#include "app/file.h"

const struct file_noun file_nouns[] = {
	{ 0 },
};
