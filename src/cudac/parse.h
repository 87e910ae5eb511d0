/* cudac/parse.h: what the files of the parser share. Inner header of cudac/.
 *
 * The parser works on the whole array of preprocessed tokens, so it can look ahead and go back for nothing;
 * bodies of templates and of methods are kept as positions in that array and parsed when they are needed.
 * C++'s own notions that the tree does not have (references, enumerations as types, overload sets, classes
 * with methods, namespaces) live in the structs below and end here. */
#ifndef WF_CUDAC_PARSE_H
#define WF_CUDAC_PARSE_H
#include "cudac/known.h"
#include "cudac/token.h"
#include <string.h>

/* clang-format off */
#define CC_KEYWORDS(X)                                                                                       \
    X(VOID, "void") X(BOOL, "bool") X(BOOL_, "_Bool") X(CHAR, "char") X(SHORT, "short") X(INT, "int")        \
    X(LONG, "long") X(SIGNED, "signed") X(SIGNED_, "__signed__") X(UNSIGNED, "unsigned") X(FLOAT, "float")   \
    X(DOUBLE, "double") X(CONST, "const") X(CONST_, "__const") X(VOLATILE, "volatile")                       \
    X(VOLATILE_, "__volatile__") X(RESTRICT, "__restrict__") X(RESTRICT_, "__restrict") X(STRUCT, "struct")  \
    X(CLASS, "class") X(UNION, "union") X(ENUM, "enum") X(TYPENAME, "typename") X(AUTO, "auto")              \
    X(DECLTYPE, "decltype") X(TYPEOF, "__typeof__") X(TYPEDEF, "typedef") X(EXTERN, "extern")                \
    X(STATIC, "static") X(INLINE, "inline") X(INLINE_, "__inline") X(INLINE__, "__inline__")                 \
    X(REGISTER, "register") X(MUTABLE, "mutable") X(CONSTEXPR, "constexpr") X(CONSTEVAL, "consteval")        \
    X(VIRTUAL, "virtual") X(EXPLICIT, "explicit") X(FRIEND, "friend") X(THREAD_LOCAL, "thread_local")        \
    X(GLOBAL, "__global__") X(DEVICE, "__device__") X(HOST, "__host__") X(SHARED, "__shared__")              \
    X(CONSTANT, "__constant__") X(MANAGED, "__managed__") X(FORCEINLINE, "__forceinline__")                  \
    X(NOINLINE, "__noinline__") X(LAUNCH_BOUNDS, "__launch_bounds__") X(MAXNREG, "__maxnreg__")              \
    X(GRID_CONSTANT, "__grid_constant__") X(CLUSTER, "__cluster_dims__") X(ALIGN, "__align__")               \
    X(ALIGNAS, "alignas") X(ALIGNAS_, "_Alignas") X(ATTRIBUTE, "__attribute__") X(DECLSPEC, "__declspec")    \
    X(CONTRACT, "__wf_contract") X(FAST, "__wf_fast") X(SHOWN, "__wf_shown") X(TRAPDIV, "__wf_trap_divide")  \
    X(LIBRARY, "__wf_library") X(IF, "if") X(ELSE, "else") X(FOR, "for") X(WHILE, "while") X(DO, "do")       \
    X(SWITCH, "switch") X(CASE, "case") X(DEFAULT, "default") X(BREAK, "break") X(CONTINUE, "continue")      \
    X(RETURN, "return") X(GOTO, "goto") X(ASM, "asm") X(ASM_, "__asm__") X(ASM__, "__asm")                   \
    X(UNROLL, "__wf_unroll") X(PACK, "__wf_packing") X(PARALLEL, "__wf_for_parallel") X(LANES, "__wf_for_lanes")                     \
    X(SIZEOF, "sizeof") X(ALIGNOF, "alignof") X(ALIGNOF_, "_Alignof") X(ALIGNOF__, "__alignof__")            \
    X(ALIGNOF___, "__alignof") X(STATIC_CAST, "static_cast") X(CONST_CAST, "const_cast")                     \
    X(REINTERPRET_CAST, "reinterpret_cast") X(DYNAMIC_CAST, "dynamic_cast") X(TRUE, "true")                  \
    X(FALSE, "false") X(NULLPTR, "nullptr") X(THIS, "this") X(OPERATOR, "operator") X(TEMPLATE, "template")  \
    X(NAMESPACE, "namespace") X(USING, "using") X(STATIC_ASSERT, "static_assert")                            \
    X(STATIC_ASSERT_, "_Static_assert") X(PUBLIC, "public") X(PRIVATE, "private") X(PROTECTED, "protected")  \
    X(NOEXCEPT, "noexcept") X(THROW, "throw") X(TRY, "try") X(CATCH, "catch") X(NEW, "new")                  \
    X(DELETE, "delete") X(TYPEID, "typeid") X(FUNC, "__func__") X(FUNCTION, "__FUNCTION__")                  \
    X(PRETTY, "__PRETTY_FUNCTION__") X(EXTENSION, "__extension__") X(REQUIRES, "requires")                   \
    X(CONCEPT, "concept") X(CO_AWAIT, "co_await") X(COMPLEX, "_Complex") X(INT128, "__int128")               \
    X(AND, "and") X(OR, "or") X(NOT, "not")
/* clang-format on */

typedef enum cc_keyword {
    CC_KW_NONE,
#define X(name, text) CC_KW_##name,
    CC_KEYWORDS(X)
#undef X
        CC_KW_COUNT
} cc_keyword;

typedef struct cc_scope cc_scope;
typedef struct cc_symbol cc_symbol;
typedef struct cc_func cc_func;
typedef struct cc_record cc_record;
typedef struct cc_template cc_template;
typedef struct cc_enum cc_enum;
typedef struct cc_dispatcher cc_dispatcher; /* virtual.c */
typedef struct cc_alive cc_alive;           /* destroy.c: an object with a destructor */

/* A bit of wf_expr.flags that the tree leaves to us: an lvalue that C++ counts as about to end (std::move(x),
 * a cast to T &&), so that T && binds to it and T & does not. */
enum { CC_EX_MOVED = 64 };

/* --- types as C++ has them --- */

enum { CC_REF_NONE, CC_REF_LVALUE, CC_REF_RVALUE };
typedef struct cc_type {
    const wf_type *t;    /* the referred type when ref; never NULL */
    const cc_enum *en;   /* t is this enumeration's underlying type */
    uint8_t ref;         /* CC_REF_… */
    uint8_t placeholder; /* CC_PLACEHOLDER_…: to be deduced from the initialiser */
} cc_type;

enum {
    CC_PLACEHOLDER_AUTO = 1,
    CC_PLACEHOLDER_DECLTYPE, /* decltype(auto) */
    CC_PLACEHOLDER_CLASS,    /* a class template's name without its arguments */
};

struct cc_enum {
    const char *name; /* as shown */
    const wf_type *type;
    cc_scope *scope; /* where the enumerators are */
    int scoped;
    uint32_t number;
};

typedef enum cc_symbol_kind {
    CC_SYM_VAR,
    CC_SYM_FUNC,
    CC_SYM_TYPE,
    CC_SYM_TEMPLATE, /* class, alias or variable template */
    CC_SYM_NAMESPACE,
    CC_SYM_CONST,
    CC_SYM_FIELD,
    CC_SYM_PACK, /* a pack of template arguments or parameters */
} cc_symbol_kind;

struct cc_symbol {
    cc_symbol *next;   /* in the scope, newest first */
    cc_symbol *bucket; /* in the scope's table */
    cc_name *name;
    cc_scope *scope;
    wf_place at;
    uint8_t kind;
    uint8_t is_tag; /* struct, union, enum: may be hidden by a variable of the same name */
    uint8_t used, is_const_value, is_host, in_pattern, is_dynamic_shared;
    uint8_t is_mutable;    /* FIELD: also of a const object */
    uint8_t access;        /* of a member: CC_PUBLIC …; of methods of one name: the widest */
    cc_type type;          /* TYPE; VAR's, with its reference */
    wf_var *var;           /* VAR */
    wf_func *home;         /* VAR: the function it is local to; NULL: none */
    cc_symbol *original;   /* VAR: bound to this element of a pack */
    wf_expr *value;        /* CONST; a const VAR's initialiser, when constant */
    wf_expr *init;         /* a host's VAR: its initialiser; a constexpr local's */
    cc_func *funcs;        /* FUNC */
    cc_template *tmpl;     /* TEMPLATE */
    cc_scope *space;       /* NAMESPACE, and the scope of a scoped enumeration or class */
    uint32_t field;        /* FIELD: index */
    uint32_t decl_at;      /* lazily parsed: static members */
    struct cc_targ *pack;  /* PACK: template arguments */
    cc_symbol **pack_vars; /* PACK: function parameters */
    uint32_t pack_count;
};

enum { CC_PUBLIC, CC_PROTECTED, CC_PRIVATE };

typedef enum cc_scope_kind {
    CC_SCOPE_NAMESPACE,
    CC_SCOPE_CLASS,
    CC_SCOPE_TEMPLATE,
    CC_SCOPE_FUNCTION,
    CC_SCOPE_BLOCK,
    CC_SCOPE_ENUM
} cc_scope_kind;

struct cc_scope {
    cc_scope *parent;
    uint8_t kind;
    cc_symbol *first;
    cc_symbol **table;
    uint32_t count, capacity;
    cc_record *record; /* CLASS */
    cc_name *name;     /* NAMESPACE */
    cc_scope **usings; /* using namespace … */
    uint32_t using_count;
    struct cc_targ *targs; /* TEMPLATE: what the parameters stand for */
    uint8_t is_body;       /* the outermost block of a function */
};

/* --- functions, templates, classes --- */

typedef struct cc_param {
    cc_name *name;
    cc_type type;
    wf_place at;
    uint32_t default_at; /* token behind the =, 0: none */
    cc_scope *default_scope;
    uint8_t is_pack;
} cc_param;

enum { /* cc_func.flags and cc_spec.flags */
       CC_F_KERNEL = 1,
       CC_F_DEVICE = 2,
       CC_F_HOST = 4,
       CC_F_INLINE = 8,
       CC_F_NOINLINE = 16,
       CC_F_STATIC = 32,
       CC_F_CONSTEXPR = 64,
       CC_F_METHOD = 128,
       CC_F_CONST_METHOD = 256,
       CC_F_CTOR = 512,
       CC_F_DTOR = 1024,
       CC_F_EXPLICIT = 2048,
       CC_F_DELETED = 4096,
       CC_F_DEFAULTED = 8192,
       CC_F_EXTERN_C = 1 << 14,
       CC_F_TYPEDEF = 1 << 15,
       CC_F_EXTERN = 1 << 16,
       CC_F_SHARED = 1 << 17,
       CC_F_CONSTANT = 1 << 18,
       CC_F_FRIEND = 1 << 19,
       CC_F_AUTO = 1 << 20,
       CC_F_VIRTUAL = 1 << 21,
       CC_F_CONVERSION = 1 << 22,
       CC_F_FAST = 1 << 23,
       CC_F_TRAPDIV = 1 << 24,
       CC_F_FORCEINLINE = 1 << 25,
       CC_F_LIBRARY = 1 << 26,
       CC_F_CONST_OBJECT = 1 << 27,
       CC_F_MUTABLE = 1 << 28,
       CC_F_COLD = 1 << 29,
       CC_F_PURE = 1 << 30,
};

typedef enum cc_body_state { CC_BODY_NONE, CC_BODY_PENDING, CC_BODY_PARSING, CC_BODY_DONE } cc_body_state;

struct cc_func {
    cc_func *next;    /* in its overload set, in order of declaration */
    cc_func *pending; /* in the queue of bodies */
    cc_name *name;
    wf_func *func; /* NULL for a template */
    cc_type result;
    cc_param *params;
    uint32_t param_count, required;
    int variadic;
    cc_name *empty_pack; /* a pack of parameters that has none */
    uint32_t flags;
    int contract; /* -1: the unit's choice */
    uint32_t max_threads, min_blocks;
    cc_record *owner; /* METHOD, CTOR: whose */
    cc_scope *scope;  /* where it was declared: parent of the function's scope */
    uint32_t body_at; /* token of { or of a constructor's : */
    uint8_t state;    /* cc_body_state */
    uint8_t body_queued;
    uint8_t evaluated;     /* used other than in sizeof or decltype */
    uint8_t copies;        /* copies its class part by part: cc_copy_body */
    cc_template *tmpl;     /* a function template, or what it was made from */
    struct cc_targ *targs; /* of an instance */
    uint32_t targ_count;
    const char *shown;
    wf_place at;
    wf_place last_at;         /* of the newest declaration */
    uint32_t depth;           /* of instantiation: how many templates it is behind */
    cc_func *linked;          /* what this prototype stands for (link_names) */
    cc_func *inherited;       /* a constructor of a base, taken over by using */
    cc_func *next_conversion; /* of a class's templates of conversions */
    cc_func *dispatcher;      /* of a virtual one: what is called in its place */
    cc_func *alias;           /* only an entry in a class's set for this method of a base (using Base::f) */
    uint32_t order;
};

typedef struct cc_targ {
    uint8_t kind; /* 0: none yet, CC_SYM_TYPE, CC_SYM_CONST, CC_SYM_TEMPLATE, CC_SYM_PACK */
    cc_type type; /* of a CONST too */
    int64_t value;
    wf_expr *expr; /* a CONST that is no integer: a function */
    cc_template *tmpl;
    struct cc_targ *pack;
    uint32_t pack_count;
    uint32_t mark;        /* in a pattern: stands for parameter mark - 1 */
    uint8_t is_expansion; /* in a pattern: followed by ... */
    uint8_t fixed;        /* given, not deduced */
} cc_targ;

typedef struct cc_tparam {
    cc_name *name;
    uint8_t kind; /* as cc_targ */
    uint8_t is_pack;
    uint32_t type_at;      /* CONST: its type's tokens */
    uint32_t default_at;   /* 0: none */
    uint32_t concept_at;   /* TYPE: the concept that it must satisfy; 0: any */
    const wf_record *mark; /* stands for the parameter in a pattern */
} cc_tparam;

typedef struct cc_instance {
    struct cc_instance *next; /* of the same place in the template's table */
    uint64_t hash;
    cc_targ *args;
    cc_record *record;
    cc_func *func;
    cc_type type;
    cc_symbol *symbol;
    uint8_t busy;
} cc_instance;

struct cc_template {
    cc_name *name;
    cc_tparam *params;
    uint32_t param_count;
    cc_scope *scope;      /* where it was declared */
    cc_record *owner;     /* a member template's class */
    uint32_t decl_at;     /* first token behind template<…> */
    uint32_t extra_flags; /* extern "C" and the like */
    uint8_t is_class, is_alias, is_variable, is_constructor, defined;
    uint32_t mark;              /* a template template parameter: 1 + its number */
    cc_template *primary;       /* of a specialisation */
    struct cc_outside *outside; /* methods defined outside of it */
    cc_instance **instances;    /* by the hash of their arguments */
    uint32_t instance_places, instance_count;
    cc_template *partials, *next_partial; /* specialisations, newest first */
    uint32_t pattern_at;                  /* of a specialisation: token behind the < of its arguments */
    cc_func *pattern;                     /* a function template: its parameters in terms of marks */
    cc_func *guides;                      /* a class template: what its arguments can be deduced by */
    cc_template *guide_of;                /* a guide: of which class template */
    uint8_t guides_made, is_guide, is_written;
    uint32_t requires_at, trailing_requires_at; /* tokens of its constraints; 0: none */
    uint8_t is_concept;                         /* decl_at: of its constraint */
    wf_place at;
    uint32_t outer_count; /* template parameters of enclosing templates */
    uint32_t pack;        /* of a class: #pragma pack where it stands */
};

enum { CC_BASES_MAX = 24 };

/* Fields that the source does not name: of a base, by its number, and what fills a class without members. Their
 * names are reserved, so no member has one. */
#define CC_BASE_FIELD "__wf_base_"
#define CC_EMPTY_FIELD "__wf_empty"
static inline int cc_is_base_field(const char *name) {
    return !strncmp(name, CC_BASE_FIELD, sizeof CC_BASE_FIELD - 1);
}

struct cc_record {
    wf_record *record;
    const wf_type *type;
    cc_name *name;
    const char *shown;
    cc_scope *scope; /* its members */
    cc_record *bases[CC_BASES_MAX];
    uint32_t all_bases; /* theirs too */
    /* has_copy: a constructor of its own copies or moves it; has_assign: an operator= does */
    uint8_t base_count, busy, has_ctor, has_copy, has_assign, has_dtor, is_lambda, empty, complete,
        has_defaults, needs_init;
    uint8_t base_field[CC_BASES_MAX]; /* 1: the base has a field of its own (0: an empty base) */
    cc_type *field_types;             /* of each field */
    uint32_t *field_defaults;         /* token behind =, or of {; 0: none */
    cc_func *conversion_templates;
    cc_func *ctors, *conversions, *dtor; /* dtor NULL: nothing is to be done */
    cc_template *tmpl;
    cc_targ *targs;
    struct cc_capture *captures;
    uint32_t capture_count;
    uint8_t is_virtual, own_number; /* it has virtual functions; its objects' number is its own field */
    uint8_t virtual_dtor, has_friends;
    uint8_t access;           /* while it is read: of the members that come now */
    uint32_t number;          /* of the class in its objects; 0: none was constructed */
    cc_record *next_made;     /* with a number, newest first */
    cc_func *dtor_dispatcher; /* of its virtual destructor */
    int tparam;               /* index + 1: it stands for a template parameter in a pattern */
    uint8_t is_pack;          /* tparam: of a pack */
    cc_template *pattern;     /* it stands for tmpl<args> with parameters among the args */
    cc_targ *pattern_args;
    uint32_t pattern_count;
};

/* --- declarations --- */

typedef struct cc_spec {
    cc_type type;
    wf_place at;
    uint32_t flags, align, max_threads, min_blocks;
    uint32_t pack; /* of a class: __attribute__((packed)) */
    int contract;
    const char *shown;
    uint8_t has_type, defines_type;
} cc_spec;

typedef struct cc_declarator {
    cc_type type;
    cc_name *name;
    wf_place at;
    cc_scope *owner;  /* of a qualified name: Class:: or space:: */
    cc_param *params; /* when type is a function's */
    uint32_t param_count;
    int variadic;
    uint32_t flags; /* CC_F_CONST_METHOD, CTOR, DTOR, CONVERSION, DELETED, DEFAULTED */
    cc_type result; /* of the function, with its reference */
    uint32_t align;
    uint32_t trailing_at;
    uint32_t requires_at; /* behind the parameters: the constraint's tokens; 0: none */
    uint8_t is_function, has_targs, is_pack, overrides; /* overrides: it says override */
    cc_name *empty_pack; /* the name of a pack of parameters that has none here */
    cc_targ *targs;      /* name<…> of an explicit specialisation */
    uint32_t targ_count;
    cc_scope *param_scope;
} cc_declarator;

/* What is being parsed inside a function. */
typedef struct cc_body {
    cc_func *func;
    wf_func *f;
    wf_stmt *block; /* where temporaries are declared */
    wf_var *self;   /* this */
    cc_record *record;
    unsigned loops, switches;
    struct cc_label *labels;
    struct cc_case *cases;
    const wf_type *switch_type;
    cc_type result;
    uint8_t deduce_result, returned, never_ends; /* never_ends: it has a __builtin_unreachable() */
    wf_stmt *switch_block;                       /* where case labels may stand */
    wf_stmt *switch_entries;                     /* cases of its inner blocks: each goes to its label */
    cc_alive *switch_alive;                      /* where the switch begins */
    wf_stmt *first_block;                        /* the function's outermost block */
    cc_record *lambda;
    struct cc_body *outer;
    cc_scope *lambda_scope;
    uint8_t has_carry;                      /* inline PTX has set the carry */
    cc_alive *alive, *temporaries;          /* newest first: objects of blocks, of the full expression */
    cc_alive *alive_break, *alive_continue; /* what stays alive behind the jump */
} cc_body;

typedef struct cc {
    cc_reader r;
    wf_unit *u;
    wf_arena *arena; /* the unit's */
    wf_arena *scratch;
    const wf_cudac_options *options;
    cc_token *tokens;
    uint32_t count, at, token_room;
    uint32_t half; /* index + 1 of a >> whose first > has been taken */
    cc_scope *global, *scope, *std;
    cc_name *empty_pack; /* of the parameters that were read last */
    cc_body *body;
    cc_func *pending, *pending_last;
    unsigned depth, template_depth, extern_c, no_gt, pattern, quiet, unevaluated, enum_count, lambda_count,
        local_count, order, packs, asm_count;
    uint64_t instances, steps;
    wf_place unknown; /* the first expression that was given up, outside of trials */
    struct cc_enum_entry *enum_exprs[64];
    uint16_t *known_slots;
    uint32_t bound_count;  /* of the template whose arguments are being deduced */
    uint8_t strict;        /* deducing from a base class: arguments that were given must be its own */
    uintptr_t stack_floor; /* the parser goes no deeper */
    uint64_t eval_steps;
    cc_record *target; /* the class that the next struct … { } fills */
    uint8_t asserts_off, too_deep_told, unevaluated_body, brace_told;
    uint32_t pack;          /* #pragma pack, as it stands here; 0: none */
    uint32_t clause_at;     /* the requires clause of the template that is being declared; 0: none */
    cc_template *declaring; /* the template whose declaration is being read */
    cc_scope *template_scope;
    struct cc_making *making; /* innermost */
    cc_record *classes;       /* with virtual functions, of which objects are made; newest first */
    uint32_t class_count;
    cc_dispatcher *dispatchers;
} cc;

/* An aggregate whose braces are being read: a member's own initial value may name members before it. */
typedef struct cc_making {
    const cc_record *r;
    wf_expr **items; /* of members 0 … count-1; NULL: zero */
    uint32_t count;
    struct cc_making *outer;
} cc_making;

/* A place to come back to. */
typedef struct cc_mark {
    uint32_t at, half;
} cc_mark;
static inline cc_mark cc_save(const cc *p) { return (cc_mark){p->at, p->half}; }
static inline void cc_back(cc *p, cc_mark m) { p->at = m.at, p->half = m.half; }

/* --- parse.c: tokens --- */
/* Puts tokens behind the source's own, to be read by going there; where they begin. */
uint32_t cc_append_tokens(cc *p, const cc_tokens *more);
static inline const cc_token *cc_peek(const cc *p) { return &p->tokens[p->at]; }
static inline const cc_token *cc_ahead(const cc *p, uint32_t n) {
    return &p->tokens[p->at + n < p->count ? p->at + n : p->count - 1];
}
static inline int cc_is(const cc *p, unsigned punct) { return cc_punct_is(cc_peek(p), punct); }
static inline int cc_is_kw(const cc *p, unsigned kw) {
    return cc_peek(p)->kind == CC_IDENT && cc_peek(p)->op == kw;
}
static inline int cc_is_name(const cc *p) { return cc_peek(p)->kind == CC_IDENT && !cc_peek(p)->op; }
static inline void cc_next_token(cc *p) {
    if (p->at + 1 < p->count) p->at++;
}
int cc_accept(cc *p, unsigned punct);
int cc_accept_kw(cc *p, unsigned kw);
int cc_expect(cc *p, unsigned punct, const char *where); /* 0: reported */
int cc_accept_gt(cc *p);                                 /* one >, also the first of a >> */
cc_name *cc_expect_name(cc *p, const char *what);
wf_place cc_place(const cc *p);
wf_place cc_until(const cc *p, wf_place from); /* from `from` to the last token taken, if on one line */
void cc_error(cc *p, wf_place at, const char *hint, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
void cc_warn(cc *p, wf_place at, const char *format, ...) __attribute__((format(printf, 3, 4)));
void cc_unsupported(cc *p, wf_place at, const char *what);
/* Names that an error has made unknown are told once in a function: is this one told? It is from now on. */
int cc_told(cc *p, cc_name *name);
void cc_pass_over_name(cc *p); /* the rest of a name whose beginning is unknown: ::more<…> */
void cc_told_names(cc *p);     /* those of the declaration from here to its ; */
const char *cc_token_text(cc *p, const cc_token *t); /* for messages: in quotes */
void cc_skip_balanced(cc *p);                        /* at ( [ {: to behind its partner */
void cc_skip_to_semi(cc *p);                         /* recovery: behind the next ; or to a } of this level */
int cc_deeper(cc *p);                                /* 0: nested too deep, told */
/* Errors while a template is tried out are not told: begin, do, end (1: there were errors; they are dropped).
 */
typedef struct cc_trial {
    wf_diag *last;
    uint32_t errors, warnings, dropped;
    unsigned depth;
} cc_trial;
cc_trial cc_trial_begin(cc *p);
int cc_trial_end(cc *p, cc_trial trial);

/* --- scope.c --- */
cc_scope *cc_scope_new(cc *p, cc_scope_kind kind, cc_scope *parent);
cc_symbol *cc_symbol_add(cc *p, cc_scope *scope, cc_name *name, cc_symbol_kind kind, wf_place at);
cc_symbol *cc_find_in(cc *p, cc_scope *scope, const cc_name *name);  /* this scope, and what it uses */
cc_symbol *cc_find_here(const cc_scope *scope, const cc_name *name); /* nothing but this scope */
cc_symbol *cc_find(cc *p, cc_scope *scope, const cc_name *name);     /* and the enclosing ones */
cc_symbol *cc_find_tag(cc *p, cc_scope *scope, const cc_name *name, int here_only);
cc_symbol *cc_find_member(cc *p, cc_record *record, const cc_name *name, cc_record **owner);
const cc_known *cc_known_of(cc *p, cc_name *name);
const char *cc_suggest(cc *p, cc_scope *scope, const char *name, int all);  /* "did you mean …?" or NULL */
const char *cc_header_hint(cc *p, const cc_scope *scope, const char *name); /* "#include <…>" or NULL */
const char *cc_suggest_member(cc *p, cc_record *record, const wf_type *t, const char *name);
const char *cc_scope_prefix(cc *p, const cc_scope *scope); /* "ns::Class::" */
cc_scope *cc_namespace_of(cc_scope *scope);

/* --- types.c --- */
static inline cc_type cc_plain(const wf_type *t) { return (cc_type){.t = t}; }
const wf_type *cc_tree_type(cc *p, cc_type t);  /* references are pointers */
cc_type cc_type_ref(cc *p, cc_type t, int ref); /* collapses */
cc_type cc_decayed(cc *p, cc_type t);
int cc_type_equal(cc_type a, cc_type b);
const char *cc_spell(cc *p, cc_type t);
const char *cc_spell_t(cc *p, const wf_type *t);
void cc_set_enum(cc *p, wf_expr *e, const cc_enum *en);
const cc_enum *cc_enum_of(cc *p, const wf_expr *e);
cc_record *cc_record_of(const wf_type *t); /* of a class of ours; NULL */
const char *cc_mangle(cc *p, const cc_func *f);
const char *cc_targs_text(cc *p, const cc_targ *args, uint32_t count); /* "float, 4" */
const char *cc_identifier(cc *p, const char *text);                    /* letters, digits and _ only */
int cc_is_dependent(cc *p, const wf_type *t);                          /* holds a template parameter's mark */
int cc_targs_equal(const cc_targ *a, const cc_targ *b, uint32_t count);

/* --- specifier.c, declarator.c --- */
int cc_decltype_scope_ahead(cc *p);
int cc_starts_type(cc *p); /* the tokens here can only begin a declaration or a type */
int cc_starts_declaration(cc *p);
void cc_specifiers(cc *p, cc_spec *spec, int need_type);
void cc_attributes(cc *p, cc_spec *spec);
void cc_declarator_parse(cc *p, const cc_spec *spec, cc_type base, cc_declarator *out, int abstract);
cc_type cc_type_name(cc *p);
cc_param *cc_params(cc *p, uint32_t *count, int *variadic);
cc_name *cc_operator_name(cc *p, cc_declarator *out);
/* A possibly qualified name. scope: where the last part is looked up (NULL: from here outwards); symbol may
 * be NULL. */
typedef struct cc_id {
    cc_name *name;
    wf_place at;
    cc_scope *scope;
    cc_symbol *symbol;
    cc_type type;   /* is_type: a class template-id or injected name */
    cc_targ *targs; /* of a function or variable template-id */
    uint32_t targ_count;
    uint8_t has_targs, is_type, qualified, dependent;
    cc_record *record; /* the class it was qualified with */
} cc_id;
int cc_read_id(cc *p, cc_id *id); /* 0: no name here (nothing told unless broken) */

/* --- decl.c, function.c, init.c --- */
void cc_declaration(cc *p);                                        /* at namespace scope */
void cc_block_declaration(cc *p, wf_stmt *block);                  /* local.c */
void cc_add_type(cc *p, cc_name *name, cc_type type, wf_place at); /* typedef, using */
void cc_namespace_body(cc *p, wf_place at);                        /* behind namespace */
int cc_has_initializer(const cc *p);
wf_expr *cc_constant_init(cc *p, const wf_type *type, wf_expr *e, const char *name);
cc_symbol *cc_declare_local(cc *p, const cc_spec *spec, cc_declarator *d, wf_stmt *block);
void cc_static_assert(cc *p);
void cc_pack(cc *p); /* at __wf_packing: what #pragma pack became */
void cc_using(cc *p);
wf_expr *cc_variable_init(cc *p, cc_type *type, const cc_declarator *d); /* at = { or ( */
void cc_declare_first(cc *p, wf_var *var, wf_place at); /* at the very beginning of the function */
typedef struct cc_binding {
    cc_name *name;
    wf_place at;
} cc_binding;
enum { CC_BINDINGS_MAX = 64 };
uint32_t cc_binding_names(cc *p, cc_binding *names);
void cc_bind_names(cc *p, const cc_binding *names, uint32_t count, wf_expr *e, int by_reference,
                   wf_stmt *block, wf_place at);
void cc_structured_binding(cc *p, int by_reference, wf_stmt *block); /* at the [ */
void cc_anonymous_local(cc *p, const wf_type *type, wf_stmt *block, wf_place at);
wf_expr *cc_new(cc *p); /* new.c */
wf_expr *cc_delete(cc *p);
void cc_inherit_constructors(cc *p, cc_record *r, cc_record *base);
/* What C++ takes for a place (an lvalue), though the tree may have a value: c ? a : b, (f(), a), a = b. */
int cc_is_place(const wf_expr *e);
/* e for an object of that type: an lvalue by the copy constructor of its class, where it has one. */
wf_expr *cc_copied(cc *p, cc_type type, wf_expr *e, wf_place at);
/* Copies of a class whose parts have copies of their own; a function's body of that kind. */
void cc_implicit_copies(cc *p, cc_record *r);
void cc_copy_body(cc *p, cc_func *f, wf_stmt *block);
/* A constructor, destructor or conversion declared static: told, and taken as if it were not. */
void cc_no_static(cc *p, cc_spec *spec, const cc_declarator *d);
cc_func *cc_method_definition(cc *p, const cc_spec *spec, cc_declarator *d,
                              cc_record *owner); /* outside its class */
void cc_linkage(cc *p, void (*each)(cc *));
void cc_local_variable(cc *p, const cc_spec *spec, cc_declarator *d, wf_stmt *block);
/* A parameter as a symbol: a variable, or one more element of a pack; most: of all of the function. */
cc_symbol *cc_declare_param(cc *p, cc_scope *scope, const cc_param *param, uint32_t most);
cc_func *cc_function(cc *p, const cc_spec *spec, cc_declarator *d, cc_scope *scope, cc_record *owner);
cc_func *cc_func_new(cc *p, const cc_spec *spec, const cc_declarator *d, cc_scope *scope, cc_record *owner);
void cc_function_body(cc *p, cc_func *f);
int cc_same_params(const cc_func *f, const cc_param *params, uint32_t count, uint32_t method_flags);
int cc_is_host_only(const cc *p, const cc_func *f);
void cc_set_result(cc *p, cc_func *f, cc_type result);
void cc_constructor_head(cc *p, cc_func *f,
                         wf_stmt *block); /* base classes and members, from the list and else */
void cc_check_labels(cc *p);
void cc_finish_functions(cc *p);
wf_expr *cc_field_default(cc *p, cc_record *r, uint32_t field, wf_place at);
wf_expr *cc_item_of(cc *p, const cc_record *owner, const cc_symbol *field, wf_place at); /* or NULL */
void cc_need_body(cc *p, cc_func *f);                                                    /* queues it */
/* Functions of our own headers are made only when they are used. */
int cc_from_header(const cc *p, wf_place at);
void cc_parse_body(cc *p, cc_func *f);
void cc_run_pending(cc *p);
void cc_make_params(cc *p, cc_func *f);
void cc_global_variable(cc *p, const cc_spec *spec, cc_declarator *d);
cc_type cc_enum_specifier(cc *p);
wf_expr *cc_initializer(cc *p, cc_type *type, wf_place at);  /* behind = or at {; completes T[] in *type */
wf_expr *cc_braced(cc *p, const wf_type *type, wf_place at); /* at { */
wf_expr *cc_braced_values(cc *p, const wf_type *type, wf_expr **args, uint32_t count, wf_place at);
cc_type cc_deduce_auto(cc *p, cc_type declared, wf_expr *init, wf_place at);
wf_expr *cc_zero(cc *p, const wf_type *type, wf_place at);
uint32_t cc_skip_initializer(cc *p); /* to the , ; or ) behind; returns where it began */

/* --- expr.c, postfix.c --- */
wf_expr *cc_expression(cc *p);
wf_expr *cc_assignment(cc *p);
wf_expr *cc_unary(cc *p);
wf_expr *cc_conditional(cc *p);
wf_expr *cc_condition_expr(cc *p);                                     /* as bool, with classes converted */
int cc_const_int(cc *p, wf_expr *e, int64_t *value, const char *what); /* reports when not constant */
int64_t cc_constant_here(cc *p, const char *what);                     /* parses and evaluates */
wf_expr *cc_as_lvalue(cc *p, wf_expr *e); /* (c ? a : b), (a = b), ++a are lvalues in C++ */
wf_expr *cc_unknown(cc *p, wf_place at);  /* after an error */
wf_expr *cc_postfix(cc *p);
cc_func *cc_lambda_function(cc *p, const wf_type *to, const wf_expr *e);
wf_expr *cc_lambda(cc *p);
wf_expr *cc_implicit_this(cc *p, wf_place at);
wf_expr *cc_member_of(cc *p, wf_expr *object, cc_record *owner, cc_symbol *field, wf_place at);
wf_expr *cc_to_base(cc *p, wf_expr *object, const cc_record *base,
                    wf_place at); /* an lvalue of the base class; NULL */
uint32_t cc_arguments(cc *p, wf_expr ***args,
                      unsigned close);       /* behind the opening one; takes the closing one */
uint32_t cc_values(cc *p, wf_expr ***items); /* up to the }, which stays */
wf_expr *cc_variable(cc *p, cc_symbol *s, wf_place at);
/* Pack expansions: is what stands here, up to the next comma or closing bracket, followed by ...? Then each
 * is called once for every element, with p->at at the start and the packs' names bound to the element. */
uint32_t cc_pack_ahead(cc *p);
int cc_packs_in_braces(cc *p); /* does one of the items from here to the closing brace expand a pack? */
void cc_expand_pack(cc *p, void (*each)(cc *p, void *context, uint32_t index), void *context);
uint32_t cc_pack_of_base_ahead(cc *p);
void cc_expand_until(cc *p, uint32_t dots, void (*each)(cc *p, void *context, uint32_t index), void *context);

wf_expr *cc_this(cc *p, wf_place at);
wf_expr *cc_captured(cc *p, cc_symbol *s,
                     wf_place at); /* the variable, through the lambda's capture where it is one */
cc_symbol *cc_use_global(cc *p, cc_symbol *s, wf_place at); /* makes what is only made when used */
void cc_static_member(cc *p, cc_symbol *s);
wf_expr *cc_fold(cc *p, wf_place at); /* behind (: a fold expression up to its ), or NULL */
wf_expr *cc_brace_argument(cc *p);    /* { … } where a value's type is not known yet */
wf_expr *cc_offsetof(cc *p, wf_place at);

/* inplace.c */
void cc_write_out_methods(wf_unit *u);

/* format.c, flow.c: what is told though it compiles */
void cc_check_format(cc *p, wf_expr **args, uint32_t count, wf_place at);
void cc_check_return(cc *p, const cc_func *f, const wf_stmt *block);

wf_expr *cc_function_value(cc *p, cc_func *f, wf_place at);
cc_func *cc_one_of_set(cc *p, cc_func *set, cc_targ *targs, uint32_t count);
wf_expr *cc_make_dim3(cc *p, wf_expr **args, uint32_t count, wf_place at);
float cc_strtof(const char *text, uint32_t length);

/* --- convert.c --- */
wf_expr *cc_convert(cc *p, cc_type to, wf_expr *e, wf_place at); /* implicit, C++: classes, references */
wf_expr *cc_cast(cc *p, cc_type to, wf_expr *e, wf_place at, unsigned kw); /* explicit */
wf_expr *cc_bind(cc *p, cc_type ref, wf_expr *e, wf_place at); /* a pointer to what the reference refers to */
wf_expr *cc_temporary(cc *p, wf_expr *value, wf_place at);     /* an lvalue that holds it */
wf_expr *cc_lasting(cc *p, wf_expr *e); /* a value of a class with a destructor that nobody takes over */
wf_expr *cc_construct(cc *p, const wf_type *type, wf_expr **args, uint32_t count, wf_place at, int braces);
/* An object, or all of an array's, as their default constructor makes them; nothing where there is none. */
void cc_default_construct(cc *p, wf_expr *object, wf_stmt *block, wf_place at);
int cc_construct_at(cc *p, wf_expr *object, wf_expr **args, uint32_t count, wf_place at,
                    wf_stmt *block); /* a declared variable */
extern const char cc_temporary_mark;
wf_var *cc_temp_var(cc *p, const wf_type *type, wf_place at);
wf_expr *cc_decay(cc *p, wf_expr *e);
int cc_is_packed_member(const wf_expr *e);
int cc_is_moved(const wf_expr *e);     /* what std::move gave, or a member of it */
wf_expr *cc_scalar(cc *p, wf_expr *e); /* a class with one conversion to a scalar is converted */

/* --- inherit.c --- */
int cc_derived_from(const cc_record *derived, const cc_record *base);
uint64_t cc_base_offset(const cc_record *derived, const cc_record *base);
wf_expr *cc_moved_pointer(cc *p, const wf_type *to, wf_expr *pointer, int64_t bytes, wf_place at);
wf_expr *cc_convert_pointer(cc *p, const wf_type *to, wf_expr *e, int casts, wf_place at);

/* --- overload.c, operators.c --- */
cc_func *cc_resolve(cc *p, cc_func *set, cc_targ *targs, uint32_t targ_count, wf_expr *object, wf_expr **args,
                    uint32_t count, int *exact);
wf_expr *cc_call_set(cc *p, cc_name *name, cc_func *set, cc_targ *targs, uint32_t targ_count, wf_expr *object,
                     wf_expr **args, uint32_t count, wf_place at);
/* A function that only the namespaces of the arguments' classes know; NULL: there is none, or no single best.
 */
wf_expr *cc_call_associated(cc *p, cc_name *name, wf_expr **args, uint32_t count, wf_place at);
wf_expr *cc_call(cc *p, cc_func *f, wf_expr *object, wf_expr **args, uint32_t count, wf_place at);
wf_expr *cc_call_qualified(cc *p, cc_name *name, cc_func *set, cc_targ *targs, uint32_t targ_count,
                           wf_expr *object, wf_expr **args, uint32_t count, wf_place at); /* Base::f() */
int cc_rank(cc *p, cc_type to, wf_expr *e); /* smaller is better, -1: no conversion */
wf_expr *cc_binary(cc *p, wf_op op, wf_expr *a, wf_expr *b, wf_place at);
wf_expr *cc_operator(cc *p, const char *op, wf_expr *a, wf_expr *b, wf_place at); /* NULL: none declared */
wf_expr *cc_call_known(cc *p, cc_name *name, const cc_known *k, wf_expr **args, uint32_t count, wf_place at);
wf_expr *cc_call_builtin(cc *p, cc_name *name, int builtin, wf_expr **args, uint32_t count, wf_place at);
wf_expr *cc_call_operator(cc *p, wf_expr *object, const char *op, wf_expr **args, uint32_t count,
                          wf_place at);
wf_expr *cc_known_value(cc *p, const cc_known *k, wf_place at);
wf_expr *cc_known_function(cc *p, cc_name *name, const cc_known *k, wf_place at); /* its address; NULL */
cc_type cc_known_type(cc *p, const cc_known *k);

/* --- template.c, record.c, deduce.c --- */
void cc_template_declaration(cc *p, cc_record *owner);
void cc_specialisation(cc *p, int explicit_only);
uint32_t cc_template_args(cc *p, cc_template *t, cc_targ **args); /* behind <; takes the > */
cc_type cc_instantiate_class(cc *p, cc_template *t, cc_targ *args, uint32_t count, wf_place at);
cc_func *cc_instantiate_func(cc *p, cc_template *t, cc_targ *args, wf_place at);
cc_symbol *cc_instantiate_variable(cc *p, cc_template *t, cc_targ *args, uint32_t count, wf_place at);
cc_func *cc_deduce(cc *p, cc_func *f, cc_targ *targs, uint32_t targ_count, wf_expr *object, wf_expr **args,
                   uint32_t count);
void cc_bind_targs(cc *p, cc_scope *scope, const cc_template *t, const cc_targ *args);
int cc_more_special(cc *p, cc_func *a, cc_func *b);
cc_func *cc_pattern(cc *p, cc_template *t);
int cc_match_type(cc *p, cc_type pattern, cc_type arg, cc_targ *bound, int exact);
int cc_complete_targs(cc *p, cc_template *t, cc_targ *args, uint32_t given, wf_place at);
cc_type cc_record_specifier(cc *p, unsigned keyword);
void cc_record_body(cc *p, cc_record *r, unsigned keyword);
cc_record *cc_record_new(cc *p, cc_name *name, const char *shown, int is_union, cc_scope *scope, wf_place at);
void cc_complete(cc *p, const wf_type *t);
void cc_complete_target(cc *p, const wf_expr *e); /* of a pointer that is about to be used; else nothing */
wf_expr *cc_through(cc *p, wf_expr *pointer, wf_place at); /* what a pointer or a reference stands for */
void cc_instantiate_named(cc *p, const char *text);
void cc_bind_targ(cc *p, cc_scope *scope, cc_name *name, const cc_targ *a);
cc_targ *cc_normal_targs(cc *p, const cc_template *t, const cc_targ *given, uint32_t count);
int cc_match_targs(cc *p, const cc_targ *pattern, const cc_targ *args, uint32_t count, cc_targ *bound);
cc_func *cc_specialised(cc *p, cc_func *f, const cc_declarator *d);
void cc_find_outside(cc *p, cc_func *f);
cc_type cc_injected_type(cc *p, cc_symbol *s, wf_place at);
void cc_skip_angles(cc *p);
int cc_bit_field_ahead(const cc *p);
int cc_inside_template(const cc_record *r);
void cc_declare_captures(cc *p, cc_scope *scope);
int cc_lambda_is_generic(cc *p);
void cc_generic_lambda(cc *p, cc_record *r);
/* A function with auto parameters, perhaps a template besides: reads it as a template. 0: none stands here.
 */
int cc_abbreviated_template(cc *p, cc_record *owner);

/* --- concepts.c --- */
void cc_skip_constraint(cc *p); /* behind requires: over the clause */
void cc_skip_concept(cc *p);    /* behind the = of a concept */
int cc_constraint_here(cc *p);  /* behind requires: whether the clause holds */
int cc_constraints_hold(cc *p, cc_template *t, cc_targ *args);
int cc_concept_holds(cc *p, cc_template *t, cc_targ *given, uint32_t count);
int cc_concept_ahead(cc *p); /* Concept or Concept<…>, not called */
uint32_t cc_constraint_count(cc *p, const cc_template *t);
wf_expr *cc_requires_expression(cc *p);
wf_expr *cc_constraint_operand(cc *p); /* expr.c: an expression up to && or || */
void cc_declare_unevaluated(cc *p, const cc_param *params,
                            uint32_t count); /* declarator.c: names for decltype */

/* --- compare.c --- */
enum { CC_COMPARE_EQUAL = 1, CC_COMPARE_ORDER = 2 }; /* operator==, operator<=> */
/* Goes to the text of the methods that a class's defaulted comparisons stand for; 0: told why not. */
int cc_defaulted_comparisons(cc *p, const cc_record *r, const wf_field *fields, uint32_t count,
                             unsigned which, wf_place at);
wf_expr *cc_three_way(cc *p, wf_expr *a, wf_expr *b, wf_place at); /* a <=> b */
wf_expr *cc_rewritten_comparison(cc *p, wf_op op, wf_expr *a, wf_expr *b, wf_place at);

/* --- member_pointer.c --- */
int cc_is_member_pointer(const wf_type *t);
int cc_member_pointer_ahead(cc *p); /* Class::* */
cc_type cc_member_pointer(cc *p, cc_type t, cc_declarator *out);
wf_expr *cc_member_address(cc *p, wf_place at); /* behind &: Class::member; NULL: none stands here */
int cc_member_pointer_targ(cc *p, wf_expr *e, cc_targ *a);
wf_expr *cc_member_pointer_value(cc *p, const cc_targ *a);
int cc_member_access_ahead(const cc *p); /* .* or ->* */
wf_expr *cc_member_access(cc *p, wf_expr *object);

/* --- deduce_class.c --- */
cc_type cc_class_placeholder(cc *p, cc_template *t);
cc_type cc_deduce_class(cc *p, cc_template *t, wf_expr **args, uint32_t count, wf_place at);
wf_expr *cc_deduced_object(cc *p, cc_template *t, wf_place at); /* Name(…), Name{…} */
wf_expr *cc_deduced_init(cc *p, cc_type *type, wf_place at);    /* of `Name x …` */
int cc_guide_ahead(cc *p);                                      /* Name(…) -> type */
void cc_guide(cc *p, cc_tparam *params, uint32_t count, cc_scope *outer);
cc_type cc_guide_result(cc *p, const cc_template *guide, cc_targ *args, const cc_declarator *d);
cc_tparam *cc_template_params(cc *p, uint32_t *count); /* behind template<; their scope becomes p->scope */

/* The parser's state around a detour through a template's tokens. */
typedef struct cc_state {
    cc_mark mark;
    cc_scope *scope;
    cc_body *body;
    unsigned no_gt, unevaluated, pattern, extern_c, depth;
} cc_state;

cc_state cc_state_save(cc *p); /* and clears it for the detour */
void cc_state_restore(cc *p, const cc_state *s);
void cc_bind_mark(cc *p, cc_scope *scope, cc_tparam *param, uint32_t i);
void cc_skip_default(cc *p); /* over a default argument of a template parameter */
void cc_redeclared(cc *p, const cc_name *name, wf_place at, const cc_symbol *old);

/* --- stmt.c --- */
void cc_statement(cc *p, wf_stmt *block);
void cc_asm_statement(cc *p, wf_stmt *block);
void cc_compound(cc *p, wf_stmt *block, int new_scope); /* behind {; takes the } */
wf_stmt *cc_new_block(cc *p, wf_place at);
typedef struct cc_loop {
    cc_alive *at_break, *at_continue;
} cc_loop;
cc_loop cc_loop_begin(cc *p); /* around a loop's body */
void cc_loop_end(cc *p, cc_loop outer);
wf_stmt *cc_loop_body(cc *p); /* a statement as a block, for what runs it again or only sometimes */

/* --- virtual.c --- */
int cc_virtual_ahead(const cc *p);
int cc_has_virtual_base(const cc_record *r);
const char *cc_class_field(cc_record *r); /* the class gets a number of its own: the field's name */
void cc_set_class(cc *p, cc_record *r, wf_expr *object, wf_stmt *block, wf_place at);
void cc_keep_class(cc *p, const cc_record *r, wf_expr *object, wf_expr *old, wf_stmt *block, wf_place at);
void cc_mark_virtual(cc *p, cc_record *r, cc_func *f, const cc_declarator *d);
void cc_check_abstract(cc *p, const wf_type *t, wf_place at);
cc_func *cc_dispatched(cc *p, cc_func *f, cc_record *r, const wf_expr *object);
void cc_finish_virtual(cc *p);

/* --- access.c --- */
void cc_check_access(cc *p, const cc_record *owner, const cc_symbol *s, wf_place at);
void cc_check_scoped_enum(cc *p, cc_type to, wf_expr *e);
int cc_scoped_operand(cc *p, wf_op op, wf_expr *a, wf_expr *b, wf_place at);

/* --- destroy.c --- */
cc_func *cc_destructor_of(cc *p, const wf_type *t); /* of a class, or of an array's elements; NULL */
cc_func *cc_implicit_destructor(cc *p, cc_record *r);
int cc_parts_have_destructors(cc *p, const cc_record *r);
wf_expr *cc_destroy_call(cc *p, wf_expr *object, wf_place at);
void cc_alive_push(cc *p, wf_var *var, cc_type type); /* a variable was made, if its class has a destructor */
void cc_alive_parts(cc *p, cc_record *r);
void cc_alive_end(cc *p, wf_stmt *block, const cc_alive *until, const wf_var *except, wf_place at);
void cc_alive_close(cc *p, wf_stmt *block, cc_alive *until);             /* at the end of a block */
wf_expr *cc_temporary_made(cc *p, wf_expr *e, wf_var *var, wf_place at); /* e makes it */
void cc_temporaries_keep(cc *p, const cc_alive *until);
void cc_temporaries_end(cc *p, wf_stmt *block, cc_alive *until);
wf_expr *cc_full_expression(cc *p, wf_expr *e, cc_alive *until, int is_used);

/* --- range_for.c --- */
int cc_range_ahead(cc *p); /* behind for (: 1: T x : range, 2: init; T x : range */
void cc_range_for(cc *p, wf_stmt *block, wf_place at, int32_t unroll);

/* --- evaluate.c --- */
/* The value of a constant expression: a constant node of the same type, or NULL. */
wf_expr *cc_evaluate(cc *p, wf_expr *e);
#endif
