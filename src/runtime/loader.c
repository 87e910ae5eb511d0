/* runtime/loader.c: see loader.h. In order: sections, symbols, relocations, protection.
 *
 * The image is one mapping of three parts: code (with small stubs that jump to memcpy and its kin, which may
 * lie more than 2 GiB away), constants with the global offset table, variables. What a section or symbol says
 * about the file is believed only after it is compared with the file's size; what a relocation writes, only
 * inside its section. */
#include "runtime/loader.h"
#include "base/memory.h"
#include "base/system.h"
#include <stdlib.h>
#include <string.h>

/* ---- the format, as far as it is needed (System V ABI; psABIs of x86-64 and AArch64) ---- */

typedef struct header {
    unsigned char ident[16];
    uint16_t type, machine;
    uint32_t version;
    uint64_t entry, phoff, shoff;
    uint32_t flags;
    uint16_t ehsize, phentsize, phnum, shentsize, shnum, shstrndx;
} header;
typedef struct section_header {
    uint32_t name, type;
    uint64_t flags, addr, offset, size;
    uint32_t link, info;
    uint64_t align, entsize;
} section_header;
typedef struct symbol_record {
    uint32_t name;
    unsigned char info, other;
    uint16_t section;
    uint64_t value, size;
} symbol_record;
typedef struct relocation {
    uint64_t offset;
    uint32_t type, symbol;
    int64_t addend;
} relocation;
_Static_assert(sizeof(header) == 64 && sizeof(section_header) == 64 && sizeof(symbol_record) == 24 &&
                   sizeof(relocation) == 24,
               "as in the file");

enum { ET_REL = 1 };
enum {
    SHT_SYMTAB = 2,
    SHT_STRTAB = 3,
    SHT_RELA = 4,
    SHT_NOTE = 7,
    SHT_NOBITS = 8,
    SHT_REL = 9,
    SHT_INIT_ARRAY = 14,
    SHT_FINI_ARRAY = 15,
    SHT_PREINIT_ARRAY = 16
};
enum { SHF_WRITE = 1, SHF_ALLOC = 2, SHF_EXECINSTR = 4, SHF_TLS = 0x400 };
enum { SHN_UNDEF = 0, SHN_ABS = 0xfff1, SHN_COMMON = 0xfff2 };
enum { STT_OBJECT = 1, STT_FUNC = 2, STT_SECTION = 3, STT_FILE = 4, STT_TLS = 6, STT_GNU_IFUNC = 10 };

enum { PART_CODE, PART_CONSTANTS, PART_VARIABLES, PARTS, NOT_PLACED };
enum { MOST_BYTES = 1 << 30, MOST_ALIGN = 1 << 16, STUB_BYTES = 16, EXTERNALS = 3 };

static const char *const external_names[EXTERNALS] = {"memcpy", "memset", "memmove"};
#ifdef _WIN32 /* the library's own are called as Windows calls */
static void *WF_CPU_CALL copy_bytes(void *to, const void *from, size_t n) { return memcpy(to, from, n); }
static void *WF_CPU_CALL set_bytes(void *to, int byte, size_t n) { return memset(to, byte, n); }
static void *WF_CPU_CALL move_bytes(void *to, const void *from, size_t n) { return memmove(to, from, n); }
#else
#define copy_bytes memcpy
#define set_bytes memset
#define move_bytes memmove
#endif
static uint64_t external_address(int which) {
    return which == 0 ? (uintptr_t)copy_bytes : which == 1 ? (uintptr_t)set_bytes : (uintptr_t)move_bytes;
}

typedef struct section {
    section_header head;
    int part;
    uint64_t offset; /* in the part, then in the image */
} section;

typedef struct symbol {
    uint64_t address, size;
    const char *name;
    uint32_t got;    /* slot + 1; 0: none yet */
    int8_t external; /* 1 + index, 0: defined here */
    uint8_t type;
    uint8_t usable; /* 0: in a section that was not placed, or a file name */
    uint8_t part;
} symbol;

typedef struct loading {
    const unsigned char *file;
    uint64_t size;
    header head;
    section *sections;
    symbol *symbols;
    uint32_t symbol_count;
    uint64_t part_bytes[PARTS], part_offset[PARTS];
    uint64_t stubs, got; /* offsets in the image */
    uint32_t got_used, got_most;
    uint64_t common_bytes;
    wf_image *image;
    wf_error *err;
} loading;

static wf_status damaged(loading *l, const char *what) {
    return wf_fail(l->err, WF_INVALID, "object file is damaged: %s", what);
}
static wf_status no_memory(loading *l) { return wf_fail(l->err, WF_NOMEM, "out of memory for machine code"); }

static int in_file(const loading *l, uint64_t offset, uint64_t size) {
    return offset <= l->size && size <= l->size - offset;
}

/* The NUL-terminated text at `offset` of a string section, or NULL. */
static const char *text_at(const loading *l, const section_header *strings, uint64_t offset) {
    if (strings->type != SHT_STRTAB || !in_file(l, strings->offset, strings->size) || offset >= strings->size)
        return NULL;
    const char *at = (const char *)l->file + strings->offset + offset;
    return memchr(at, 0, strings->size - offset) ? at : NULL;
}

/* ---- sections ---- */

static wf_status read_header(loading *l, enum wf_machine machine) {
    static const unsigned char magic[7] = {0x7f, 'E', 'L', 'F',
                                           2,    1,   1}; /* 64-bit, little-endian, version 1 */
    if (l->size < sizeof l->head) return damaged(l, "it is too short");
    memcpy(&l->head, l->file, sizeof l->head);
    if (memcmp(l->head.ident, magic, sizeof magic)) return damaged(l, "it is not 64-bit ELF");
    if (l->head.type != ET_REL) return damaged(l, "it is not a relocatable object");
    if (l->head.machine != (uint16_t)machine)
        return wf_fail(l->err, WF_INVALID, "object file is for another machine (%u, not %u)", l->head.machine,
                       (unsigned)machine);
    if (l->head.shentsize != sizeof(section_header) || !l->head.shnum ||
        !in_file(l, l->head.shoff, (uint64_t)l->head.shnum * sizeof(section_header)))
        return damaged(l, "the section table lies outside it");
    return WF_OK;
}

static int part_of(const section_header *h, const char *name) {
    if (!(h->flags & SHF_ALLOC) || h->type == SHT_NOTE || !strncmp(name, ".eh_frame", 9)) return NOT_PLACED;
    return h->flags & SHF_EXECINSTR ? PART_CODE : h->flags & SHF_WRITE ? PART_VARIABLES : PART_CONSTANTS;
}

static wf_status place(loading *l, section *s, const char *name) {
    const section_header *h = &s->head;
    s->part = part_of(h, name);
    if (s->part == NOT_PLACED) return WF_OK;
    if (h->flags & SHF_TLS)
        return wf_fail(l->err, WF_INVALID, "object file has thread-local variables (%s)", name);
    if (h->type == SHT_INIT_ARRAY || h->type == SHT_FINI_ARRAY || h->type == SHT_PREINIT_ARRAY)
        return wf_fail(l->err, WF_INVALID, "object file has constructors or destructors (%s)", name);
    if ((h->flags & SHF_WRITE) && (h->flags & SHF_EXECINSTR)) return damaged(l, "a section is writable code");
    uint64_t align = h->align ? h->align : 1, *end = &l->part_bytes[s->part];
    if ((align & (align - 1)) || align > MOST_ALIGN) return damaged(l, "a section's alignment");
    if (h->size > MOST_BYTES || (h->type != SHT_NOBITS && !in_file(l, h->offset, h->size)))
        return damaged(l, "a section lies outside it");
    s->offset = (*end + align - 1) & ~(align - 1);
    *end = s->offset + h->size;
    return *end > MOST_BYTES ? wf_fail(l->err, WF_INVALID, "object file is larger than 1 GiB") : WF_OK;
}

static wf_status read_sections(loading *l) {
    uint32_t count = l->head.shnum;
    if (!(l->sections = wf_calloc(count, sizeof *l->sections))) return no_memory(l);
    for (uint32_t i = 0; i < count; i++) {
        memcpy(&l->sections[i].head, l->file + l->head.shoff + i * sizeof(section_header),
               sizeof(section_header));
        l->sections[i].part = NOT_PLACED;
    }
    if (l->head.shstrndx >= count) return damaged(l, "the section names");
    wf_status status = WF_OK;
    for (uint32_t i = 1; i < count && !status; i++) {
        const char *name = text_at(l, &l->sections[l->head.shstrndx].head, l->sections[i].head.name);
        status = name ? place(l, &l->sections[i], name) : damaged(l, "a section name");
    }
    return status;
}

/* ---- symbols ---- */

static const section *symbol_table(loading *l) {
    const section *found = NULL;
    for (uint32_t i = 1; i < l->head.shnum; i++) {
        if (l->sections[i].head.type != SHT_SYMTAB) continue;
        if (found) return NULL;
        found = &l->sections[i];
    }
    return found;
}

static wf_status undefined(loading *l, symbol *s) {
    for (int i = 0; i < EXTERNALS; i++)
        if (!strcmp(s->name, external_names[i])) {
            s->external = (int8_t)(i + 1);
            s->address = external_address(i);
            s->usable = 1;
            return WF_OK;
        }
    /* GCC names the table when it means it; relocations that use it do not go through the symbol's value. */
    if (!*s->name || !strcmp(s->name, "_GLOBAL_OFFSET_TABLE_")) return WF_OK;
    return wf_fail(l->err, WF_INVALID, "object file needs a symbol that is not there: %.200s", s->name);
}

static wf_status common(loading *l, symbol *s, uint64_t align, uint64_t size) {
    if (!align || (align & (align - 1)) || align > MOST_ALIGN || size > MOST_BYTES)
        return damaged(l, "a common symbol");
    uint64_t *end = &l->part_bytes[PART_VARIABLES];
    s->address = (*end + align - 1) & ~(align - 1); /* in the part, for now */
    *end = s->address + size;
    s->part = PART_VARIABLES;
    s->usable = 2; /* still to be moved to where the part begins */
    return *end > MOST_BYTES ? damaged(l, "a common symbol") : WF_OK;
}

static wf_status read_symbol(loading *l, symbol *s, const symbol_record *r, const section_header *names) {
    s->name = text_at(l, names, r->name);
    s->type = r->info & 15;
    s->size = r->size;
    if (!s->name) return damaged(l, "a symbol's name");
    if (s->type == STT_TLS || s->type == STT_GNU_IFUNC)
        return wf_fail(l->err, WF_INVALID, "object file has a symbol of a kind that is not loaded: %.200s",
                       s->name);
    if (s->type == STT_FILE) return WF_OK;
    if (r->section == SHN_UNDEF) return undefined(l, s);
    if (r->section == SHN_COMMON) return common(l, s, r->value, r->size);
    if (r->section == SHN_ABS) {
        s->address = r->value;
        s->part = NOT_PLACED;
        s->usable = 1;
        return WF_OK;
    }
    if (r->section >= l->head.shnum) return damaged(l, "a symbol's section");
    const section *home = &l->sections[r->section];
    if (home->part == NOT_PLACED) return WF_OK;
    if (r->value > home->head.size || r->size > home->head.size - r->value)
        return damaged(l, "a symbol lies outside its section");
    s->address = home->offset + r->value;
    s->part = (uint8_t)home->part;
    s->usable = 2;
    return WF_OK;
}

static wf_status read_symbols(loading *l) {
    const section *table = symbol_table(l);
    if (!table) return damaged(l, "it has no symbol table, or several");
    const section_header *h = &table->head;
    if (h->entsize != sizeof(symbol_record) || !in_file(l, h->offset, h->size) || h->link >= l->head.shnum)
        return damaged(l, "the symbol table");
    l->symbol_count = (uint32_t)(h->size / sizeof(symbol_record));
    if (!(l->symbols = wf_calloc(l->symbol_count, sizeof *l->symbols))) return no_memory(l);
    wf_status status = WF_OK;
    for (uint32_t i = 1; i < l->symbol_count && !status; i++) {
        symbol_record record;
        memcpy(&record, l->file + h->offset + i * sizeof record, sizeof record);
        status = read_symbol(l, &l->symbols[i], &record, &l->sections[h->link].head);
    }
    return status;
}

/* ---- the mapping ---- */

static int applies(const loading *l, const section *s) {
    return (s->head.type == SHT_RELA || s->head.type == SHT_REL) && s->head.info < l->head.shnum &&
           l->sections[s->head.info].part != NOT_PLACED;
}

static wf_status map_image(loading *l) {
    uint64_t page = wf_page_size(), relocations = 0;
    if (page < MOST_ALIGN) page = MOST_ALIGN; /* so that sections keep their alignment in memory */
    for (uint32_t i = 1; i < l->head.shnum; i++)
        if (applies(l, &l->sections[i])) relocations += l->sections[i].head.size / sizeof(relocation);
    /* Every relocation could need a slot; symbols that have one share it. */
    l->got_most = (uint32_t)(relocations < l->symbol_count ? relocations : l->symbol_count);
    l->stubs = (l->part_bytes[PART_CODE] + 15) & ~(uint64_t)15;
    l->part_bytes[PART_CODE] = l->stubs + EXTERNALS * STUB_BYTES;
    l->got = (l->part_bytes[PART_CONSTANTS] + 7) & ~(uint64_t)7;
    l->part_bytes[PART_CONSTANTS] = l->got + 8ull * l->got_most;
    uint64_t total = 0, slack = 0;
    for (int part = 0; part < PARTS; part++) {
        l->part_offset[part] = total;
        total += (l->part_bytes[part] + page - 1) / page * page;
    }
    slack = page; /* the mapping itself is only page aligned */
    if (total > MOST_BYTES) return wf_fail(l->err, WF_INVALID, "object file is larger than 1 GiB");
    l->image->bytes = total + slack;
    if (!(l->image->memory = wf_pages_map(l->image->bytes))) return no_memory(l);
    uint64_t shift = -(uintptr_t)l->image->memory & (page - 1);
    for (int part = 0; part < PARTS; part++) l->part_offset[part] += shift;
    l->got += l->part_offset[PART_CONSTANTS];
    l->stubs += l->part_offset[PART_CODE];
    return WF_OK;
}

static void write_stubs(loading *l) {
    for (int i = 0; i < EXTERNALS; i++) {
        char *at = l->image->memory + l->stubs + i * STUB_BYTES;
        uint64_t target = external_address(i);
        if (l->head.machine == WF_MACHINE_X86_64) {
            static const unsigned char jump[6] = {0xff, 0x25, 0, 0, 0, 0}; /* jmp *0(%rip) */
            memcpy(at, jump, 6);
            memcpy(at + 6, &target, 8);
        } else {
            static const uint32_t jump[2] = {0x58000050, 0xd61f0200}; /* ldr x16, #8; br x16 */
            memcpy(at, jump, 8);
            memcpy(at + 8, &target, 8);
        }
    }
}

static void fill_image(loading *l) {
    for (uint32_t i = 1; i < l->head.shnum; i++) {
        section *s = &l->sections[i];
        if (s->part == NOT_PLACED) continue;
        s->offset += l->part_offset[s->part];
        if (s->head.type != SHT_NOBITS && s->head.size)
            memcpy(l->image->memory + s->offset, l->file + s->head.offset, s->head.size);
    }
    for (uint32_t i = 1; i < l->symbol_count; i++) {
        symbol *s = &l->symbols[i];
        if (s->usable == 2) s->address += (uintptr_t)l->image->memory + l->part_offset[s->part];
    }
    write_stubs(l);
}

/* ---- relocations ---- */

typedef struct site { /* one relocation, resolved */
    char *at;         /* where it writes */
    uint64_t place;   /* its address */
    uint64_t value;   /* S + A */
    int64_t addend;
    symbol *symbol;
} site;

static uint64_t got_slot(loading *l, symbol *s) {
    if (!s->got) {
        memcpy(l->image->memory + l->got + 8ull * l->got_used, &s->address, 8);
        s->got = ++l->got_used;
    }
    return (uintptr_t)l->image->memory + l->got + 8ull * (s->got - 1);
}

/* A call's target: a stub when the function may be too far away. */
static uint64_t call_target(const loading *l, const symbol *s) {
    if (!s->external) return s->address;
    return (uintptr_t)l->image->memory + l->stubs + (uint64_t)(s->external - 1) * STUB_BYTES;
}

static wf_status put32(loading *l, const site *r, int64_t value, int is_signed) {
    if (is_signed ? value != (int32_t)value : (uint64_t)value != (uint32_t)value)
        return wf_fail(l->err, WF_INVALID,
                       "object file is not position-independent: a reference to %.200s does not reach",
                       r->symbol->name);
    uint32_t bits = (uint32_t)value;
    memcpy(r->at, &bits, 4);
    return WF_OK;
}

static wf_status put64(const site *r, uint64_t value) {
    memcpy(r->at, &value, 8);
    return WF_OK;
}

static wf_status unknown(loading *l, uint32_t type) {
    return wf_fail(l->err, WF_INVALID,
                   "object file has a relocation of type %u, which is not one of those we make", type);
}

/* How many bytes a relocation touches; 0: unknown type. */
static unsigned x86_width(uint32_t type) {
    switch (type) {
    case 1:
    case 24:
    case 25: return 8;
    case 2:
    case 4:
    case 9:
    case 10:
    case 11:
    case 26:
    case 41:
    case 42: return 4;
    default: return 0;
    }
}

static wf_status relocate_x86(loading *l, uint32_t type, const site *r) {
    uint64_t call = call_target(l, r->symbol) + (uint64_t)r->addend,
             got = (uintptr_t)l->image->memory + l->got;
    switch (type) {
    case 1: return put64(r, r->value); /* R_X86_64_64 */
    case 2:
    case 4: return put32(l, r, (int64_t)(call - r->place), 1); /* PC32, PLT32 */
    case 9:
    case 41:
    case 42: /* GOTPCREL, GOTPCRELX, REX_GOTPCRELX */
        return put32(l, r, (int64_t)(got_slot(l, r->symbol) + (uint64_t)r->addend - r->place), 1);
    case 10: return put32(l, r, (int64_t)r->value, 0);                               /* 32 */
    case 11: return put32(l, r, (int64_t)r->value, 1);                               /* 32S */
    case 24: return put64(r, r->value - r->place);                                   /* PC64 */
    case 25: return put64(r, r->value - got);                                        /* GOTOFF64 */
    case 26: return put32(l, r, (int64_t)(got + (uint64_t)r->addend - r->place), 1); /* GOTPC32 */
    default: return unknown(l, type);
    }
}

static unsigned arm_width(uint32_t type) {
    switch (type) {
    case 257:
    case 260: return 8;
    case 258:
    case 261:
    case 273:
    case 274:
    case 275:
    case 276:
    case 277:
    case 278:
    case 279:
    case 280:
    case 282:
    case 283:
    case 284:
    case 285:
    case 286:
    case 299:
    case 311:
    case 312: return 4;
    default: return 0;
    }
}

/* Puts `bits` into the `width`-bit field that begins at bit `low` of the instruction. */
static wf_status field(const site *r, uint64_t bits, unsigned low, unsigned width) {
    uint32_t word, mask = (uint32_t)((1ull << width) - 1) << low;
    memcpy(&word, r->at, 4);
    word = (word & ~mask) | ((uint32_t)bits << low & mask);
    memcpy(r->at, &word, 4);
    return WF_OK;
}

static wf_status branch(loading *l, const site *r, uint64_t target, unsigned low, unsigned width) {
    int64_t words = (int64_t)(target - r->place) / 4, reach = (int64_t)1 << (width - 1);
    if ((target - r->place) & 3) return damaged(l, "a branch to half an instruction");
    if (words < -reach || words >= reach)
        return wf_fail(l->err, WF_INVALID, "object file: a branch to %.200s does not reach", r->symbol->name);
    return field(r, (uint64_t)words, low, width);
}

static wf_status address_high(loading *l, const site *r,
                              int64_t value) { /* ADR and ADRP: 2 low bits at 29, 19 at 5 */
    if (value < -(1 << 20) || value >= 1 << 20)
        return wf_fail(l->err, WF_INVALID, "object file: a reference to %.200s does not reach",
                       r->symbol->name);
    field(r, (uint64_t)value & 3, 29, 2);
    return field(r, (uint64_t)value >> 2, 5, 19);
}

static int64_t pages(uint64_t to, uint64_t from) {
    return (int64_t)((to & ~0xfffull) - (from & ~0xfffull)) >> 12;
}

/* The low 12 bits of an address, as a load or store of 2^shift bytes counts them. */
static wf_status low_bits(loading *l, const site *r, uint64_t value, unsigned shift) {
    if (value & ((1u << shift) - 1)) return damaged(l, "a reference to an unaligned variable");
    return field(r, (value & 0xfff) >> shift, 10, 12);
}

static wf_status relocate_arm(loading *l, uint32_t type, const site *r) {
    uint64_t call = call_target(l, r->symbol) + (uint64_t)r->addend;
    switch (type) {
    case 257: return put64(r, r->value);                                 /* ABS64 */
    case 258: return put32(l, r, (int64_t)r->value, 0);                  /* ABS32 */
    case 260: return put64(r, r->value - r->place);                      /* PREL64 */
    case 261: return put32(l, r, (int64_t)(r->value - r->place), 1);     /* PREL32 */
    case 273: return branch(l, r, r->value, 5, 19);                      /* LD_PREL_LO19 */
    case 274: return address_high(l, r, (int64_t)(r->value - r->place)); /* ADR_PREL_LO21 */
    case 275:
    case 276: return address_high(l, r, pages(r->value, r->place)); /* ADR_PREL_PG_HI21(_NC) */
    case 277:
    case 278: return low_bits(l, r, r->value, 0); /* ADD_, LDST8_ABS_LO12_NC */
    case 279: return branch(l, r, call, 5, 14);   /* TSTBR14 */
    case 280: return branch(l, r, call, 5, 19);   /* CONDBR19 */
    case 282:
    case 283: return branch(l, r, call, 0, 26);   /* JUMP26, CALL26 */
    case 284: return low_bits(l, r, r->value, 1); /* LDST16_ABS_LO12_NC … */
    case 285: return low_bits(l, r, r->value, 2);
    case 286: return low_bits(l, r, r->value, 3);
    case 299: return low_bits(l, r, r->value, 4);
    case 311: return address_high(l, r, pages(got_slot(l, r->symbol), r->place)); /* ADR_GOT_PAGE */
    case 312: return low_bits(l, r, got_slot(l, r->symbol), 3);                   /* LD64_GOT_LO12_NC */
    default: return unknown(l, type);
    }
}

static wf_status relocate_one(loading *l, const section *target, const relocation *r) {
    int is_x86 = l->head.machine == WF_MACHINE_X86_64;
    if (!r->type) return WF_OK; /* NONE */
    unsigned width = is_x86 ? x86_width(r->type) : arm_width(r->type);
    if (!width) return unknown(l, r->type);
    if (target->head.size < width || r->offset > target->head.size - width)
        return damaged(l, "a relocation lies outside its section");
    if (r->symbol >= l->symbol_count) return damaged(l, "a relocation's symbol");
    symbol *s = &l->symbols[r->symbol];
    int table_itself = is_x86 && r->type == 26; /* GOTPC32 does not use its symbol */
    if (!s->usable && !table_itself)
        return wf_fail(l->err, WF_INVALID, "object file refers to a symbol that was not loaded: %.200s",
                       s->name ? s->name : "");
    site where = {l->image->memory + target->offset + r->offset, 0, s->address + (uint64_t)r->addend,
                  r->addend, s};
    where.place = (uintptr_t)where.at;
    return is_x86 ? relocate_x86(l, r->type, &where) : relocate_arm(l, r->type, &where);
}

static wf_status relocate_section(loading *l, const section *s) {
    const section_header *h = &s->head;
    if (h->type == SHT_REL || h->entsize != sizeof(relocation) || !in_file(l, h->offset, h->size) ||
        l->sections[s->head.info].head.type == SHT_NOBITS)
        return damaged(l, "a relocation table");
    wf_status status = WF_OK;
    for (uint64_t at = 0; at + sizeof(relocation) <= h->size && !status; at += sizeof(relocation)) {
        relocation r;
        memcpy(&r, l->file + h->offset + at, sizeof r);
        status = relocate_one(l, &l->sections[h->info], &r);
    }
    return status;
}

static wf_status relocate(loading *l) {
    wf_status status = WF_OK;
    for (uint32_t i = 1; i < l->head.shnum && !status; i++)
        if (applies(l, &l->sections[i])) status = relocate_section(l, &l->sections[i]);
    return status;
}

/* ---- what the image offers ---- */

static int by_name(const void *a, const void *b) {
    return strcmp(((const wf_image_symbol *)a)->name, ((const wf_image_symbol *)b)->name);
}

static int is_offered(const symbol *s) {
    return s->usable && !s->external && s->name && *s->name && s->type != STT_SECTION &&
           s->part != NOT_PLACED;
}

static wf_status offer_symbols(loading *l) {
    wf_image *image = l->image;
    size_t count = 0, text = 0;
    for (uint32_t i = 1; i < l->symbol_count; i++)
        if (is_offered(&l->symbols[i])) {
            count++;
            text += strlen(l->symbols[i].name) + 1;
        }
    /* Names may share bytes in a hostile file: their sum has no bound by the file's size. */
    if (text > MOST_BYTES) return damaged(l, "the names of its symbols");
    image->symbols = wf_calloc(count, sizeof *image->symbols);
    image->names = wf_malloc(text);
    if (!image->symbols || !image->names) return no_memory(l);
    char *name = image->names;
    for (uint32_t i = 1; i < l->symbol_count; i++) {
        const symbol *s = &l->symbols[i];
        if (!is_offered(s)) continue;
        size_t length = strlen(s->name) + 1;
        memcpy(name, s->name, length);
        image->symbols[image->symbol_count++] =
            (wf_image_symbol){name, s->address, s->size, s->part == PART_CODE, s->part == PART_VARIABLES};
        name += length;
    }
    qsort(image->symbols, image->symbol_count, sizeof *image->symbols, by_name);
    return WF_OK;
}

static wf_status protect(loading *l) {
    char *code = l->image->memory + l->part_offset[PART_CODE],
         *constants = l->image->memory + l->part_offset[PART_CONSTANTS];
    wf_code_flush(code, l->part_bytes[PART_CODE]);
    if (wf_pages_protect(code, l->part_bytes[PART_CODE], WF_PAGES_READ_EXECUTE) &&
        wf_pages_protect(constants, l->part_bytes[PART_CONSTANTS], WF_PAGES_READ))
        return WF_OK;
    return wf_fail(l->err, WF_UNSUPPORTED,
                   "the system does not let this process make memory executable, and what weft compiles for "
                   "the CPU needs it; weft doctor says what to do");
}

static enum wf_machine host_machine(void) {
#if defined(__aarch64__)
    return WF_MACHINE_AARCH64;
#else
    return WF_MACHINE_X86_64;
#endif
}

wf_status wf_image_load(wf_image *image, const void *bytes, size_t size, enum wf_machine machine,
                        wf_error *err) {
    loading l = {.file = bytes, .size = size, .image = image, .err = err};
    memset(image, 0, sizeof *image);
    wf_status status = read_header(&l, machine == WF_MACHINE_HOST ? host_machine() : machine);
    if (!status) status = read_sections(&l);
    if (!status) status = read_symbols(&l);
    if (!status) status = map_image(&l);
    if (!status) {
        fill_image(&l);
        status = relocate(&l);
    }
    if (!status) status = offer_symbols(&l);
    if (!status) status = protect(&l);
    wf_free(l.sections);
    wf_free(l.symbols);
    if (status) wf_image_free(image);
    return status;
}

void wf_image_free(wf_image *image) {
    wf_pages_unmap(image->memory, image->bytes);
    wf_free(image->symbols);
    wf_free(image->names);
    memset(image, 0, sizeof *image);
}

const wf_image_symbol *wf_image_find(const wf_image *image, const char *name) {
    wf_image_symbol key = {.name = name};
    return image->symbol_count ? bsearch(&key, image->symbols, image->symbol_count, sizeof key, by_name)
                               : NULL;
}
