/* cudac/token.h: tokens, interned names, and the preprocessor's state. Inner header of cudac/.
 *
 * A token is 40 bytes and points into the source text; only what a line splice or a `##` made is copied.
 * Names are interned once, so the parser compares pointers and a macro test is one load. Everything here
 * lives in the scratch arena of one compilation, except names and source texts, which the tree refers to
 * (unit arena). */
#ifndef WF_CUDAC_TOKEN_H
#define WF_CUDAC_TOKEN_H
#include "cudac/cudac.h"

typedef struct cc_macro cc_macro;

typedef enum cc_token_kind {
    CC_EOF,
    CC_IDENT,  /* op: cc_keyword or 0 */
    CC_NUMBER, /* a preprocessing number, not yet converted */
    CC_STRING, /* with its quotes and prefix */
    CC_CHAR,
    CC_PUNCT, /* op: cc_punct */
    CC_OTHER, /* a stray character */
} cc_token_kind;

/* Longer ones first where one is the beginning of another. */
/* clang-format off */
#define CC_PUNCTS(X)                                                                                         \
    X(ELLIPSIS, "...") X(SHL_EQ, "<<=") X(SHR_EQ, ">>=") X(LAUNCH, "<<<") X(ARROW_STAR, "->*")               \
    X(HASH_HASH, "##") X(SCOPE, "::") X(ARROW, "->") X(INC, "++") X(DEC, "--") X(SHL, "<<") X(SHR, ">>")     \
    X(LE, "<=") X(GE, ">=") X(EQ, "==") X(NE, "!=") X(LAND, "&&") X(LOR, "||") X(ADD_EQ, "+=")               \
    X(SUB_EQ, "-=") X(MUL_EQ, "*=") X(DIV_EQ, "/=") X(REM_EQ, "%=") X(AND_EQ, "&=") X(OR_EQ, "|=")           \
    X(XOR_EQ, "^=") X(DOT_STAR, ".*") X(HASH, "#") X(LPAREN, "(") X(RPAREN, ")") X(LBRACKET, "[")            \
    X(RBRACKET, "]") X(LBRACE, "{") X(RBRACE, "}") X(DOT, ".") X(COMMA, ",") X(SEMI, ";") X(COLON, ":")      \
    X(QUESTION, "?") X(NOT, "!") X(TILDE, "~") X(ADD, "+") X(SUB, "-") X(MUL, "*") X(DIV, "/") X(REM, "%")   \
    X(LT, "<") X(GT, ">") X(ASSIGN, "=") X(AND, "&") X(OR, "|") X(XOR, "^")
/* clang-format on */

typedef enum cc_punct {
    CC_P_NONE,
#define X(name, text) CC_P_##name,
    CC_PUNCTS(X)
#undef X
        CC_P_COUNT
} cc_punct;

enum {                    /* cc_token.flags */
       CC_LINE_START = 1, /* first on its line */
       CC_SPACE = 2,      /* white space before it */
       CC_PAINTED = 4,    /* a macro's name that must not be expanded any more */
};

typedef struct cc_name {
    struct cc_name *next; /* in its hash bucket */
    const char *text;     /* NUL-terminated, in the unit's arena */
    uint32_t length, hash;
    uint16_t keyword;        /* cc_keyword, 0: none */
    uint16_t predefined;     /* cc_special: __LINE__ and its kin */
    uint8_t known_looked_up; /* `known` has been looked up */
    const void *known;       /* what names.c knows about it, or NULL */
    const void *told;        /* the function's body where it was told to be unknown */
    cc_macro *macro;
} cc_name;

typedef struct cc_token {
    uint8_t kind, flags;
    uint16_t op;
    uint32_t length; /* of the spelling */
    wf_place at;
    uint32_t param;   /* in a macro's body: 1 + the index of the parameter it names */
    const char *text; /* the spelling; not NUL-terminated, except a name's */
    cc_name *name;    /* CC_IDENT */
} cc_token;
_Static_assert(sizeof(cc_token) == 40, "tokens are most of what a compilation holds");

typedef struct cc_tokens { /* a growing array in an arena */
    wf_arena *arena;
    cc_token *data;
    uint32_t count, capacity;
} cc_tokens;

struct cc_macro {
    cc_name *name;
    wf_place at;
    uint8_t function_like, variadic, busy, built_in;
    uint32_t param_count; /* with __VA_ARGS__ as the last when variadic */
    cc_name **params;
    cc_token *body;
    uint32_t body_count;
};

/* One file being read. */
typedef struct cc_file {
    struct cc_file *below;
    const char *at, *end, *line_begin;
    const char *name, *folder;
    struct cc_loaded *loaded;
    uint16_t index; /* in the unit's sources */
    uint32_t line;
    uint8_t line_start; /* nothing but white space so far on this line */
    int32_t line_shift; /* from #line */
    uint32_t if_depth;  /* conditionals open when it was entered */
} cc_file;

/* A list of tokens being read again: a macro's expansion, an argument, a token pushed back. */
typedef struct cc_stream {
    struct cc_stream *below;
    const cc_token *at, *end;
    cc_macro *macro; /* busy until the stream ends */
    uint8_t floor;   /* reading stops here */
} cc_stream;

typedef struct cc_if {
    wf_place at;
    uint8_t taken, seen_else;
} cc_if;

enum { CC_IMPLIED_MAX = 12 };
enum { CC_INCLUDE_DEPTH_MAX = 64, CC_MACRO_DEPTH_MAX = 200 };

/* State of the reader: names, files, macros. One for each compilation. */
typedef struct cc_reader {
    wf_unit *unit;
    wf_diags *diags;
    wf_arena *scratch;
    const wf_cudac_options *options;
    cc_name **buckets; /* of all names; a power of two, doubled when there are more names than that */
    uint32_t bucket_count, name_count;
    cc_file *file;
    cc_stream *streams, *free_streams;
    cc_if *ifs;
    uint32_t if_count, if_capacity;
    uint32_t include_depth, macro_depth, counter;
    struct cc_loaded *loaded; /* every file read so far */
    uint64_t budget;          /* tokens that may still be made */
    uint8_t exhausted;
    uint8_t uses_cuda_std;                    /* a header cuda/… was read: namespace cuda::std */
    uint8_t text_only;                        /* for preprocessed text: without implied headers */
    uint8_t in_directive;                     /* the end of the line ends the tokens */
    uint8_t pack, pack_stack[16], pack_depth; /* #pragma pack */
    wf_place expansion;                       /* place of the outermost macro being expanded */
    cc_name *n_va_args, *n_va_opt, *n_defined, *n_has_include, *n_pragma, *n_unroll, *n_std;
} cc_reader;

/* --- lexer.c --- */
void cc_reader_init(cc_reader *r, wf_unit *unit, wf_arena *scratch, const wf_cudac_options *options);
cc_name *cc_intern(cc_reader *r, const char *text, size_t length);
static inline int cc_punct_is(const cc_token *t, unsigned p) { return t->kind == CC_PUNCT && t->op == p; }
/* The next token of the file; CC_EOF at its end, and at the end of the line while r->in_directive. */
void cc_lex(cc_reader *r, cc_file *file, cc_token *out);
void cc_skip_line(cc_reader *r, cc_file *file);
/* Inside a group that a conditional leaves out: 1: behind the # of a directive, 0: a line was passed, -1: the
 * end. */
int cc_skip_to_hash(cc_reader *r, cc_file *file);
const char *cc_punct_text(unsigned punct);
cc_token *cc_tokens_room(cc_tokens *list); /* for one more, which counts once list->count says so */
void cc_tokens_add(cc_tokens *list, const cc_token *token);
/* Lexes text made by the compiler (a paste, a -D value). Returns the number of tokens, at most max. */
uint32_t cc_lex_text(cc_reader *r, const char *text, size_t length, cc_token *out, uint32_t max);
/* Values of literals. */
typedef struct cc_number {
    int is_float, suffix_f, suffix_h, is_unsigned, longs, decimal, bad, overflow;
    uint64_t i;
    double f;
} cc_number;
void cc_read_number(const char *text, uint32_t length, cc_number *out);
/* Bytes of a string or character literal without quotes, in `arena`; adjacent ones are joined by the caller.
 */
char *cc_read_string(cc_reader *r, const cc_token *token, wf_arena *arena, uint64_t *length, int report);

/* --- macro.c --- */
void cc_define(cc_reader *r, cc_file *file);
int cc_expand(cc_reader *r, const cc_token *token); /* 1: a macro was pushed instead of the token */
void cc_push(cc_reader *r, const cc_token *first, uint32_t count, cc_macro *macro, int floor);
void cc_drop_stream(cc_reader *r);
void cc_expand_list(cc_reader *r, const cc_token *first, uint32_t count, cc_tokens *out);

/* --- preprocess.c --- */
void cc_next_raw(cc_reader *r, cc_token *out); /* no expansion; directives are carried out */
void cc_next(cc_reader *r, cc_token *out);     /* expanded */
void cc_preprocess_all(cc_reader *r, const char *source, size_t length, cc_tokens *out);
int cc_budget(cc_reader *r, uint64_t count); /* 0: used up (told once) */

/* --- pp_expr.c --- */
int cc_condition(cc_reader *r, cc_token *tokens, uint32_t count, wf_place at);

/* --- headers.c --- */
/* A header of ours: its text ("" when its names are always known), or NULL. */
const char *cc_built_in_header(const char *name);
/* The headers of ours that a file with this text needs without including them; how many. */
unsigned cc_implied_headers(const char *text, size_t length, const char *names[CC_IMPLIED_MAX]);
/* Why a known header is not there: "cooperative groups", or NULL. */
const char *cc_header_of_name(const char *name, int in_std); /* where CUDA and C++ have it; NULL */
const char *cc_unsupported_header(const char *name);
extern const char cc_prelude[]; /* the predefined macros */
#endif
