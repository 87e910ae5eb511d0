/* base/windows_names.h: names are UTF-8 in the core and UTF-16 at Windows. The narrow calls of Windows and of its C
 * library go by a code page that holds few languages' letters: they are not used. */
#ifndef WF_BASE_WINDOWS_NAMES_H
#define WF_BASE_WINDOWS_NAMES_H
#define WIN32_LEAN_AND_MEAN
#include <windows.h>

enum { WF_WIDE_PATH = 4096 };

/* 0: not UTF-8, or too long. */
static inline int wf_wide(const char *name, wchar_t wide[WF_WIDE_PATH]) {
    return MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, name, -1, wide, WF_WIDE_PATH) > 0;
}
#endif
