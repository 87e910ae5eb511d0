/* cudac/front.h: the parser's own data: keywords, types, symbols, functions, templates, classes, its state.
 * Inner header of cudac/.
 *
 * C++'s own notions that the tree does not have (references, enumerations as types, overload sets, classes
 * with methods, namespaces) live in the structs below and end here. */
#ifndef WF_CUDAC_FRONT_H
#define WF_CUDAC_FRONT_H
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
    uint8_t virtual_dtor, has_friends, has_using;
    uint8_t access;            /* while it is read: of the members that come now */
    uint32_t number;           /* of the class in its objects; 0: none was constructed */
    cc_record *next_made;      /* with a number, newest first */
    cc_func *dtor_dispatcher;  /* of its virtual destructor */
    cc_func *whole_dispatcher; /* says where an object begins that it is a part of */
    int tparam;                /* index + 1: it stands for a template parameter in a pattern */
    uint8_t is_pack;           /* tparam: of a pack */
    cc_template *pattern;      /* it stands for tmpl<args> with parameters among the args */
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
#endif
