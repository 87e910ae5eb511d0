/* base/format.h: vsnprintf() for text in small pieces. */
#ifndef WF_BASE_FORMAT_H
#define WF_BASE_FORMAT_H
#include <stdarg.h>
#include <stddef.h>

/* As vsnprintf(): the length that the whole text has, and as much of it as there is room for, with a NUL. */
int wf_format(char *out, size_t room, const char *format, va_list args) __attribute__((format(printf, 3, 0)));
#endif
