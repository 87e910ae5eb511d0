/* pyfunc/pyast.h: a Python function as C structs: the `ast` module's tree, taken over once.
 *
 * reader.c makes it (the only file of pyfunc/ that knows Python); everything after works on these structs
 * alone, on any thread. Names are resolved while reading: what the function itself binds is a local (an
 * index), everything else (globals, closure cells, builtins and attributes of modules) is looked up and
 * becomes a WF_PF_CONST with its value. Nodes are numbered within their function, so that a pass can keep
 * what it knows in an array. */
#ifndef WF_PYFUNC_PYAST_H
#define WF_PYFUNC_PYAST_H
#include "lang/diag.h"
#include "pyfunc/pyfunc.h"

typedef struct wf_pf_expr wf_pf_expr;
typedef struct wf_pf_stmt wf_pf_stmt;
typedef struct wf_pf_function wf_pf_function;
typedef struct wf_pf_value wf_pf_value;

typedef enum wf_pf_value_kind { /* what a constant is */
                                WF_PF_V_NONE,
                                WF_PF_V_BOOL,     /* i */
                                WF_PF_V_INT,      /* i; a value past int64 sets `unsigned_`; past uint64 it is
                                                     V_OTHER */
                                WF_PF_V_FLOAT,    /* f */
                                WF_PF_V_COMPLEX,  /* f, g */
                                WF_PF_V_STR,      /* text */
                                WF_PF_V_TUPLE,    /* items; text is not NULL: a slice's start, stop, step */
                                WF_PF_V_CALL,     /* something known by name: text = "math.sin", "cuda.grid",
                                                     "cuda.threadIdx" */
                                WF_PF_V_DTYPE,    /* i: the type's code, 'f' for float32 … (types.h);
                                                     numpy.float32, numba.int64, a dtype */
                                WF_PF_V_DATE,     /* i; text: its type's code */
                                WF_PF_V_FUNCTION, /* function */
                                WF_PF_V_ARRAY,  /* a NumPy array as a constant: text = its type's code, data,
                                                   items = its extents */
                                WF_PF_V_MODULE, /* text; its attributes were looked up already, so one that is
                                                   left is missing */
                                WF_PF_V_PASSED, /* i: the number of a Python object that is an argument */
                                WF_PF_V_ELLIPSIS, /* `...` */
                                WF_PF_V_OTHER,    /* text: what it is, for a message */
} wf_pf_value_kind;

struct wf_pf_value {
    wf_pf_value_kind kind;
    int64_t i;
    int unsigned_;
    double f, g;
    const char *text;
    size_t length; /* of text, or of data in bytes */
    const wf_pf_value *items;
    uint32_t count;
    const wf_pf_function *function;
    const void *data;
    void *object; /* the Python object that it was read from, for wf_pf_hooks; or NULL */
};

/* clang-format off */
#define WF_PF_OPERATORS(X)                                                                                   \
    X(ADD, "+") X(SUB, "-") X(MUL, "*") X(DIV, "/") X(FLOORDIV, "//") X(MOD, "%") X(POW, "**")               \
    X(MATMUL, "@") X(LSHIFT, "<<") X(RSHIFT, ">>") X(OR, "|") X(XOR, "^") X(AND, "&")                        \
    X(LT, "<") X(LE, "<=") X(GT, ">") X(GE, ">=") X(EQ, "==") X(NE, "!=")                                    \
    X(IS, "is") X(IS_NOT, "is not") X(IN, "in") X(NOT_IN, "not in")                                          \
    X(NEG, "-") X(POS, "+") X(INVERT, "~") X(NOT, "not")
/* clang-format on */
typedef enum wf_pf_op {
#define X(name, text) WF_PF_##name,
    WF_PF_OPERATORS(X)
#undef X
        WF_PF_OP_COUNT
} wf_pf_op;
extern const char *const wf_pf_op_text[WF_PF_OP_COUNT];

typedef enum wf_pf_expr_kind {
    WF_PF_CONST,       /* value */
    WF_PF_LOCAL,       /* local: index into the function's names */
    WF_PF_UNBOUND,     /* text: a name that is nowhere */
    WF_PF_BINARY,      /* op, a, b */
    WF_PF_UNARY,       /* op, a */
    WF_PF_ANDOR,       /* items; op AND or OR */
    WF_PF_COMPARE,     /* items[0] ops[0] items[1] ops[1] … */
    WF_PF_CALL,        /* a(items, keywords names[i] for the last keyword_count of them) */
    WF_PF_ATTRIBUTE,   /* a.text; names: what was meant perhaps, where a module has no such attribute */
    WF_PF_SUBSCRIPT,   /* a[b] */
    WF_PF_SLICE,       /* a:b:c, each may be NULL */
    WF_PF_TUPLE,       /* items */
    WF_PF_LIST,        /* items */
    WF_PF_IFEXP,       /* b if a else c */
    WF_PF_STARRED,     /* *a */
    WF_PF_WALRUS,      /* (a := b) */
    WF_PF_LISTCOMP,    /* body: the loops, with a COLLECT inside */
    WF_PF_SETCOMP,     /* the same */
    WF_PF_DICTCOMP,    /* the same; what is collected is a pair */
    WF_PF_DICT,        /* items: key, value, key … */
    WF_PF_SET,         /* items */
    WF_PF_JOINED,      /* an f-string: items, texts and FORMATTED */
    WF_PF_FORMATTED,   /* a, with the format b or NULL; local: the conversion's letter */
    WF_PF_UNSUPPORTED, /* text: what it is */
} wf_pf_expr_kind;

struct wf_pf_expr {
    wf_pf_expr_kind kind;
    wf_pf_op op;
    uint32_t number; /* in its function */
    uint32_t local;
    wf_place at;
    const char *text;
    const wf_pf_value *value;
    wf_pf_expr *a, *b, *c;
    wf_pf_expr **items;
    const wf_pf_op *ops;
    const char *const *names; /* CALL: of the keyword arguments */
    uint32_t count, keyword_count;
    wf_pf_stmt *body; /* of the comprehensions */
};

typedef enum wf_pf_stmt_kind {
    WF_PF_ASSIGN,    /* targets = value */
    WF_PF_AUGASSIGN, /* targets[0] op= value */
    WF_PF_EXPR,      /* value */
    WF_PF_IF,        /* value, body, other */
    WF_PF_FOR,       /* for targets[0] in value: body else: other */
    WF_PF_WHILE,     /* value, body, other */
    WF_PF_BREAK,
    WF_PF_CONTINUE,
    WF_PF_RETURN, /* value or NULL */
    WF_PF_PASS,
    WF_PF_ASSERT,           /* value; text: the message or NULL */
    WF_PF_RAISE,            /* text: "ValueError: message"; neither text nor value: raise it again */
    WF_PF_TRY,              /* body; other: HANDLERs, then perhaps a TRY_ELSE */
    WF_PF_HANDLER,          /* except value (or NULL): body */
    WF_PF_TRY_ELSE,         /* body */
    WF_PF_COLLECT,          /* value: appended to the list of the comprehension around */
    WF_PF_STMT_UNSUPPORTED, /* text */
} wf_pf_stmt_kind;

struct wf_pf_stmt {
    wf_pf_stmt_kind kind;
    wf_pf_op op;
    wf_place at;
    wf_pf_stmt *next;
    wf_pf_expr **targets;
    uint32_t target_count;
    wf_pf_expr *value;
    wf_pf_stmt *body, *other;
    const char *text;
};

struct wf_pf_function {
    const char *name; /* as the user knows it */
    uint32_t index;   /* in its module */
    uint16_t file;    /* 1 + index into the module's sources */
    wf_place at;
    const char *const *names; /* of the locals; the parameters come first */
    uint32_t param_count, local_count, expr_count;
    const wf_pf_value *const *defaults; /* one for each parameter; NULL: none */
    wf_pf_stmt *body;
    const char *const
        *known;            /* names that a misspelt one may have meant: locals and globals; ended by NULL */
    int star;              /* which parameter is *args; -1: none */
    int generator;         /* it yields: a call of it makes an object that gives one after another */
    int fastmath;          /* of a device function with its own option; else the caller's counts */
    int trusted;           /* its indices are inside: the library's own */
    int cold;              /* rarely called, as the library says of its own: not put in place of each call */
    const char *signature; /* "codes>code": what it was declared to take and to give; "": anything */
    wf_pf_function *next;
};

struct wf_pf_module {
    wf_arena arena;
    wf_source *sources; /* [i] is file i + 1 of every unit made from it */
    uint32_t source_count;
    wf_pf_function *functions, *last; /* the first is the one asked for; then those it calls */
    uint32_t function_count;
    void *seen, *kept, *queue; /* reader.c: its Python objects, for functions that are read later */
    void (*let_go)(wf_pf_module *module);
};
#endif
