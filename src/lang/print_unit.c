/* lang/print_unit.c: statements, functions and whole units as CUDA C.
 *
 * The whole stands in extern "C" { }, so that names come back as they are. Order: records (each after those
 * that it holds by value), prototypes, globals, functions. Bodies always get braces. What CUDA C has no words
 * for is spelled with the attributes that lang.h lists. */
#include "lang/inner.h"
#include <string.h>

static void print_stmt(const wf_unit *u, const wf_stmt *s, int indent, wf_text *out);

static void line_start(int indent, wf_text *out) {
    for (int i = 0; i < indent; i++) wf_text_puts(out, "    ");
}

/* --- declarations --- */

static void print_var(const wf_unit *u, const wf_var *var, const wf_expr *init, wf_text *out) {
    int open_array = var->type->kind == WF_TY_ARRAY && var->type->incomplete;
    if (var->is_extern || (var->space == WF_SPACE_SHARED && open_array)) wf_text_puts(out, "extern ");
    else if (var->is_static) wf_text_puts(out, "static ");
    if (var->space == WF_SPACE_SHARED) wf_text_puts(out, "__shared__ ");
    if (var->space == WF_SPACE_DEVICE) wf_text_puts(out, "__device__ ");
    if (var->space == WF_SPACE_CONSTANT) wf_text_puts(out, "__constant__ ");
    if (var->align) wf_text_printf(out, "__align__(%u) ", var->align);
    wf_type_write(out, var->type, var->name);
    if (!init) return;
    wf_text_puts(out, " = ");
    wf_print_init(u, init, out);
}

static void print_function_head(const wf_func *f, wf_text *out) {
    static const struct {
        uint32_t flag;
        const char *text;
    } attributes[] = {
        {WF_FN_STATIC, "static "},         {WF_FN_LIBRARY, "__wf_library "},
        {WF_FN_KERNEL, "__global__ "},     {WF_FN_HOST, "__host__ "},
        {WF_FN_DEVICE, "__device__ "},     {WF_FN_INLINE, "__forceinline__ "},
        {WF_FN_NOINLINE, "__noinline__ "}, {WF_FN_COLD, "__attribute__((cold)) "},
        {WF_FN_FAST, "__wf_fast "},        {WF_FN_TRAP_DIVIDE, "__wf_trap_divide "},
    };
    for (size_t i = 0; i < sizeof attributes / sizeof *attributes; i++)
        if (f->flags & attributes[i].flag) wf_text_puts(out, attributes[i].text);
    if (f->shown && strcmp(f->shown, f->name) != 0) {
        wf_text_puts(out, "__wf_shown(");
        wf_print_string(out, f->shown, strlen(f->shown));
        wf_text_puts(out, ") ");
    }
    if (!(f->flags & (WF_FN_CONTRACT | WF_FN_LIBRARY))) wf_text_puts(out, "__wf_contract(0) ");
    if (f->max_threads && f->min_blocks)
        wf_text_printf(out, "__launch_bounds__(%u, %u) ", f->max_threads, f->min_blocks);
    else if (f->max_threads) wf_text_printf(out, "__launch_bounds__(%u) ", f->max_threads);
    wf_type_write_before(out, f->type->base, 1);
    wf_text_printf(out, "%s(", f->name);
    uint32_t i = 0;
    for (const wf_var *param = f->params; param; param = param->next, i++) {
        if (i) wf_text_puts(out, ", ");
        if (param->align) wf_text_printf(out, "__align__(%u) ", param->align);
        wf_type_write(out, param->type, param->name);
    }
    for (; i < f->type->param_count; i++) { /* declared from a type alone */
        if (i) wf_text_puts(out, ", ");
        wf_type_write(out, f->type->params[i], NULL);
    }
    wf_text_putc(out, ')');
    wf_type_write_after(out, f->type->base);
}

/* --- statements --- */

static void print_body(const wf_unit *u, const wf_stmt *body, int indent, wf_text *out) {
    wf_text_puts(out, "{\n");
    if (body && body->kind == WF_ST_BLOCK)
        for (const wf_stmt *s = body->body; s; s = s->next) print_stmt(u, s, indent + 1, out);
    else if (body) print_stmt(u, body, indent + 1, out);
    line_start(indent, out);
    wf_text_putc(out, '}');
}

static void print_if(const wf_unit *u, const wf_stmt *s, int indent, wf_text *out) {
    for (;;) {
        wf_text_puts(out, "if (");
        wf_print_condition(u, s->expr, out);
        wf_text_puts(out, ") ");
        print_body(u, s->body, indent, out);
        if (!s->other) break;
        wf_text_puts(out, " else ");
        if (s->other->kind != WF_ST_IF) {
            print_body(u, s->other, indent, out);
            break;
        }
        s = s->other;
    }
    wf_text_putc(out, '\n');
}

static void print_for(const wf_unit *u, const wf_stmt *s, int indent, wf_text *out) {
    static const char *const kinds[] = {"", "__wf_for_parallel ", "__wf_for_lanes "};
    wf_text_printf(out, "%sfor (", kinds[s->for_kind]);
    if (s->init && s->init->kind == WF_ST_DECL) print_var(u, s->init->var, s->init->expr, out);
    else if (s->init && s->init->expr) wf_print_expr(u, s->init->expr, out);
    wf_text_puts(out, ";");
    if (s->expr) {
        wf_text_putc(out, ' ');
        wf_print_condition(u, s->expr, out);
    }
    wf_text_puts(out, ";");
    if (s->step) {
        wf_text_putc(out, ' ');
        wf_print_expr(u, s->step, out);
    }
    wf_text_puts(out, ") ");
    print_body(u, s->body, indent, out);
    wf_text_putc(out, '\n');
}

static void print_switch(const wf_unit *u, const wf_stmt *s, int indent, wf_text *out) {
    wf_text_puts(out, "switch (");
    wf_print_promoted(u, s->expr, out);
    wf_text_puts(out, ") {\n");
    for (const wf_stmt *part = s->body ? s->body->body : NULL; part; part = part->next) {
        if (part->kind == WF_ST_CASE) {
            line_start(indent, out);
            wf_text_puts(out, "case ");
            wf_print_int(out, s->expr->type->unqual, part->value);
            wf_text_puts(out, ":\n");
        } else print_stmt(u, part, part->kind == WF_ST_DEFAULT ? indent : indent + 1, out);
    }
    line_start(indent, out);
    wf_text_puts(out, "}\n");
}

static void print_operands(const wf_unit *u, const wf_asm *a, uint32_t first, uint32_t count, wf_text *out) {
    for (uint32_t i = 0; i < count; i++) {
        wf_text_puts(out, i ? ", " : " ");
        wf_print_string(out, a->operands[first + i].constraint, strlen(a->operands[first + i].constraint));
        wf_text_puts(out, "(");
        wf_print_expr(u, a->operands[first + i].value, out);
        wf_text_puts(out, ")");
    }
}

static void print_asm(const wf_unit *u, const wf_asm *a, wf_text *out) {
    wf_text_printf(out, "asm%s%s(", a->is_volatile ? " volatile" : "", a->has_plain ? " inline" : "");
    wf_print_string(out, a->text, strlen(a->text));
    wf_text_puts(out, " :");
    print_operands(u, a, 0, a->outputs, out);
    wf_text_puts(out, " :");
    print_operands(u, a, a->outputs, a->inputs, out);
    for (const char *name = a->clobbers; name && *name;) {
        size_t length = strcspn(name, ",");
        wf_text_puts(out, name == a->clobbers ? " : " : ", ");
        wf_print_string(out, name, length);
        name += length + (name[length] == ',');
    }
    wf_text_puts(out, ");\n");
}

static void print_unroll(const wf_stmt *s, int indent, wf_text *out) {
    if (!s->unroll) return;
    line_start(indent, out);
    if (s->unroll < 0) wf_text_puts(out, "#pragma unroll\n");
    else wf_text_printf(out, "#pragma unroll %d\n", s->unroll);
}

static void print_stmt(const wf_unit *u, const wf_stmt *s, int indent, wf_text *out) {
    print_unroll(s, indent, out);
    line_start(s->kind == WF_ST_LABEL ? 0 : indent, out);
    switch ((wf_stmt_kind)s->kind) {
    case WF_ST_EXPR:
        if (s->expr) wf_print_expr(u, s->expr, out);
        wf_text_puts(out, ";\n");
        break;
    case WF_ST_DECL:
        print_var(u, s->var, s->expr, out);
        wf_text_puts(out, ";\n");
        break;
    case WF_ST_BLOCK:
        print_body(u, s, indent, out);
        wf_text_putc(out, '\n');
        break;
    case WF_ST_IF: print_if(u, s, indent, out); break;
    case WF_ST_FOR: print_for(u, s, indent, out); break;
    case WF_ST_WHILE:
        wf_text_puts(out, "while (");
        wf_print_condition(u, s->expr, out);
        wf_text_puts(out, ") ");
        print_body(u, s->body, indent, out);
        wf_text_putc(out, '\n');
        break;
    case WF_ST_DO:
        wf_text_puts(out, "do ");
        print_body(u, s->body, indent, out);
        wf_text_puts(out, " while (");
        wf_print_condition(u, s->expr, out);
        wf_text_puts(out, ");\n");
        break;
    case WF_ST_SWITCH: print_switch(u, s, indent, out); break;
    case WF_ST_CASE: break; /* print_switch does it: it knows the type */
    case WF_ST_DEFAULT: wf_text_puts(out, "default:\n"); break;
    case WF_ST_BREAK: wf_text_puts(out, "break;\n"); break;
    case WF_ST_CONTINUE: wf_text_puts(out, "continue;\n"); break;
    case WF_ST_RETURN:
        wf_text_puts(out, "return");
        if (s->expr) {
            wf_text_putc(out, ' ');
            wf_print_converted(u, s->expr, out);
        }
        wf_text_puts(out, ";\n");
        break;
    case WF_ST_LABEL: wf_text_printf(out, "%s:;\n", s->name); break;
    case WF_ST_GOTO: wf_text_printf(out, "goto %s;\n", s->name); break;
    case WF_ST_ASM: print_asm(u, s->asm_, out); break;
    }
}

/* --- records --- */

static int lies_there(const wf_layout *layout, const wf_field *field) {
    wf_layout next = *layout;
    wf_field again = *field;
    wf_layout_add(&next, &again);
    return again.offset == field->offset && again.bit_offset == field->bit_offset;
}

/* The source had a break before the bit-field, `T : 0`: of the field's type, or one that leads there. */
static void print_break(const wf_unit *u, wf_layout *layout, const wf_field *field, wf_text *out) {
    const wf_type *types[] = {field->type, &u->scalars[WF_TY_UCHAR], &u->scalars[WF_TY_USHORT],
                              &u->scalars[WF_TY_UINT], &u->scalars[WF_TY_ULLONG]};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        wf_field gap = {.name = "", .type = types[i], .bit_width = WF_FIELD_BREAK};
        wf_layout next = *layout;
        wf_layout_add(&next, &gap);
        if (!lies_there(&next, field)) continue;
        *layout = next;
        wf_text_puts(out, "    ");
        wf_type_write(out, gap.type, NULL);
        wf_text_puts(out, " : 0;\n");
        return;
    }
}

static void print_fields(const wf_unit *u, const wf_record *record, wf_text *out) {
    wf_layout layout = {.align = 1, .is_union = record->is_union, .pack = record->pack};
    for (uint32_t i = 0; i < record->field_count; i++) {
        wf_field field = record->fields[i];
        if (field.bit_width && !lies_there(&layout, &field)) print_break(u, &layout, &field, out);
        wf_layout_add(&layout, &field);
        wf_text_puts(out, "    ");
        if (field.align_wanted) wf_text_printf(out, "__align__(%u) ", field.align_wanted);
        wf_type_write(out, field.type, field.name);
        if (field.bit_width) wf_text_printf(out, " : %u", field.bit_width);
        wf_text_puts(out, ";\n");
    }
}

/* done: one byte for each record. The records held by value come first; a record cannot hold itself. */
static void print_record(const wf_unit *u, const wf_record *record, uint8_t *done, wf_text *out) {
    if (record->built_in || !record->complete || done[record->number]) return;
    done[record->number] = 1;
    for (uint32_t i = 0; i < record->field_count; i++) {
        const wf_type *t = record->fields[i].type;
        while (t->kind == WF_TY_ARRAY) t = t->base;
        if (t->kind == WF_TY_RECORD) print_record(u, t->record, done, out);
    }
    wf_text_puts(out, record->is_union ? "union " : "struct ");
    if (record->align_wanted) wf_text_printf(out, "__align__(%u) ", record->align_wanted);
    if (record->pack) wf_text_printf(out, "__attribute__((__wf_packed(%u))) ", record->pack);
    wf_text_printf(out, "%s {\n", record->name);
    print_fields(u, record, out);
    wf_text_puts(out, "};\n");
}

static void print_records(const wf_unit *u, wf_text *out) {
    wf_text done; /* zeroed bytes that belong to the same heap or arena as the output */
    wf_text_init(&done, out->arena);
    for (uint32_t i = 0; i < u->record_count; i++) {
        wf_text_putc(&done, 0);
        if (!u->records[i]->built_in)
            wf_text_printf(out, "%s %s;\n", u->records[i]->is_union ? "union" : "struct",
                           u->records[i]->name);
    }
    if (done.data && !done.failed)
        for (uint32_t i = 0; i < u->record_count; i++)
            print_record(u, u->records[i], (uint8_t *)done.data, out);
    else if (u->record_count) out->failed = 1;
    wf_text_free(&done);
}

/* --- units --- */

void wf_print_func(const wf_unit *u, const wf_func *f, wf_text *out) {
    print_function_head(f, out);
    if (!f->body) {
        wf_text_puts(out, ";\n");
        return;
    }
    wf_text_putc(out, ' ');
    print_body(u, f->body, 0, out);
    wf_text_putc(out, '\n');
}

void wf_print_unit(const wf_unit *u, wf_text *out) {
    wf_text_puts(out, "extern \"C\" {\n");
    print_records(u, out);
    for (const wf_func *f = u->funcs; f; f = f->next) {
        print_function_head(f, out);
        wf_text_puts(out, ";\n");
    }
    for (const wf_var *var = u->globals; var; var = var->next) {
        print_var(u, var, var->init, out);
        wf_text_puts(out, ";\n");
    }
    for (const wf_func *f = u->funcs; f; f = f->next) {
        if (!f->body) continue;
        wf_text_putc(out, '\n');
        wf_print_func(u, f, out);
    }
    wf_text_puts(out, "}\n");
}
