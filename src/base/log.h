/* log: one line an event, on standard error, only from the edges (cli, web). Values are quoted; secrets are never passed here. */
#ifndef BASE_LOG_H
#define BASE_LOG_H
#include <stdint.h>

enum log_level { LOG_ERROR, LOG_WARNING, LOG_INFO, LOG_DEBUG };

void log_setup(enum log_level most, int64_t (*now_ms)(void)); /* now_ms: the edge's clock; NULL: no times */
/* Writes `2026-11-22T02:36:01.123Z level event k="v" …` at once; text beyond 2,000 bytes is cut. */
void log_line(enum log_level level, const char *event, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
