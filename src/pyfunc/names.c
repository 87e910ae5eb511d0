/* pyfunc/names.c: splits each Python name into the variables that it stands for.
 *
 * Python lets `x = x.shape[0]` change what x is. Two assignments share a variable only when some use may see
 * either of them: reaching definitions over the structured tree (a bit for each assignment, loops to a
 * fixpoint), united at every use. What is left over after that are independent variables (webs), each with a
 * type of its own.
 *
 * It also decides where a variable is declared in the tree we make: at its first assignment when that
 * dominates everything by standing directly in the innermost block that holds all its occurrences; else at
 * the function's top. */
#include "pyfunc/names.h"
#include <string.h>

typedef struct occurrence {
    uint32_t expr, block, is_def, declares, is_loop;
} occurrence;
typedef struct block {
    uint32_t parent, depth;
} block;
typedef struct env {
    uint64_t *bits;
    int dead;
} env; /* assignments that may reach this point */
typedef struct loop {
    env out, again;
    struct loop *outer;
} loop; /* at break, at continue */

typedef struct pass {
    wf_arena *arena;
    const wf_pf_function *f;
    uint32_t words;
    uint32_t *
        parent; /* union-find over definitions: parameter p is p, an assignment is param_count + its number */
    uint32_t *first_def, *next_def; /* lists of a name's definitions */
    uint32_t *reached;              /* by expression: some definition it reads, or NO_WEB */
    uint8_t *is_def;
    occurrence *seen;
    uint32_t seen_count;
    block *blocks;
    uint32_t block_count, block_capacity;
    loop *loop;
    uint64_t *raising; /* in a try: the definitions that its handlers may see */
} pass;

static uint32_t find(pass *p, uint32_t d) {
    while (p->parent[d] != d) d = p->parent[d] = p->parent[p->parent[d]];
    return d;
}

/* ---- first walk: definitions and occurrences, in the order of evaluation ---- */

static void enter_def(pass *p, uint32_t name, uint32_t d) {
    p->next_def[d] = p->first_def[name];
    p->first_def[name] = d;
}

static void see(pass *p, const wf_pf_expr *e, uint32_t at, int is_def, int declares, int is_loop) {
    p->seen[p->seen_count++] =
        (occurrence){e->number, at, (uint32_t)is_def, (uint32_t)declares, (uint32_t)is_loop};
    if (is_def && !p->is_def[e->number]) {
        p->is_def[e->number] = 1;
        enter_def(p, e->local, p->f->param_count + e->number);
    }
}

static void list_expr(pass *p, const wf_pf_expr *e, uint32_t at);
static void list_body(pass *p, const wf_pf_stmt *s, uint32_t at);
static uint32_t new_block(pass *p, uint32_t parent);

static void list_target(pass *p, const wf_pf_expr *e, uint32_t at, int declares, int is_loop) {
    if (e->kind == WF_PF_LOCAL) see(p, e, at, 1, declares, is_loop);
    else if (e->kind == WF_PF_TUPLE || e->kind == WF_PF_LIST)
        for (uint32_t i = 0; i < e->count; i++) list_target(p, e->items[i], at, declares, is_loop);
    else list_expr(p, e, at);
}

static void list_expr(pass *p, const wf_pf_expr *e, uint32_t at) {
    if (!e) return;
    if (e->kind == WF_PF_LOCAL) {
        see(p, e, at, 0, 0, 0);
    } else if (e->kind == WF_PF_WALRUS) {
        list_expr(p, e->b, at);
        list_target(p, e->a, at, 0, 0);
    } else if (e->body) {
        list_body(p, e->body, new_block(p, at));
    } else {
        list_expr(p, e->a, at);
        list_expr(p, e->b, at);
        list_expr(p, e->c, at);
        for (uint32_t i = 0; i < e->count; i++) list_expr(p, e->items[i], at);
    }
}

static uint32_t new_block(pass *p, uint32_t parent) {
    if (p->block_count == p->block_capacity) {
        block *more = WF_NEW_ARRAY(p->arena, block, p->block_capacity * 2);
        memcpy(more, p->blocks, sizeof(block) * p->block_count);
        p->blocks = more;
        p->block_capacity *= 2;
    }
    p->blocks[p->block_count] = (block){parent, p->block_count ? p->blocks[parent].depth + 1 : 0};
    return p->block_count++;
}

static void list_body(pass *p, const wf_pf_stmt *s, uint32_t at) {
    for (; s; s = s->next) {
        list_expr(p, s->value, at);
        if (s->kind == WF_PF_AUGASSIGN && s->targets[0]->kind == WF_PF_LOCAL)
            see(p, s->targets[0], at, 0, 0, 0);
        uint32_t inner = s->body ? new_block(p, at) : at;
        for (uint32_t i = 0; i < s->target_count; i++)
            list_target(p, s->targets[i], s->kind == WF_PF_FOR ? inner : at, 1, s->kind == WF_PF_FOR);
        list_body(p, s->body, inner);
        if (s->other) list_body(p, s->other, new_block(p, at));
    }
}

/* ---- second walk: what reaches what ---- */

static env env_copy(pass *p, const env *from) {
    env e = {WF_NEW_ARRAY(p->arena, uint64_t, p->words), from->dead};
    memcpy(e.bits, from->bits, p->words * sizeof(uint64_t));
    return e;
}

static env env_none(pass *p) { return (env){WF_NEW_ARRAY(p->arena, uint64_t, p->words), 1}; }

/* Returns whether `to` grew. */
static int env_join(pass *p, env *to, const env *from) {
    int grew = 0;
    if (from->dead) return 0;
    if (to->dead) {
        to->dead = 0;
        memset(to->bits, 0, p->words * sizeof(uint64_t));
        grew = 1;
    }
    for (uint32_t i = 0; i < p->words; i++) {
        uint64_t both = to->bits[i] | from->bits[i];
        grew |= both != to->bits[i];
        to->bits[i] = both;
    }
    return grew;
}

static void flow_use(pass *p, env *e, const wf_pf_expr *x) {
    uint32_t first = WF_PF_NO_WEB;
    for (uint32_t d = p->first_def[x->local]; d != WF_PF_NO_WEB; d = p->next_def[d]) {
        if (!(e->bits[d / 64] >> d % 64 & 1)) continue;
        if (first == WF_PF_NO_WEB) first = d;
        else p->parent[find(p, d)] = find(p, first);
    }
    if (first == WF_PF_NO_WEB) return;
    uint32_t *reached = &p->reached[x->number];
    if (*reached != WF_PF_NO_WEB) p->parent[find(p, *reached)] = find(p, first);
    *reached = first;
}

static void flow_def(pass *p, env *e, const wf_pf_expr *x) {
    for (uint32_t d = p->first_def[x->local]; d != WF_PF_NO_WEB; d = p->next_def[d])
        e->bits[d / 64] &= ~((uint64_t)1 << d % 64);
    uint32_t d = p->f->param_count + x->number;
    e->bits[d / 64] |= (uint64_t)1 << d % 64;
    if (p->raising) p->raising[d / 64] |= (uint64_t)1 << d % 64;
}

static void flow_expr(pass *p, env *e, const wf_pf_expr *x);
static void flow_body(pass *p, env *e, const wf_pf_stmt *s);

static void flow_target(pass *p, env *e, const wf_pf_expr *x) {
    if (x->kind == WF_PF_LOCAL) flow_def(p, e, x);
    else if (x->kind == WF_PF_TUPLE || x->kind == WF_PF_LIST)
        for (uint32_t i = 0; i < x->count; i++) flow_target(p, e, x->items[i]);
    else flow_expr(p, e, x);
}

/* Operands that may not be reached: those from the second (of a comparison the third) on. */
static void flow_short_circuit(pass *p, env *e, const wf_pf_expr *x) {
    env left = env_none(p);
    for (uint32_t i = 0; i < x->count; i++) {
        if (i > (x->kind == WF_PF_COMPARE)) env_join(p, &left, e);
        flow_expr(p, e, x->items[i]);
    }
    env_join(p, e, &left);
}

static void flow_choice(pass *p, env *e, const wf_pf_expr *x) {
    flow_expr(p, e, x->a);
    env other = env_copy(p, e);
    flow_expr(p, e, x->b);
    flow_expr(p, &other, x->c);
    env_join(p, e, &other);
}

static void flow_expr(pass *p, env *e, const wf_pf_expr *x) {
    if (!x) return;
    if (x->kind == WF_PF_LOCAL) {
        flow_use(p, e, x);
    } else if (x->kind == WF_PF_ANDOR || (x->kind == WF_PF_COMPARE && x->count > 2)) {
        flow_short_circuit(p, e, x);
    } else if (x->kind == WF_PF_IFEXP) {
        flow_choice(p, e, x);
    } else if (x->kind == WF_PF_WALRUS) {
        flow_expr(p, e, x->b);
        flow_target(p, e, x->a);
    } else if (x->body) {
        flow_body(p, e, x->body);
    } else {
        flow_expr(p, e, x->a);
        flow_expr(p, e, x->b);
        flow_expr(p, e, x->c);
        for (uint32_t i = 0; i < x->count; i++) flow_expr(p, e, x->items[i]);
    }
}

static void flow_loop(pass *p, env *e, const wf_pf_stmt *s) {
    loop here = {.outer = p->loop};
    if (s->kind == WF_PF_FOR) flow_expr(p, e, s->value);
    for (;;) {
        here.out = env_none(p);
        here.again = env_none(p);
        env body = env_copy(p, e);
        if (s->kind == WF_PF_WHILE) flow_expr(p, &body, s->value);
        else flow_target(p, &body, s->targets[0]);
        p->loop = &here;
        flow_body(p, &body, s->body);
        p->loop = here.outer;
        env_join(p, &body, &here.again);
        if (!env_join(p, e, &body)) break;
    }
    if (s->kind == WF_PF_WHILE) flow_expr(p, e, s->value);
    flow_body(p, e, s->other);
    env_join(p, e, &here.out);
}

static void flow_if(pass *p, env *e, const wf_pf_stmt *s) {
    flow_expr(p, e, s->value);
    env other = env_copy(p, e);
    flow_body(p, e, s->body);
    flow_body(p, &other, s->other);
    env_join(p, e, &other);
}

/* A handler may see whatever was there before the try, and every definition of its body. */
static void flow_try(pass *p, env *e, const wf_pf_stmt *s) {
    env raised = env_copy(p, e), done = env_none(p);
    uint64_t *outer = p->raising;
    p->raising = raised.bits;
    flow_body(p, e, s->body);
    p->raising = outer;
    for (uint32_t i = 0; outer && i < p->words; i++) outer[i] |= raised.bits[i];
    for (const wf_pf_stmt *h = s->other; h; h = h->next) {
        env one = h->kind == WF_PF_TRY_ELSE ? *e : env_copy(p, &raised);
        flow_expr(p, &one, h->value);
        flow_body(p, &one, h->body);
        if (h->kind == WF_PF_TRY_ELSE) *e = one;
        else env_join(p, &done, &one);
    }
    env_join(p, e, &done);
}

static void flow_body(pass *p, env *e, const wf_pf_stmt *s) {
    for (; s && !e->dead; s = s->next) {
        switch (s->kind) {
        case WF_PF_IF: flow_if(p, e, s); break;
        case WF_PF_TRY: flow_try(p, e, s); break;
        case WF_PF_FOR:
        case WF_PF_WHILE: flow_loop(p, e, s); break;
        case WF_PF_BREAK:
        case WF_PF_CONTINUE:
            if (p->loop) env_join(p, s->kind == WF_PF_BREAK ? &p->loop->out : &p->loop->again, e);
            e->dead = 1;
            break;
        case WF_PF_RETURN:
        case WF_PF_RAISE:
            flow_expr(p, e, s->value);
            e->dead = 1;
            break;
        default:
            flow_expr(p, e, s->value);
            if (s->kind == WF_PF_AUGASSIGN && s->targets[0]->kind == WF_PF_LOCAL)
                flow_use(p, e, s->targets[0]);
            for (uint32_t i = 0; i < s->target_count; i++) flow_target(p, e, s->targets[i]);
        }
    }
}

/* ---- the result ---- */

static uint32_t common_block(const pass *p, uint32_t a, uint32_t b) {
    while (a != b) {
        if (p->blocks[a].depth >= p->blocks[b].depth) a = p->blocks[a].parent;
        else b = p->blocks[b].parent;
    }
    return a;
}

static uint32_t web_of(pass *p, wf_pf_webs *w, uint32_t *number, uint32_t d, uint32_t name) {
    uint32_t root = find(p, d);
    if (number[root] == WF_PF_NO_WEB) {
        number[root] = w->count++;
        w->webs[number[root]] = (wf_pf_web){.name = name, .declare_at = WF_PF_NO_WEB};
    }
    return number[root];
}

/* Each occurrence gets its variable; each variable the place of its declaration. */
static void assign_webs(pass *p, wf_pf_webs *w, uint32_t total) {
    const wf_pf_function *f = p->f;
    uint32_t *number = WF_NEW_ARRAY(p->arena, uint32_t, total + 1);
    memset(number, 0xff, sizeof(uint32_t) * (total + 1));
    uint32_t *home = WF_NEW_ARRAY(p->arena, uint32_t, total + 1),
             *first = WF_NEW_ARRAY(p->arena, uint32_t, total + 1);
    memset(home, 0xff, sizeof(uint32_t) * (total + 1));
    for (uint32_t i = 0; i < f->param_count; i++) {
        w->param[i] = web_of(p, w, number, i, i);
        w->webs[w->param[i]].is_param = 1;
        w->webs[w->param[i]].defs = 1;
    }
    uint32_t *name_of = WF_NEW_ARRAY(p->arena, uint32_t, total + 1);
    for (uint32_t n = 0; n < f->local_count; n++)
        for (uint32_t d = p->first_def[n]; d != WF_PF_NO_WEB; d = p->next_def[d]) name_of[d] = n;
    for (uint32_t i = 0; i < p->seen_count; i++) {
        occurrence *o = &p->seen[i];
        uint32_t d = o->is_def ? f->param_count + o->expr : p->reached[o->expr];
        if (d == WF_PF_NO_WEB) continue;
        uint32_t web = web_of(p, w, number, d, name_of[d]);
        if (o->is_def) w->webs[web].defs++;
        (o->is_def ? w->def : w->use)[o->expr] = web;
        if (home[web] == WF_PF_NO_WEB) first[web] = i;
        home[web] = home[web] == WF_PF_NO_WEB ? o->block : common_block(p, home[web], o->block);
    }
    for (uint32_t i = 0; i < w->count; i++) {
        const occurrence *o = &p->seen[first[i]];
        if (home[i] == WF_PF_NO_WEB || w->webs[i].is_param || !o->is_def || !o->declares ||
            o->block != home[i])
            continue;
        w->webs[i].declare_at = o->expr;
        w->webs[i].is_loop = (uint8_t)o->is_loop;
    }
}

const wf_pf_webs *wf_pf_webs_of(wf_arena *arena, const wf_pf_function *f) {
    uint32_t total = f->param_count + f->expr_count;
    pass p = {.arena = arena, .f = f, .words = total / 64 + 1, .block_capacity = 16};
    p.parent = WF_NEW_ARRAY(arena, uint32_t, total + 1);
    p.next_def = WF_NEW_ARRAY(arena, uint32_t, total + 1);
    p.first_def = WF_NEW_ARRAY(arena, uint32_t, f->local_count + 1);
    p.reached = WF_NEW_ARRAY(arena, uint32_t, f->expr_count + 1);
    p.is_def = WF_NEW_ARRAY(arena, uint8_t, f->expr_count + 1);
    p.seen = WF_NEW_ARRAY(arena, occurrence, f->expr_count * 2 + 1);
    p.blocks = WF_NEW_ARRAY(arena, block, p.block_capacity);
    memset(p.first_def, 0xff, sizeof(uint32_t) * (f->local_count + 1));
    memset(p.reached, 0xff, sizeof(uint32_t) * (f->expr_count + 1));
    for (uint32_t i = 0; i <= total; i++) p.parent[i] = i;
    env e = {WF_NEW_ARRAY(arena, uint64_t, p.words), 0};
    for (uint32_t i = 0; i < f->param_count; i++) {
        enter_def(&p, i, i);
        e.bits[i / 64] |= (uint64_t)1 << i % 64;
    }
    list_body(&p, f->body, new_block(&p, 0));
    flow_body(&p, &e, f->body);
    wf_pf_webs *w = WF_NEW(arena, wf_pf_webs);
    w->webs = WF_NEW_ARRAY(arena, wf_pf_web, total + 1);
    w->use = WF_NEW_ARRAY(arena, uint32_t, f->expr_count + 1);
    w->def = WF_NEW_ARRAY(arena, uint32_t, f->expr_count + 1);
    w->param = WF_NEW_ARRAY(arena, uint32_t, f->param_count + 1);
    memset(w->use, 0xff, sizeof(uint32_t) * (f->expr_count + 1));
    memset(w->def, 0xff, sizeof(uint32_t) * (f->expr_count + 1));
    assign_webs(&p, w, total);
    return w;
}
