/* make_object.h: a small relocatable object, section by section, for the loader's test and its fuzz target:
 * code, data, zeros, four symbols (one of them memcpy), as many relocations as are added. */
#ifndef WF_TESTS_MAKE_OBJECT_H
#define WF_TESTS_MAKE_OBJECT_H
#include <elf.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { TEXT = 1, DATA, BSS, RELA, SYMBOLS, NAMES, SECTION_NAMES, SECTIONS };
static const char section_names[] = "\0.text\0.data\0.bss\0.rela.text\0.symtab\0.strtab\0.shstrtab";
static const char names[] = "\0function\0variable\0memcpy\0puts\0zeros";
enum { S_FUNCTION = 1, S_VARIABLE, S_MEMCPY, S_ZEROS, S_COUNT };

typedef struct object {
    Elf64_Ehdr head;
    uint32_t text[64];
    uint64_t data[16];
    Elf64_Rela rela[64];
    Elf64_Sym symbols[S_COUNT];
    char names[sizeof names], section_names[sizeof section_names];
    Elf64_Shdr sections[SECTIONS];
    uint32_t words, relocations;
} object;

static inline void section(object *o, int at, uint32_t name, uint32_t type, uint64_t flags,
                           const void *content, uint64_t size, uint64_t align) {
    o->sections[at] = (Elf64_Shdr){
        .sh_name = name, .sh_type = type, .sh_flags = flags, .sh_size = size, .sh_addralign = align};
    o->sections[at].sh_offset = (uint64_t)((const char *)content - (const char *)o);
}

static inline void begin(object *o, int machine) {
    memset(o, 0, sizeof *o);
    memcpy(o->head.e_ident, "\177ELF\2\1\1", 7);
    o->head.e_type = ET_REL;
    o->head.e_machine = (uint16_t)machine;
    o->head.e_shentsize = sizeof(Elf64_Shdr);
    o->head.e_shnum = SECTIONS;
    o->head.e_shstrndx = SECTION_NAMES;
    o->head.e_shoff = offsetof(object, sections);
    memcpy(o->names, names, sizeof names);
    memcpy(o->section_names, section_names, sizeof section_names);
    o->symbols[S_FUNCTION] = (Elf64_Sym){
        .st_name = 1, .st_info = STB_GLOBAL << 4 | STT_FUNC, .st_shndx = TEXT, .st_value = 8, .st_size = 4};
    o->symbols[S_VARIABLE] = (Elf64_Sym){.st_name = 10,
                                         .st_info = STB_GLOBAL << 4 | STT_OBJECT,
                                         .st_shndx = DATA,
                                         .st_value = 16,
                                         .st_size = 8};
    o->symbols[S_MEMCPY] = (Elf64_Sym){.st_name = 19, .st_info = STB_GLOBAL << 4};
    o->symbols[S_ZEROS] = (Elf64_Sym){.st_name = 31,
                                      .st_info = STB_GLOBAL << 4 | STT_OBJECT,
                                      .st_shndx = BSS,
                                      .st_value = 0,
                                      .st_size = 128};
}

static inline void add(object *o, uint32_t word, uint32_t type, int symbol, int64_t addend) {
    if (type)
        o->rela[o->relocations++] = (Elf64_Rela){o->words * 4, ELF64_R_INFO((uint64_t)symbol, type), addend};
    o->text[o->words++] = word;
}

static inline void finish(object *o) {
    section(o, TEXT, 1, SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, o->text, sizeof o->text, 16);
    section(o, DATA, 7, SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, o->data, sizeof o->data, 16);
    section(o, BSS, 13, SHT_NOBITS, SHF_ALLOC | SHF_WRITE, o->data, 128, 64);
    section(o, RELA, 18, SHT_RELA, SHF_INFO_LINK, o->rela, o->relocations * sizeof(Elf64_Rela), 8);
    section(o, SYMBOLS, 29, SHT_SYMTAB, 0, o->symbols, sizeof o->symbols, 8);
    section(o, NAMES, 37, SHT_STRTAB, 0, o->names, sizeof o->names, 1);
    section(o, SECTION_NAMES, 45, SHT_STRTAB, 0, o->section_names, sizeof o->section_names, 1);
    o->sections[RELA].sh_info = TEXT;
    o->sections[RELA].sh_link = SYMBOLS;
    o->sections[RELA].sh_entsize = sizeof(Elf64_Rela);
    o->sections[SYMBOLS].sh_link = NAMES;
    o->sections[SYMBOLS].sh_entsize = sizeof(Elf64_Sym);
    o->sections[SYMBOLS].sh_info = 1;
}
#endif
