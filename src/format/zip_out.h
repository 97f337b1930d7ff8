/* zip_out: writes a ZIP archive into a file descriptor, entry by entry, without holding contents in memory. Names are UTF-8; bytes are
 * stored as they are: evidence is PDF and office files, which do not shrink. The output is the same for the same entries.
 *
 * Without ZIP64: at most 2 GiB and 60,000 entries; what does not fit is refused (zip.too_large) before a byte of it is written, and what was
 * written is no archive until zip_out_end. */
#ifndef FORMAT_ZIP_OUT_H
#define FORMAT_ZIP_OUT_H
#include "base/cx.h"

typedef struct zip_out zip_out;

enum { ZIP_OUT_NAME = 400, ZIP_OUT_ENTRIES = 60000 };

/* fd stays the caller's. Its faults: zip.write. */
enum err zip_out_begin(cx *c, int fd, zip_out **out);
enum err zip_out_bytes(zip_out *z, str name, str bytes);
/* size bytes of another descriptor from its beginning. */
enum err zip_out_file(zip_out *z, str name, int fd, uint64_t size);
enum err zip_out_end(zip_out *z); /* the archive is whole now */

#endif
