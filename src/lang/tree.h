/* lang/tree.h: the one intermediate language: CUDA C after type checking.
 *
 * Every conversion is a CAST node (WF_EX_IMPLICIT set when the language inserted it), templates are
 * instantiated, overloads resolved, references are pointers, methods are functions, namespaces are part of
 * the names. Reading an lvalue where a value is wanted is implicit, as in C. What CUDA C cannot say is a
 * built-in named __wf_….
 *
 * Rules that hold for every tree (lang/verify.c checks them):
 *  - both operands of arithmetic have the result's type (an operand that is an lvalue may be qualified
 * besides); comparisons give bool (CUDA C's own type for them); shifts convert the left operand only;
 * conditions are bool; pointer + integer keeps the pointer on the left; the integer there, and in an index,
 * has any promoted type; pointer - pointer gives long; an integer cast to a pointer has 8 bytes;
 *  - a cast of a literal to an arithmetic type, and - before a literal, are made a literal; so is an integer
 * literal that is cast to a pointer;
 *  - an array never is a value: a WF_CAST_DECAY cast makes the pointer;
 *  - assignment's right side has the left side's unqualified type;
 *  - every variable that is used is declared before, in an enclosing scope or as a parameter or global;
 *  - names of variables are unique within a function, names of functions, globals and records within the
 * unit.
 *
 * Arithmetic that C leaves open is defined (the interpreter in tests/ is the reference):
 *  - signed overflow wraps; shift counts are taken modulo the width of the left operand;
 *  - x / 0 gives 0 for integers -- on the CPU it is reported as a trap where a front-end asks for it -- x % 0
 * gives x, INT_MIN / -1 gives INT_MIN, INT_MIN % -1 gives 0;
 *  - float → integer truncates and saturates, NaN gives 0 (also for 64 bits); float → float rounds to nearest
 * even;
 *  - integer → half and bfloat16 goes through float, as in NumPy; float → bool is ≠ 0, so NaN gives true;
 *  - half and bfloat16 arithmetic computes in float and rounds once;
 *  - contraction: in a function with WF_FN_CONTRACT, a float add or subtract with a multiply as direct
 * operand (not parenthesised, no cast between) is one fma; when both operands are multiplies the left one is
 * taken. The same for x += a * b and x -= a * b where both sides have the type `compute`. Only float and
 * double contract. */
#ifndef WF_LANG_TREE_H
#define WF_LANG_TREE_H
#include "lang/type.h"

typedef struct wf_expr wf_expr;
typedef struct wf_stmt wf_stmt;
typedef struct wf_var wf_var;
typedef struct wf_func wf_func;

typedef enum wf_space {                    /* where a variable lives */
                        WF_SPACE_LOCAL,    /* automatic, one for each thread */
                        WF_SPACE_SHARED,   /* __shared__; an incomplete array is the dynamic part */
                        WF_SPACE_DEVICE,   /* __device__ (module global) */
                        WF_SPACE_CONSTANT, /* __constant__ (module global) */
} wf_space;

struct wf_var {
    const char *name;
    const wf_type *type;
    wf_space space;
    wf_expr *init; /* globals only (locals: WF_ST_DECL); constant after checking, or NULL */
    wf_place at;
    wf_var *next;   /* parameters of a function, or globals of a unit */
    uint32_t align; /* from __align__; 0 = natural */
    uint8_t is_param, is_static, is_extern, address_taken;
    uint32_t number; /* locals and params: position in its function; globals: in the unit */
    void *front;     /* a front-end's own */
    void *mark;      /* a pass's own; NULL between passes */
};

#define WF_UNARY_OPS(X) X(NEG, "-") X(NOT, "~") X(LNOT, "!")
/* clang-format off */
#define WF_BINARY_OPS(X)                                                                                     \
    X(ADD, "+", 12) X(SUB, "-", 12) X(MUL, "*", 13) X(DIV, "/", 13) X(REM, "%", 13) X(SHL, "<<", 11)         \
    X(SHR, ">>", 11) X(AND, "&", 8) X(XOR, "^", 7) X(OR, "|", 6) X(LT, "<", 10) X(LE, "<=", 10)              \
    X(GT, ">", 10) X(GE, ">=", 10) X(EQ, "==", 9) X(NE, "!=", 9) X(LAND, "&&", 5) X(LOR, "||", 4)
/* clang-format on */

typedef enum wf_op {
#define X(name, ...) WF_OP_##name,
    WF_UNARY_OPS(X) WF_BINARY_OPS(X)
#undef X
        WF_OP_COUNT
} wf_op;

typedef enum wf_expr_kind {
    WF_EX_INT,    /* u.i; type integer, bool, or pointer (null and address constants) */
    WF_EX_FLOAT,  /* u.f; exactly representable in type */
    WF_EX_STRING, /* u.string; type: const char[n], n counts the NUL */
    WF_EX_VAR,    /* u.var; an lvalue */
    WF_EX_FUNC,   /* u.func; only as a cast DECAY to a function pointer */
    WF_EX_UNARY,  /* op a */
    WF_EX_BINARY, /* a op b; LAND and LOR evaluate b only when needed */
    WF_EX_COND,   /* a ? b : c, only one of b, c evaluated; both have the result's type. An lvalue never */
    WF_EX_COMMA,  /* a, b */
    WF_EX_ASSIGN, /* a = b; the value is a's new value; not an lvalue */
    WF_EX_UPDATE, /* a op= b: computed in type `compute`, to which a is converted and b already has (shifts: b
                     its own promoted type); then converted back. a is evaluated once */
    WF_EX_STEP,   /* ++a --a a++ a--: op ADD or SUB, u.post */
    WF_EX_CAST,   /* (type)a; `cast` says which conversion */
    WF_EX_DEREF,  /* *a; an lvalue */
    WF_EX_ADDR,   /* &a of an lvalue */
    WF_EX_INDEX,  /* a[b]; a is a pointer (an array is decayed first); an lvalue */
    WF_EX_MEMBER, /* a.field; an lvalue when a is one. (p->f is DEREF then MEMBER) */
    WF_EX_CALL,   /* u.call: a function of the unit, or one of the device library (func->library) */
    WF_EX_CALLPTR, /* through a function pointer: a, then u.call.args */
    WF_EX_BUILTIN, /* u.call.builtin */
    WF_EX_INIT, /* braces, complete: for an array the elements (missing tail: zero), for a record one for each
                   field (NULL: zero), for a union u.init.field says which. Also a compound literal */
} wf_expr_kind;

typedef enum wf_cast {
    WF_CAST_NUMERIC,  /* arithmetic → arithmetic, bool included (≠ 0) */
    WF_CAST_POINTER,  /* pointer → pointer */
    WF_CAST_PTR_INT,  /* pointer → integer */
    WF_CAST_INT_PTR,  /* integer → pointer */
    WF_CAST_PTR_BOOL, /* pointer → bool */
    WF_CAST_DECAY,    /* array lvalue → pointer to its first element; function → pointer */
    WF_CAST_VOID,     /* value dropped */
    WF_CAST_QUAL,     /* same type but for qualifiers */
} wf_cast;

enum {                     /* wf_expr.flags */
       WF_EX_PAREN = 1,    /* written in parentheses: stops contraction, kept by the printer */
       WF_EX_IMPLICIT = 2, /* a cast the language inserted: the printer leaves it out */
       WF_EX_LVALUE = 4,
       WF_EX_ERROR =
           8, /* stands for something wrong that was reported; what is made of it is an error in silence */
};
/* No expression is nested deeper: passes may recurse. The constructors see to it; they keep to fewer levels
 * where the thread that makes the unit has little stack (wf_unit.depth_limit). */
enum { WF_EXPR_DEPTH = 2000 };

struct wf_expr {
    uint8_t kind; /* wf_expr_kind */
    uint8_t op;   /* wf_op */
    uint8_t cast; /* wf_cast */
    uint8_t flags;
    uint32_t id; /* a pass's own number; 0 when fresh */
    wf_place at;
    uint16_t depth;      /* 1 + the deepest operand's; kept by the constructors */
    const wf_type *type; /* may be qualified only where it is an lvalue's */
    wf_expr *a, *b, *c;
    union {
        uint64_t i; /* two's complement, sign-extended to 64 bits for signed types */
        double f;
        struct {
            const char *data;
            uint64_t length;
        } string; /* length without the final NUL */
        wf_var *var;
        int post;
        const wf_type *compute;
        uint32_t field; /* index into the record's fields */
        struct {
            wf_func *func;
            uint32_t builtin; /* wf_builtin */
            uint32_t count;
            wf_expr **args;
        } call;
        struct {
            wf_expr **items;
            uint32_t count;
            uint32_t field;
        } init;
    } u;
};

typedef enum wf_stmt_kind {
    WF_ST_EXPR, /* expr */
    WF_ST_DECL, /* var, init in expr (NULL: none). __shared__ variables are declared here too, without init */
    WF_ST_BLOCK,  /* body: first of a list */
    WF_ST_IF,     /* expr, body, other */
    WF_ST_FOR,    /* init (a DECL or EXPR statement, or NULL; more variables: a block round the loop), expr
                     (NULL: true), step (NULL), body; unroll */
    WF_ST_WHILE,  /* expr, body */
    WF_ST_DO,     /* body, expr */
    WF_ST_SWITCH, /* expr (integer), body: a BLOCK with CASE and DEFAULT statements directly inside */
    WF_ST_CASE,   /* value; a label in a switch's block */
    WF_ST_DEFAULT,
    WF_ST_BREAK,
    WF_ST_CONTINUE,
    WF_ST_RETURN, /* expr or NULL */
    WF_ST_LABEL,  /* name */
    WF_ST_GOTO,   /* name */
    WF_ST_ASM,    /* inline PTX: asm_ */
} wf_stmt_kind;

typedef struct wf_asm {
    const char *text; /* with %0 … as written */
    struct {
        const char *constraint;
        wf_expr *value;
    } * operands; /* outputs first (lvalues) */
    uint32_t outputs, inputs;
    int is_volatile;
    int has_plain; /* it stands in if (__wf_on_gpu()) with what it means in CUDA C beside it; printed as
                      inline */
    const char *untranslated; /* why it has no such half: "instruction mma.sync…", or NULL */
    const char *clobbers;     /* names with commas between, "memory"; NULL: none */
} wf_asm;

struct wf_stmt {
    uint8_t kind;     /* wf_stmt_kind */
    uint8_t for_kind; /* WF_ST_FOR: wf_for_kind */
    int32_t unroll;   /* any loop; 0: the compiler's choice, -1: whole, else the factor (#pragma unroll) */
    wf_place at;
    wf_stmt *next; /* in a block */
    wf_expr *expr, *step;
    wf_var *var;
    wf_stmt *init, *body, *other;
    uint64_t value;   /* CASE, sign-extended */
    const char *name; /* LABEL, GOTO */
    wf_asm *asm_;
    void *mark; /* a pass's own; NULL between passes */
};

/* `__wf_for_parallel` (iterations independent, spread over the pool: Python's prange) and `__wf_for_lanes`
 * (iterations independent, may run in vector lanes) before a for statement that has the form
 * for (T i = a; i < b; i += c). */
typedef enum wf_for_kind { WF_FOR_PLAIN, WF_FOR_PARALLEL, WF_FOR_LANES } wf_for_kind;

enum {                   /* wf_func.flags */
       WF_FN_KERNEL = 1, /* __global__ */
       WF_FN_DEVICE = 2, /* __device__ */
       WF_FN_HOST = 4,   /* __host__ too, or only; host-only functions are checked but not emitted */
       WF_FN_INLINE = 8, /* __forceinline__ */
       WF_FN_NOINLINE = 16,
       WF_FN_CONTRACT = 32, /* see above; __wf_contract before the function. On by default in CUDA C */
       WF_FN_FAST =
           64, /* approximate division and square root, flush-to-zero allowed on a GPU: --use_fast_math */
       WF_FN_EXTERN_C = 128, /* the name is not mangled */
       WF_FN_STATIC = 256,
       WF_FN_LIBRARY = 512, /* declared here, defined in the device library */
       WF_FN_TRAP_DIVIDE =
           1024,          /* integer division by zero traps (Python kernels with error_model='python') */
       WF_FN_COLD = 2048, /* __attribute__((cold)): rarely called */
       WF_FN_PIECE = 4096 /* a kernel whose blocks are pieces, short ones maybe, of a loop's range */
};

struct wf_func {
    const char *name;  /* unique, a C name; for a kernel of CUDA C that is not extern "C" the mangled name */
    const char *shown; /* as the user wrote it: "scale<float, 4>", for messages and for get_function */
    const wf_type *type; /* WF_TY_FUNCTION */
    wf_var *params, *last_param;
    uint32_t param_count;
    wf_stmt *body; /* WF_ST_BLOCK, or NULL: declared only */
    uint32_t flags;
    uint32_t max_threads, min_blocks; /* __launch_bounds__; 0: none */
    uint32_t local_count;             /* numbers given to params and locals */
    uint8_t address_taken;            /* a pointer to it was made: calls through pointers may reach it */
    wf_place at;
    wf_func *next; /* in the unit, in order of definition */
    void *front;
    void *mark;
};

/* One compilation: what a .cu string, a Python kernel or a fused expression becomes. Owns everything through
 * its arena. Immutable once checked (passes use `mark` and `id` under the compile call's own lock or on a
 * fresh unit). */
typedef struct wf_unit {
    wf_arena arena;
    wf_diags diags;
    const char *name; /* for messages: file name or kernel name */
    wf_func *funcs, *last_func;
    wf_var *globals, *last_global;
    wf_record **records;
    uint32_t record_count, record_capacity;
    uint32_t global_count, func_count;
    uint16_t depth_limit, deepest; /* of expressions: allowed, and met */
    wf_place given_up;             /* where the first expression was that came to nothing (wf_make_error) */
    struct wf_type_table *types;
    wf_type scalars[WF_TY_SCALARS];     /* the unqualified scalar types */
    struct wf_builtin_records *vectors; /* float4 and its kin, made on first use */
    struct wf_name_table *names;        /* functions, globals, records, locals by name */
} wf_unit;

wf_unit *wf_unit_new(const char *name, size_t byte_limit); /* NULL: out of memory */
void wf_unit_free(wf_unit *unit);
/* Whether this thread's stack is enough for passes that recurse over the unit's expressions. */
int wf_unit_fits_stack(const wf_unit *unit);
#endif
