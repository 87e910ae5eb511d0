/* mutate.h: what the fuzz targets share: changes to source text that keep its words whole, and a count of
 * runs. */
#ifndef WF_FUZZ_MUTATE_H
#define WF_FUZZ_MUTATE_H
#include <stddef.h>
#include <stdint.h>

/* Changes data in place: words (identifiers, numbers, operators, brackets with what is in them) are
 * exchanged, doubled, left out, nested; now and then libFuzzer's own change of bytes. Returns the new size,
 * at most most. */
size_t fuzz_mutate_words(uint8_t *data, size_t size, size_t most, unsigned seed);
/* Puts pieces of b into a. Returns the size of what is in out. */
size_t fuzz_cross_words(const uint8_t *a, size_t a_size, const uint8_t *b, size_t b_size, uint8_t *out,
                        size_t most, unsigned seed);
/* Adds one to the total of the file that WEFT_FUZZ_TOTAL names; on disk every few thousand runs and at the
 * end. */
void fuzz_count(void);
#endif
