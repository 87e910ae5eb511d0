/* lang/type_layout.c: records: their declaration, and where their fields lie.
 *
 * The rules are those of the System V ABI, which nvcc follows too. A bit-field goes where the last field
 * ended unless it would cross a border of its own type; it then moves to that border. So the aligned unit of
 * its type at `offset` always holds all of it. Unnamed bit-fields take room and do not raise the record's
 * alignment. In a packed record no member is aligned to more than its `pack`; bit-fields are not allowed
 * there, for no aligned unit would hold them. An empty record has size 1, as in C++. */
#include "base/hash.h"
#include "lang/inner.h"
#include <string.h>

void wf_unit_add_record(wf_unit *u, wf_record *record) {
    if (u->record_count == u->record_capacity) {
        uint32_t capacity = u->record_capacity ? u->record_capacity * 2 : 8;
        wf_record **records = WF_NEW_ARRAY(&u->arena, wf_record *, capacity);
        if (u->record_count) memcpy(records, u->records, u->record_count * sizeof *records);
        u->records = records;
        u->record_capacity = capacity;
    }
    record->number = u->record_count;
    u->records[u->record_count++] = record;
    wf_name_add(u, NULL, WF_NAME_RECORD, record->name, record);
}

wf_record *wf_record_new(wf_unit *u, const char *name, int is_union, wf_place at) {
    wf_record *record = WF_NEW(&u->arena, wf_record);
    record->name = wf_name_unique(u, NULL, name && *name ? name : is_union ? "union_" : "struct_");
    record->is_union = is_union != 0;
    record->at = at;
    wf_unit_add_record(u, record);
    return record;
}

static uint64_t round_up(uint64_t value, uint64_t to) { return (value + to - 1) / to * to; }

void wf_layout_add(wf_layout *layout, wf_field *field) {
    uint64_t unit = wf_type_size(field->type) * 8;
    uint32_t align = wf_type_align(field->type);
    if (layout->pack && align > layout->pack) align = layout->pack;
    if (field->align_wanted > align) align = field->align_wanted;
    if (layout->is_union) layout->bits = 0;
    if (field->bit_width == WF_FIELD_BREAK) {
        layout->bits = round_up(layout->bits, align * 8u);
        return;
    }
    if (field->bit_width) {
        if (layout->bits % unit + field->bit_width > unit) layout->bits = round_up(layout->bits, unit);
        field->offset = layout->bits / unit * (unit / 8);
        field->bit_offset = (uint8_t)(layout->bits % unit);
        layout->bits += field->bit_width;
        if (!field->name[0]) align = 1;
    } else {
        layout->bits = round_up(layout->bits, align * 8u);
        field->offset = layout->bits / 8;
        field->bit_offset = 0;
        layout->bits += unit;
    }
    if (align > layout->align) layout->align = align;
    if (round_up(layout->bits, 8) / 8 > layout->size) layout->size = round_up(layout->bits, 8) / 8;
}

/* Of the record that a field holds by value, or 0. */
static uint32_t record_depth(const wf_type *t) {
    while (t->kind == WF_TY_ARRAY) t = t->base;
    return t->kind == WF_TY_RECORD ? t->record->depth : 0;
}

/* A record may take at most this much: nobody passes more, and sums of sizes then cannot overflow. */
static const uint64_t size_limit = (uint64_t)1 << 40;

static int field_is_bad(wf_unit *u, const wf_record *record, wf_field *field) {
    field->name = field->name && *field->name ? wf_arena_strdup(&u->arena, field->name) : "";
    if (!field->type) {
        field->type = wf_type_scalar(u, WF_TY_INT);
        return 0; /* told before */
    }
    uint64_t size = wf_type_size(field->type);
    const char *problem = NULL;
    if (record_depth(field->type) >= WF_TYPE_DEPTH) problem = "is nested too deep";
    else if (field->type->kind == WF_TY_FUNCTION) problem = "is a function";
    else if (!size && !(field->type->kind == WF_TY_ARRAY && !field->type->incomplete))
        problem = "has no known size";
    else if (size > size_limit) problem = "is too large";
    else if (field->bit_width && record->pack) problem = "is a bit-field of a packed record";
    else if (field->bit_width && !wf_type_is_integer(field->type))
        problem = "is a bit-field but not an integer";
    else if (field->bit_width && field->bit_width != WF_FIELD_BREAK && field->bit_width > size * 8)
        problem = "has more bits than its type";
    if (!problem) return 0;
    wf_report(&u->diags, WF_ERROR, field->at.file ? field->at : record->at, NULL,
              "field '%s' of '%s' %s: it has type '%s'", field->name, record->name, problem,
              wf_type_spell(&u->arena, field->type, NULL));
    return 1;
}

/* Names of fields, for records so large that looking at all of them for each would show. */
typedef struct name_set {
    const char **names; /* NULL: few fields */
    uint64_t places;    /* a power of two */
} name_set;

static name_set name_set_for(wf_unit *u, uint32_t count) {
    name_set set = {NULL, 64};
    if (count < 64) return set;
    while (set.places < count * (uint64_t)2) set.places *= 2;
    set.names = WF_NEW_ARRAY(&u->arena, const char *, set.places);
    return set;
}

/* Is there such a field already? If not, the name is remembered. */
static int is_second(name_set *set, const wf_record *record, const char *name) {
    if (!*name) return 0;
    if (!set->names) return wf_record_field(record, name) >= 0;
    uint64_t at = wf_hash64(name, strlen(name), 0) & (set->places - 1);
    for (; set->names[at]; at = (at + 1) & (set->places - 1))
        if (!strcmp(set->names[at], name)) return 1;
    set->names[at] = name;
    return 0;
}

void wf_record_finish(wf_unit *u, wf_record *record, wf_field *fields, uint32_t count) {
    wf_layout layout = {.align = 1, .is_union = record->is_union, .pack = record->pack};
    name_set names = name_set_for(u, count);
    record->fields = WF_NEW_ARRAY(&u->arena, wf_field, count);
    record->field_count = 0;
    record->depth = 1;
    for (uint32_t i = 0; i < count; i++) {
        wf_field field = fields[i];
        if (field_is_bad(u, record, &field)) continue;
        wf_layout_add(&layout, &field);
        if (field.bit_width == WF_FIELD_BREAK) continue;
        if (record_depth(field.type) >= record->depth) record->depth = record_depth(field.type) + 1;
        if (is_second(&names, record, field.name))
            wf_report(&u->diags, WF_ERROR, field.at, NULL, "'%s' has two fields named '%s'", record->name,
                      field.name);
        record->fields[record->field_count++] = field;
        if (layout.size > size_limit) {
            wf_report(&u->diags, WF_ERROR, record->at, NULL, "'%s' is too large", record->name);
            break;
        }
    }
    record->align = record->align_wanted > layout.align ? record->align_wanted : layout.align;
    record->size = round_up(layout.size ? layout.size : 1, record->align);
    record->complete = 1;
}

int wf_record_field(const wf_record *record, const char *name) {
    if (!*name) return -1;
    for (uint32_t i = 0; i < record->field_count; i++)
        if (!strcmp(record->fields[i].name, name)) return (int)i;
    return -1;
}
