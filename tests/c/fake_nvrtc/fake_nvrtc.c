/* fake_nvrtc.c: a stand-in for NVRTC. It "compiles" a source to PTX with one entry for each __global__
 * function of the form `__global__ void name(...)`, whose parameters are what a comment says: `// ptx: .u64
 * .u32`. A source with the word FAIL is refused with a log. What it was given stands in the PTX as comments.
 * It makes no cubins. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct program {
    char *source, *out, *log;
    char names[16][64];
    int name_count, header_count;
} program;

enum { OK = 0, INVALID_PROGRAM = 4, COMPILATION = 6, NAME_NOT_VALID = 10 };

int nvrtcVersion(int *major, int *minor) {
    *major = 12;
    *minor = 0;
    return OK;
}
int nvrtcGetNumSupportedArchs(int *count) {
    *count = 3;
    return OK;
}
int nvrtcGetSupportedArchs(int *archs) {
    archs[0] = 52, archs[1] = 75, archs[2] = 80;
    return OK;
}
int nvrtcCreateProgram(program **out, const char *source, const char *name, int headers,
                       const char *const *texts, const char *const *names) {
    (void)name, (void)texts, (void)names;
    *out = calloc(1, sizeof **out);
    (*out)->source = strdup(source);
    (*out)->header_count = headers;
    return OK;
}
int nvrtcDestroyProgram(program **p) {
    free((*p)->source);
    free((*p)->out);
    free((*p)->log);
    free(*p);
    *p = NULL;
    return OK;
}
int nvrtcAddNameExpression(program *p, const char *expression) {
    snprintf(p->names[p->name_count++], 64, "%s", expression);
    return OK;
}
int nvrtcGetLoweredName(program *p, const char *expression, const char **lowered) {
    static _Thread_local char text[96];
    for (int i = 0; i < p->name_count; i++)
        if (!strcmp(p->names[i], expression)) {
            snprintf(text, sizeof text, "lowered_%d", i);
            *lowered = text;
            return OK;
        }
    return NAME_NOT_VALID;
}

static void entry(FILE *out, const char *name, size_t length, const char *types) {
    char line[200], *word, *rest = line;
    const char *end = types ? strchr(types, '\n') : NULL;
    fprintf(out, ".visible .entry %.*s(", (int)length, name);
    snprintf(line, sizeof line, "%.*s", (int)(end ? end - types : 0), types ? types : "");
    for (int i = 0; (word = strtok_r(rest, " ", &rest)); i++)
        fprintf(out, "%s\n\t.param %s %.*s_param_%d", i ? "," : "", word, (int)length, name, i);
    fprintf(out, "\n)\n{\n\tret;\n}\n");
}

int nvrtcCompileProgram(program *p, int count, const char *const *options) {
    size_t size;
    if (strstr(p->source, "FAIL")) {
        p->log = strdup("kernel.cu(1): error: FAIL is not a type");
        return COMPILATION;
    }
    p->log = strdup("");
    FILE *out = open_memstream(&p->out, &size);
    fprintf(out, "// made by the stand-in\n");
    for (int i = 0; i < count; i++) fprintf(out, "// option %s\n", options[i]);
    fprintf(out, "// headers %d\n.version 7.0\n.target sm_52\n.address_size 64\n", p->header_count);
    for (const char *at = p->source; (at = strstr(at, "__global__ void ")); at++) {
        const char *name = at + 16, *types = strstr(at, "// ptx: ");
        entry(out, name, strcspn(name, "( "), types ? types + 8 : NULL);
    }
    for (int i = 0; i < p->name_count; i++) {
        char name[32];
        snprintf(name, sizeof name, "lowered_%d", i);
        entry(out, name, strlen(name), NULL);
    }
    fclose(out);
    return OK;
}
int nvrtcGetProgramLogSize(program *p, size_t *size) {
    *size = strlen(p->log) + 1;
    return OK;
}
int nvrtcGetProgramLog(program *p, char *log) {
    strcpy(log, p->log);
    return OK;
}
int nvrtcGetPTXSize(program *p, size_t *size) {
    if (!p->out) return INVALID_PROGRAM;
    *size = strlen(p->out) + 1;
    return OK;
}
int nvrtcGetPTX(program *p, char *ptx) {
    strcpy(ptx, p->out);
    return OK;
}
