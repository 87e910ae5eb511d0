/* bulk/keys.c: elements of each dtype as unsigned keys, and back. */
#include "bulk/keys.h"

#define SIGN(U) ((U)1 << (sizeof(U) * 8 - 1))
#define FLOAT_KEY(U, x, infinity)                                                                            \
    ((U)((x) & ~SIGN(U)) > (infinity) ? (U) ~(U)0 : (x)&SIGN(U) ? (U) ~(x) : (U)((x) | SIGN(U)))
#define FLOAT_BITS(U, k) ((k)&SIGN(U) ? (U)((k) ^ SIGN(U)) : (U) ~(k))
#define ONE_ZERO(U, x) ((U)(x) == SIGN(U) ? (U)0 : (U)(x))

/* name, unsigned type, key of x, key of x for argsort, x of the key k, the key's type */
#define KINDS(X)                                                                                             \
    X(u8, uint8_t, x, x, k, uint32_t)                                                                        \
    X(u16, uint16_t, x, x, k, uint32_t)                                                                      \
    X(u32, uint32_t, x, x, k, uint32_t)                                                                      \
    X(u64, uint64_t, x, x, k, uint64_t)                                                                      \
    X(i8, uint8_t, (uint8_t)(x ^ 0x80), (uint8_t)(x ^ 0x80), (uint8_t)(k ^ 0x80), uint32_t)                  \
    X(i16, uint16_t, (uint16_t)(x ^ 0x8000), (uint16_t)(x ^ 0x8000), (uint16_t)(k ^ 0x8000), uint32_t)       \
    X(i32, uint32_t, x ^ SIGN(uint32_t), x ^ SIGN(uint32_t), k ^ SIGN(uint32_t), uint32_t)                   \
    X(i64, uint64_t, x ^ SIGN(uint64_t), x ^ SIGN(uint64_t), k ^ SIGN(uint64_t), uint64_t)                   \
    X(f16, uint16_t, FLOAT_KEY(uint16_t, x, 0x7c00), FLOAT_KEY(uint16_t, ONE_ZERO(uint16_t, x), 0x7c00),     \
      FLOAT_BITS(uint16_t, k), uint32_t)                                                                     \
    X(bf16, uint16_t, FLOAT_KEY(uint16_t, x, 0x7f80), FLOAT_KEY(uint16_t, ONE_ZERO(uint16_t, x), 0x7f80),    \
      FLOAT_BITS(uint16_t, k), uint32_t)                                                                     \
    X(f32, uint32_t, FLOAT_KEY(uint32_t, x, 0x7f800000u),                                                    \
      FLOAT_KEY(uint32_t, ONE_ZERO(uint32_t, x), 0x7f800000u), FLOAT_BITS(uint32_t, k), uint32_t)            \
    X(f64, uint64_t, FLOAT_KEY(uint64_t, x, 0x7ff0000000000000u),                                            \
      FLOAT_KEY(uint64_t, ONE_ZERO(uint64_t, x), 0x7ff0000000000000u), FLOAT_BITS(uint64_t, k), uint64_t)

#define LOOP(name, From, To, x, value)                                                                       \
    WF_BULK_CLONES static void name(const void *from, void *to, int64_t n) {                                 \
        const From *in = from;                                                                               \
        To *out = to;                                                                                        \
        WF_BULK_INDEPENDENT for (int64_t i = 0; i < n; i++) {                                                \
            From x = (From)in[i];                                                                            \
            out[i] = (To)(value);                                                                            \
        }                                                                                                    \
    }
#define CODE(t, U, key, order_key, element, K)                                                               \
    LOOP(encode_##t, U, K, x, key)                                                                           \
    LOOP(order_##t, U, K, x, order_key)                                                                      \
    LOOP(decode_##t, K, U, k, element)
KINDS(CODE)

enum {
#define NUMBER(t, U, a, b, c, K) KIND_##t,
    KINDS(NUMBER)
};

const bulk_keys *bulk_keys_of(wf_dtype t) {
#define ROW(t, U, a, b, c, K) {encode_##t, order_##t, decode_##t, sizeof(K), sizeof(U) * 8},
    static const bulk_keys kinds[] = {KINDS(ROW)};
    static const int8_t of[WF_DT_COUNT] = {
        [WF_DT_BOOL] = KIND_u8,     [WF_DT_INT8] = KIND_i8,       [WF_DT_UINT8] = KIND_u8,
        [WF_DT_INT16] = KIND_i16,   [WF_DT_UINT16] = KIND_u16,    [WF_DT_INT32] = KIND_i32,
        [WF_DT_UINT32] = KIND_u32,  [WF_DT_INT64] = KIND_i64,     [WF_DT_UINT64] = KIND_u64,
        [WF_DT_FLOAT16] = KIND_f16, [WF_DT_BFLOAT16] = KIND_bf16, [WF_DT_FLOAT32] = KIND_f32,
        [WF_DT_FLOAT64] = KIND_f64, [WF_DT_COMPLEX64] = -1,       [WF_DT_COMPLEX128] = -1};
    return of[t] < 0 ? NULL : &kinds[of[t]];
}
