/* cudac/parse.h: what the files of the parser share. Inner header of cudac/.
 *
 * The parser works on the whole array of preprocessed tokens, so it can look ahead and go back for nothing;
 * bodies of templates and of methods are kept as positions in that array and parsed when they are needed. */
#ifndef WF_CUDAC_PARSE_H
#define WF_CUDAC_PARSE_H
#include "cudac/front.h"

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
wf_expr *cc_constant_object(cc *p, const wf_type *type, wf_expr **args, uint32_t count, unsigned close,
                            wf_place at); /* local.c; NULL */
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
wf_expr *cc_whole_object(cc *p, wf_var *pointer, wf_place at);
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
cc_func *cc_virtual_entry(cc *p, cc_func *f);
void cc_finish_virtual(cc *p);

/* --- access.c --- */
void cc_check_access(cc *p, const cc_record *of, const cc_record *owner, const cc_symbol *s, wf_place at);
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
