/* python/elements.c: kinds of elements: from the formats of buffers and array interfaces, and as words. */
#include "python/arg.h"
#include <stdio.h>

/* One character of the struct module's formats. Native sizes: a leading '<', '>', '=' or '!' asks for the
 * standard ones, which differ for l and L only. */
static wf_py_elements of_code(char code, int standard) {
    switch (code) {
    case '?': return (wf_py_elements){'b', 1};
    case 'b': return (wf_py_elements){'i', 1};
    case 'B':
    case 'c': return (wf_py_elements){'u', 1};
    case 'h': return (wf_py_elements){'i', 2};
    case 'H': return (wf_py_elements){'u', 2};
    case 'i': return (wf_py_elements){'i', 4};
    case 'I': return (wf_py_elements){'u', 4};
    case 'l': return (wf_py_elements){'i', standard ? 4 : sizeof(long)};
    case 'L': return (wf_py_elements){'u', standard ? 4 : sizeof(long)};
    case 'q':
    case 'n': return (wf_py_elements){'i', 8};
    case 'Q':
    case 'N':
    case 'P': return (wf_py_elements){'u', 8};
    case 'e': return (wf_py_elements){'f', 2};
    case 'f': return (wf_py_elements){'f', 4};
    case 'd': return (wf_py_elements){'f', 8};
    }
    return (wf_py_elements){0, 0};
}

wf_py_elements wf_py_elements_of_format(const char *format, Py_ssize_t itemsize) {
    wf_py_elements none = {0, 0}, found;
    if (!format) return none;
    int standard = *format == '<' || *format == '>' || *format == '=' || *format == '!';
    if (standard || *format == '@' || *format == '|') format++;
    int is_complex = *format == 'Z';
    format += is_complex;
    found = of_code(format[0], standard);
    if (!found.kind || format[1]) return none; /* a struct, or several items */
    if (is_complex) found = (wf_py_elements){'c', 2 * found.size};
    return (Py_ssize_t)found.size == itemsize ? found : none;
}

/* "<i4" */
wf_py_elements wf_py_elements_of_typestr(const char *typestr) {
    wf_py_elements found = {0, 0};
    unsigned size = 0;
    if (typestr && strlen(typestr) > 2 && strchr("iufcbV", typestr[1]) &&
        sscanf(typestr + 2, "%u", &size) == 1)
        found = (wf_py_elements){typestr[1], size};
    return found;
}

const char *wf_py_elements_name(wf_py_elements e, char buffer[32]) {
    const char *word = e.kind == 'i'   ? "int"
                       : e.kind == 'u' ? "uint"
                       : e.kind == 'f' ? "float"
                       : e.kind == 'c' ? "complex"
                                       : "bytes";
    if (e.kind == 'b') return "bool";
    snprintf(buffer, 32, "%s%u", word, e.size * 8);
    return buffer;
}
