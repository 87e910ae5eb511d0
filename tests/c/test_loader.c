/* test_loader.c: ELF objects into memory: one from the C compiler, ones made here for every relocation of
 * AArch64, and thousands of damaged ones.
 *
 * The AArch64 image cannot run on another machine, so its instructions are decoded by a second, independent
 * reading of the manual: each must reach the address that its symbol has. */
#include "base/memory.h"
#include "check.h"
#include "kernel_file.h"
#include "make_object.h"
#include "runtime/loader.h"
#include <stdint.h>
#include <string.h>

static wf_error err;

/* ---- the C compiler's object ---- */

static void test_real(const unsigned char *object, size_t size) {
    wf_image image;
    CHECK_MESSAGE(!wf_image_load(&image, object, size, WF_MACHINE_HOST, &err), "%s", err.message);
    const wf_image_symbol *k = wf_image_find(&image, "wf_kernel_sum"),
                          *c = wf_image_find(&image, "wf_counter");
    CHECK(k && k->is_function && c && !c->is_function && c->is_writable && c->size == 4);
    CHECK(c && *(int *)(uintptr_t)c->address == 41 && !wf_image_find(&image, "memcpy") &&
          !wf_image_find(&image, "absent"));
    const wf_image_symbol *t = wf_image_find(&image, "wf_tentative"), *e = wf_image_find(&image, "wf_empty");
    CHECK(t && t->address % 64 == 0 && e && e->size == 4000 && *(int *)(uintptr_t)(e->address + 3996) == 0);
    const wf_image_symbol *w = wf_image_find(&image, "wf_words");
    CHECK(w && !strcmp(((const char **)(uintptr_t)w->address)[1], "second"));
    wf_image_free(&image);
    CHECK(wf_image_load(&image, object, size, WF_MACHINE_AARCH64, &err) == WF_INVALID || sizeof(void *) != 8);
}

/* ---- objects made here ---- */

static int64_t sign(uint64_t value, int bits) { return (int64_t)(value << (64 - bits)) >> (64 - bits); }
static uint32_t word_at(uint64_t at) {
    uint32_t w;
    memcpy(&w, (void *)(uintptr_t)at, 4);
    return w;
}
static uint64_t long_at(uint64_t at) {
    uint64_t w;
    memcpy(&w, (void *)(uintptr_t)at, 8);
    return w;
}
static int64_t adr_of(uint32_t w) { return sign((uint64_t)(w >> 5 & 0x7ffff) << 2 | (w >> 29 & 3), 21); }
static uint64_t page_of(uint64_t at, uint32_t w) { return (at & ~0xfffull) + (uint64_t)(adr_of(w) * 4096); }
static uint64_t imm12(uint32_t w) { return w >> 10 & 0xfff; }

static void test_aarch64(void) {
    static object o;
    wf_image image;
    begin(&o, EM_AARCH64);
    add(&o, 0x90000000, R_AARCH64_ADR_PREL_PG_HI21, S_VARIABLE, 8);     /*  0 adrp x0, variable+8 */
    add(&o, 0x91000000, R_AARCH64_ADD_ABS_LO12_NC, S_VARIABLE, 8);      /*  1 add x0, x0, :lo12: */
    add(&o, 0xf9400000, R_AARCH64_LDST64_ABS_LO12_NC, S_VARIABLE, 0);   /*  2 ldr x0, [x0, :lo12:] */
    add(&o, 0xb9400000, R_AARCH64_LDST32_ABS_LO12_NC, S_VARIABLE, 4);   /*  3 ldr w0 */
    add(&o, 0x79400000, R_AARCH64_LDST16_ABS_LO12_NC, S_VARIABLE, 2);   /*  4 ldrh */
    add(&o, 0x39400000, R_AARCH64_LDST8_ABS_LO12_NC, S_VARIABLE, 1);    /*  5 ldrb */
    add(&o, 0x3dc00000, R_AARCH64_LDST128_ABS_LO12_NC, S_VARIABLE, 16); /*  6 ldr q0 */
    add(&o, 0x90000000, R_AARCH64_ADR_GOT_PAGE, S_ZEROS, 0);            /*  7 adrp x0, :got: */
    add(&o, 0xf9400000, R_AARCH64_LD64_GOT_LO12_NC, S_ZEROS, 0);        /*  8 ldr x0, [x0, :got_lo12:] */
    add(&o, 0x94000000, R_AARCH64_CALL26, S_FUNCTION, 0);               /*  9 bl function */
    add(&o, 0x94000000, R_AARCH64_CALL26, S_MEMCPY, 0);                 /* 10 bl memcpy */
    add(&o, 0x14000000, R_AARCH64_JUMP26, S_FUNCTION, 4);               /* 11 b function+4 */
    add(&o, 0x54000001, R_AARCH64_CONDBR19, S_FUNCTION, 0);             /* 12 b.ne function */
    add(&o, 0x36000000, R_AARCH64_TSTBR14, S_FUNCTION, 0);              /* 13 tbz w0, #0, function */
    add(&o, 0x10000000, R_AARCH64_ADR_PREL_LO21, S_FUNCTION, 1);        /* 14 adr x0, function+1 */
    add(&o, 0x58000000, R_AARCH64_LD_PREL_LO19, S_FUNCTION, 0);         /* 15 ldr x0, function */
    add(&o, 0, R_AARCH64_ABS64, S_VARIABLE, 3);                         /* 16 */
    add(&o, 0, 0, 0, 0);
    add(&o, 0, R_AARCH64_PREL64, S_MEMCPY, 0); /* 18 */
    add(&o, 0, 0, 0, 0);
    add(&o, 0, R_AARCH64_PREL32, S_ZEROS, -4); /* 20 */
    finish(&o);
    CHECK_MESSAGE(!wf_image_load(&image, &o, sizeof o, WF_MACHINE_AARCH64, &err), "%s", err.message);
    const wf_image_symbol *f = wf_image_find(&image, "function"), *v = wf_image_find(&image, "variable"),
                          *z = wf_image_find(&image, "zeros");
    if (!f || !v || !z) {
        CHECK(f && v && z);
        return;
    }
    uint64_t text = f->address - 8, variable = v->address;
#define W(n) word_at(text + 4 * (n))
    CHECK(page_of(text, W(0)) + imm12(W(1)) == variable + 8 && (W(0) & 0x9f00001f) == 0x90000000 &&
          (W(1) & 0xffc003ff) == 0x91000000);
    CHECK(((variable + 0) & 0xfff) == imm12(W(2)) * 8 && ((variable + 4) & 0xfff) == imm12(W(3)) * 4);
    CHECK(((variable + 2) & 0xfff) == imm12(W(4)) * 2 && ((variable + 1) & 0xfff) == imm12(W(5)));
    CHECK(((variable + 16) & 0xfff) == imm12(W(6)) * 16);
    CHECK(long_at(page_of(text + 28, W(7)) + imm12(W(8)) * 8) == z->address && z->address % 64 == 0);
    CHECK(text + 36 + (uint64_t)sign(W(9) & 0x3ffffff, 26) * 4 == f->address && W(9) >> 26 == 0x25);
    uint64_t stub = text + 40 + (uint64_t)sign(W(10) & 0x3ffffff, 26) * 4;
    CHECK(word_at(stub) == 0x58000050 && word_at(stub + 4) == 0xd61f0200 &&
          long_at(stub + 8) == (uintptr_t)memcpy);
    CHECK(text + 44 + (uint64_t)sign(W(11) & 0x3ffffff, 26) * 4 == f->address + 4 && W(11) >> 26 == 5);
    CHECK(text + 48 + (uint64_t)sign(W(12) >> 5 & 0x7ffff, 19) * 4 == f->address &&
          (W(12) & 0xff00001f) == 0x54000001);
    CHECK(text + 52 + (uint64_t)sign(W(13) >> 5 & 0x3fff, 14) * 4 == f->address &&
          (W(13) & 0xfff8001f) == 0x36000000);
    CHECK(text + 56 + (uint64_t)adr_of(W(14)) == f->address + 1);
    CHECK(text + 60 + (uint64_t)sign(W(15) >> 5 & 0x7ffff, 19) * 4 == f->address);
    CHECK(long_at(text + 64) == variable + 3 && long_at(text + 72) + text + 72 == (uintptr_t)memcpy);
    CHECK((uint64_t)(int32_t)W(20) + text + 80 == z->address - 4);
    wf_image_free(&image);
}

/* ---- what is refused, with which words ---- */

static void refuse(object *o, const char *words) {
    wf_image image;
    wf_error_clear(&err);
    CHECK(wf_image_load(&image, o, sizeof *o, WF_MACHINE_X86_64, &err) == WF_INVALID);
    CHECK_MESSAGE(strstr(err.message, words), "expected '%s', got '%s'", words, err.message);
}

static void fresh(object *o) {
    begin(o, EM_X86_64);
    add(o, 0, R_X86_64_PC32, S_VARIABLE, -4);
    finish(o);
}

static void test_refusals(void) {
    static object o;
    wf_image image;
    fresh(&o);
    CHECK_MESSAGE(!wf_image_load(&image, &o, sizeof o, WF_MACHINE_X86_64, &err), "%s", err.message);
    wf_image_free(&image);
#define CASE(change, words) (fresh(&o), change, refuse(&o, words))
    CASE(o.symbols[S_MEMCPY].st_name = 26, "a symbol that is not there: puts");
    CASE(o.head.e_machine = EM_AARCH64, "another machine");
    CASE(o.head.e_type = ET_EXEC, "not a relocatable");
    CASE(o.head.e_ident[4] = 1, "not 64-bit ELF");
    CASE(o.head.e_shoff = sizeof o - 10, "section table");
    CASE(o.head.e_shoff = UINT64_MAX - 10, "section table");
    CASE(o.head.e_shstrndx = 99, "section names");
    CASE(o.sections[TEXT].sh_name = 1000, "section name");
    CASE(o.sections[TEXT].sh_offset = sizeof o - 1, "section lies outside");
    CASE(o.sections[TEXT].sh_size = UINT64_MAX - 100, "section lies outside");
    CASE(o.sections[DATA].sh_addralign = 3, "alignment");
    CASE(o.sections[DATA].sh_addralign = 1 << 20, "alignment");
    CASE(o.sections[BSS].sh_size = (uint64_t)1 << 40, "outside");
    CASE((o.sections[BSS].sh_size = (1 << 30) - 10, o.sections[DATA].sh_flags |= 0), "larger than 1 GiB");
    CASE(o.sections[DATA].sh_flags |= SHF_EXECINSTR, "writable code");
    CASE(o.sections[DATA].sh_flags |= SHF_TLS, "thread-local");
    CASE(o.sections[DATA].sh_type = SHT_INIT_ARRAY, "constructors");
    CASE(o.sections[SYMBOLS].sh_link = 77, "symbol table");
    CASE(o.sections[SYMBOLS].sh_type = SHT_PROGBITS, "symbol table");
    CASE(o.sections[NAMES].sh_type = SHT_SYMTAB, "symbol table");
    CASE(o.symbols[S_VARIABLE].st_name = 5000, "symbol's name");
    CASE(o.symbols[S_VARIABLE].st_shndx = 50, "symbol's section");
    CASE(o.symbols[S_VARIABLE].st_value = 200, "symbol lies outside");
    CASE(o.symbols[S_VARIABLE].st_size = 200, "symbol lies outside");
    CASE(o.symbols[S_VARIABLE].st_info = STT_TLS, "of a kind");
    CASE(o.symbols[S_VARIABLE].st_info = STT_GNU_IFUNC, "of a kind");
    CASE(o.rela[0].r_offset = sizeof o.text - 3, "relocation lies outside");
    CASE(o.rela[0].r_offset = UINT64_MAX - 1, "relocation lies outside");
    CASE(o.rela[0].r_info = ELF64_R_INFO(99ull, R_X86_64_PC32), "relocation's symbol");
    CASE(o.rela[0].r_info = ELF64_R_INFO((uint64_t)S_VARIABLE, 77), "type 77");
    CASE(o.rela[0].r_info = ELF64_R_INFO((uint64_t)S_VARIABLE, R_X86_64_32S),
         "not position-independent: a reference to variable");
    CASE(o.rela[0].r_addend = (int64_t)1 << 40, "does not reach");
    CASE(o.sections[RELA].sh_entsize = 23, "relocation table");
    CASE(o.sections[RELA].sh_type = SHT_REL, "relocation table");
    CASE(o.sections[RELA].sh_info = BSS, "relocation table");
    CHECK(wf_image_load(&image, &o, 10, WF_MACHINE_X86_64, &err) == WF_INVALID);
    CHECK(wf_image_load(&image, NULL, 0, WF_MACHINE_X86_64, &err) == WF_INVALID);
}

/* Every allocation fails once. */
static void test_no_memory(const unsigned char *object, size_t size) {
    wf_image image;
    int failed = 0;
    for (size_t n = 1; n < 10; n++) {
        wf_memory_fail_at(n, 0);
        wf_status status = wf_image_load(&image, object, size, WF_MACHINE_HOST, &err);
        wf_memory_fail_at(0, 0);
        CHECK(!status || status == WF_NOMEM);
        failed += status == WF_NOMEM;
        if (!status) wf_image_free(&image);
    }
    CHECK(failed == 4);
}

/* Damage of every kind: a result or an error, never a crash (the sanitizers watch). */
static void test_damage(const unsigned char *object, size_t size, enum wf_machine machine) {
    unsigned char *copy = malloc(size);
    uint32_t state = 12345;
    int loaded = 0, refused = 0;
    for (int round = 0; round < 4000; round++) {
        memcpy(copy, object, size);
        size_t length = size;
        for (int changes = 1 + round % 4; changes; changes--) {
            state = state * 1664525 + 1013904223;
            size_t at = (state >> 8) % size;
            if (round % 5 == 4)
                at = at % 64 < 32 ? at % 64 : size - 1 - at % 800; /* the header and the section table */
            state = state * 1664525 + 1013904223;
            copy[at] = round % 3 ? (unsigned char)(state >> 16)
                                 : (unsigned char)(copy[at] ^ 1u << (state >> 20 & 7));
        }
        if (round % 50 == 0) length = state % size;
        wf_image image;
        if (wf_image_load(&image, copy, length, machine, &err)) {
            refused++;
        } else {
            loaded++;
            wf_image_free(&image);
        }
    }
    free(copy);
    CHECK_MESSAGE(loaded && refused, "%d loaded, %d refused", loaded, refused);
}

/* test_loader FILE MACHINE [ANSWER...]: used by llvm_objects.py. */
static int load_file(int count, char **words) {
    size_t size = 0;
    unsigned char *bytes = read_file(words[1], &size);
    wf_image image;
    if (!bytes) return 1;
    CHECK_MESSAGE(!wf_image_load(&image, bytes, size, atoi(words[2]), &err), "%s: %s", words[1], err.message);
    const wf_image_symbol *answer = check_failures ? NULL : wf_image_find(&image, "answer");
    CHECK(answer && answer->is_function);
    for (int i = 3; answer && i < count; i++) {
        int got = ((int (*)(int))(uintptr_t)answer->address)(i - 3);
        CHECK_MESSAGE(got == atoi(words[i]), "%s: answer(%d) is %d, not %s", words[1], i - 3, got, words[i]);
    }
    if (answer) wf_image_free(&image);
    free(bytes);
    return check_report("test_loader");
}

int main(int count, char **words) {
    if (count > 2) return load_file(count, words);
    size_t size = 0;
    unsigned char *object_ = read_file(TEST_KERNELS, &size);
    CHECK(object_ != NULL);
    if (!object_) return check_report("test_loader");
    test_real(object_, size);
    test_aarch64();
    test_refusals();
    test_no_memory(object_, size);
    test_damage(object_, size, WF_MACHINE_HOST);
    static object o;
    begin(&o, EM_AARCH64);
    for (int i = 0; i < 20; i++) add(&o, 0x94000000, R_AARCH64_CALL26, 1 + i % 3, 0);
    finish(&o);
    test_damage((unsigned char *)&o, sizeof o, WF_MACHINE_AARCH64);
    free(object_);
    return check_report("test_loader");
}
