// wf/int128.h: __int128 and unsigned __int128, as two words. The front-end reads this when a source mentions
// one of them, and spells the types __wf_wide<true> and __wf_wide<false>.
//
// An operator takes two of these, or one and a number; the other is converted as C++ does: to unsigned if one
// is, to the floating-point type if there is one. Division goes by one word where the divisor has one, else bit by
// bit. Conversions to float and double round once.
#pragma once
template <class T> struct __wf_number { static constexpr int kind = 0; };
#define __WF_NUMBER(T, k)                                                                                    \
    template <> struct __wf_number<T> { static constexpr int kind = k; };
__WF_NUMBER(bool, 1)
__WF_NUMBER(char, 1)
__WF_NUMBER(signed char, 1)
__WF_NUMBER(unsigned char, 1)
__WF_NUMBER(short, 1)
__WF_NUMBER(unsigned short, 1)
__WF_NUMBER(int, 1)
__WF_NUMBER(unsigned int, 1)
__WF_NUMBER(long, 1)
__WF_NUMBER(unsigned long, 1)
__WF_NUMBER(long long, 1)
__WF_NUMBER(unsigned long long, 1)
__WF_NUMBER(float, 2)
__WF_NUMBER(double, 2)
#undef __WF_NUMBER

template <bool Signed> struct __align__(16) __wf_wide {
    unsigned long long lo, hi;
    __wf_wide() = default;
    constexpr __host__ __device__ __wf_wide(unsigned long long high, unsigned long long low)
        : lo(low), hi(high) {}
    constexpr __host__ __device__ __wf_wide(const __wf_wide<!Signed> &o) : lo(o.lo), hi(o.hi) {}
#define __WF_FROM(T)                                                                                         \
    constexpr __host__ __device__ __wf_wide(T v) : lo((unsigned long long)v), hi(v < (T)0 ? ~0ull : 0ull) {}
#define __WF_FROM_UNSIGNED(T)                                                                                \
    constexpr __host__ __device__ __wf_wide(T v) : lo(v), hi(0) {}
    __WF_FROM_UNSIGNED(bool)
    __WF_FROM(char)
    __WF_FROM(signed char)
    __WF_FROM_UNSIGNED(unsigned char)
    __WF_FROM(short)
    __WF_FROM_UNSIGNED(unsigned short)
    __WF_FROM(int)
    __WF_FROM_UNSIGNED(unsigned int)
    __WF_FROM(long)
    __WF_FROM_UNSIGNED(unsigned long)
    __WF_FROM(long long)
    __WF_FROM_UNSIGNED(unsigned long long)
#undef __WF_FROM
#undef __WF_FROM_UNSIGNED
    constexpr __host__ __device__ __wf_wide(double v) : lo(0), hi(0) {
        double size = v < 0 ? -v : v;
        hi = (unsigned long long)(size * 5.421010862427522e-20); // 2^-64
        lo = (unsigned long long)(size - (double)hi * 18446744073709551616.0);
        if (v < 0) *this = -*this;
    }
    constexpr __host__ __device__ __wf_wide(float v) : __wf_wide((double)v) {}

#define __WF_TO(T)                                                                                           \
    constexpr __host__ __device__ operator T() const { return (T)lo; }
    __WF_TO(char)
    __WF_TO(signed char)
    __WF_TO(unsigned char)
    __WF_TO(short)
    __WF_TO(unsigned short)
    __WF_TO(int)
    __WF_TO(unsigned int)
    __WF_TO(long)
    __WF_TO(unsigned long)
    __WF_TO(long long)
    __WF_TO(unsigned long long)
#undef __WF_TO
    constexpr __host__ __device__ operator bool() const { return (lo | hi) != 0; }
    // The highest 64 bits, the last of them set if a lower one is: rounded once by the conversion.
    constexpr __host__ __device__ unsigned long long __wf_top(int zeros) const {
        unsigned long long top = zeros ? hi << zeros | lo >> (64 - zeros) : hi;
        return top | ((lo << zeros) != 0);
    }
    constexpr __host__ __device__ bool __wf_minus() const { return Signed && hi >> 63; }
    __host__ __device__ operator double() const {
        if (__wf_minus()) return -(double)__wf_wide<false>(-*this);
        if (!hi) return (double)lo;
        int zeros = __clzll((long long)hi);
        return (double)__wf_top(zeros) * __longlong_as_double((long long)(1023 + 64 - zeros) << 52);
    }
    __host__ __device__ operator float() const {
        if (__wf_minus()) return -(float)__wf_wide<false>(-*this);
        if (!hi) return (float)lo;
        int zeros = __clzll((long long)hi);
        return (float)__wf_top(zeros) * __int_as_float((127 + 64 - zeros) << 23);
    }

    constexpr __host__ __device__ __wf_wide operator+() const { return *this; }
    constexpr __host__ __device__ __wf_wide operator~() const { return __wf_wide(~hi, ~lo); }
    constexpr __host__ __device__ __wf_wide operator-() const { return __wf_wide(~hi + (lo == 0), 0 - lo); }
    constexpr __host__ __device__ bool operator!() const { return (lo | hi) == 0; }
    constexpr __host__ __device__ __wf_wide &operator++() {
        hi += ++lo == 0;
        return *this;
    }
    constexpr __host__ __device__ __wf_wide &operator--() {
        hi -= lo-- == 0;
        return *this;
    }
    constexpr __host__ __device__ __wf_wide operator++(int) {
        __wf_wide old(hi, lo);
        ++*this;
        return old;
    }
    constexpr __host__ __device__ __wf_wide operator--(int) {
        __wf_wide old(hi, lo);
        --*this;
        return old;
    }
    template <class T> constexpr __host__ __device__ __wf_wide operator<<(T count) const {
        unsigned n = (unsigned)count & 127;
        if (n == 0) return *this;
        if (n >= 64) return __wf_wide(lo << (n & 63), 0ull);
        return __wf_wide(hi << n | lo >> (64 - n), lo << n);
    }
    template <class T> constexpr __host__ __device__ __wf_wide operator>>(T count) const {
        unsigned n = (unsigned)count & 127;
        unsigned long long fill = __wf_minus() ? ~0ull : 0ull;
        if (n == 0) return *this;
        unsigned long long high = Signed ? (unsigned long long)((long long)hi >> (n & 63)) : hi >> (n & 63);
        if (n >= 64) return __wf_wide(fill, high);
        return __wf_wide(high, lo >> n | hi << (64 - n));
    }
#define __WF_ASSIGN(op)                                                                                      \
    template <class T> constexpr __host__ __device__ __wf_wide &operator op##=(T b) {                        \
        return *this = (__wf_wide)(*this op b);                                                              \
    }
    __WF_ASSIGN(+)
    __WF_ASSIGN(-)
    __WF_ASSIGN(*)
    __WF_ASSIGN(/)
    __WF_ASSIGN(%)
    __WF_ASSIGN(&)
    __WF_ASSIGN(|)
    __WF_ASSIGN(^)
    __WF_ASSIGN(<<)
    __WF_ASSIGN(>>)
#undef __WF_ASSIGN
};

// (high, low) / d for high < d: two digits of 32 bits, each from a first guess that is at most two too large.
inline constexpr __host__ __device__ unsigned long long __wf_divide_word(unsigned long long high,
                                                                         unsigned long long low,
                                                                         unsigned long long d,
                                                                         unsigned long long &rest) {
    int shift = 0;
    for (unsigned long long top = d; !(top >> 63); top <<= 1) shift++;
    d <<= shift;
    high = shift ? high << shift | low >> (64 - shift) : high;
    low <<= shift;
    unsigned long long d1 = d >> 32, d0 = d & 0xffffffff, quotient = 0;
    for (int digit = 1; digit >= 0; digit--) {
        unsigned long long next = digit ? low >> 32 : low & 0xffffffff;
        unsigned long long q = high / d1, r = high - q * d1;
        while (q >> 32 || q * d0 > (r << 32 | next)) {
            q--;
            r += d1;
            if (r >> 32) break;
        }
        high = (high << 32 | next) - q * d;
        quotient = quotient << 32 | q;
    }
    rest = high >> shift;
    return quotient;
}

template <bool Signed> struct __wf_arithmetic128 {
    typedef __wf_wide<Signed> wide;
    typedef __wf_wide<false> plain;
    static constexpr __host__ __device__ wide add(wide a, wide b) {
        unsigned long long lo = a.lo + b.lo;
        return wide(a.hi + b.hi + (lo < a.lo), lo);
    }
    static constexpr __host__ __device__ wide subtract(wide a, wide b) {
        return wide(a.hi - b.hi - (a.lo < b.lo), a.lo - b.lo);
    }
    static constexpr __host__ __device__ wide multiply(wide a, wide b) {
        return wide(__umul64hi(a.lo, b.lo) + a.lo * b.hi + a.hi * b.lo, a.lo * b.lo);
    }
    static constexpr __host__ __device__ plain divide_plain(plain a, plain b, plain &rest) {
        unsigned long long remainder = 0;
        if (!b.hi && !a.hi) {
            rest = plain(0ull, a.lo % b.lo);
            return plain(0ull, a.lo / b.lo);
        }
        if (!b.hi && b.lo) {
            unsigned long long high = a.hi / b.lo, low = __wf_divide_word(a.hi % b.lo, a.lo, b.lo, remainder);
            rest = plain(0ull, remainder);
            return plain(high, low);
        }
        plain quotient(0ull, 0ull);
        rest = plain(0ull, 0ull);
        for (int bit = 127; bit >= 0; bit--) {
            bool carry = rest.hi >> 63;
            rest = plain(rest.hi << 1 | rest.lo >> 63,
                         rest.lo << 1 | ((bit >= 64 ? a.hi >> (bit & 63) : a.lo >> bit) & 1));
            if (carry || rest.hi > b.hi || (rest.hi == b.hi && rest.lo >= b.lo)) {
                rest = __wf_arithmetic128<false>::subtract(rest, b);
                if (bit >= 64) quotient.hi |= 1ull << (bit & 63);
                else quotient.lo |= 1ull << bit;
            }
        }
        return quotient;
    }
    static constexpr __host__ __device__ wide divide(wide a, wide b) {
        plain rest(0ull, 0ull);
        plain q = divide_plain(a.__wf_minus() ? -a : a, b.__wf_minus() ? -b : b, rest);
        return a.__wf_minus() != b.__wf_minus() ? wide(-q) : wide(q);
    }
    static constexpr __host__ __device__ wide remainder(wide a, wide b) {
        plain rest(0ull, 0ull);
        divide_plain(a.__wf_minus() ? -a : a, b.__wf_minus() ? -b : b, rest);
        return a.__wf_minus() ? wide(-rest) : wide(rest);
    }
    static constexpr __host__ __device__ wide bit_and(wide a, wide b) {
        return wide(a.hi & b.hi, a.lo & b.lo);
    }
    static constexpr __host__ __device__ wide bit_or(wide a, wide b) {
        return wide(a.hi | b.hi, a.lo | b.lo);
    }
    static constexpr __host__ __device__ wide bit_xor(wide a, wide b) {
        return wide(a.hi ^ b.hi, a.lo ^ b.lo);
    }
    static constexpr __host__ __device__ bool equal(wide a, wide b) { return a.hi == b.hi && a.lo == b.lo; }
    static constexpr __host__ __device__ bool less(wide a, wide b) {
        if (a.hi != b.hi) return Signed ? (long long)a.hi < (long long)b.hi : a.hi < b.hi;
        return a.lo < b.lo;
    }
};
template <class T> struct __wf_arithmetic_float {
    static constexpr __host__ __device__ T add(T a, T b) { return a + b; }
    static constexpr __host__ __device__ T subtract(T a, T b) { return a - b; }
    static constexpr __host__ __device__ T multiply(T a, T b) { return a * b; }
    static constexpr __host__ __device__ T divide(T a, T b) { return a / b; }
    static constexpr __host__ __device__ bool equal(T a, T b) { return a == b; }
    static constexpr __host__ __device__ bool less(T a, T b) { return a < b; }
};

// The common type of A and B, if one of them is wide and the other a number or wide.
template <bool Signed, class T, int Kind> struct __wf_with_number {};
template <bool Signed, class T> struct __wf_with_number<Signed, T, 1> {
    typedef __wf_wide<Signed> type;
    typedef __wf_arithmetic128<Signed> arithmetic;
    typedef bool truth;
};
template <bool Signed, class T> struct __wf_with_number<Signed, T, 2> {
    typedef T type;
    typedef __wf_arithmetic_float<T> arithmetic;
    typedef bool truth;
};
template <class A, class B> struct __wf_common128 {};
template <bool S, bool Z>
struct __wf_common128<__wf_wide<S>, __wf_wide<Z>> : __wf_with_number<S && Z, int, 1> {};
template <bool S, class T>
struct __wf_common128<__wf_wide<S>, T> : __wf_with_number<S, T, __wf_number<T>::kind> {};
template <class T, bool S>
struct __wf_common128<T, __wf_wide<S>> : __wf_with_number<S, T, __wf_number<T>::kind> {};

#define __WF_OPERATOR(op, what)                                                                              \
    template <class A, class B>                                                                              \
    constexpr __host__ __device__ typename __wf_common128<A, B>::type operator op(A a, B b) {                \
        typedef typename __wf_common128<A, B>::type common;                                                  \
        return __wf_common128<A, B>::arithmetic::what((common)a, (common)b);                                 \
    }
__WF_OPERATOR(+, add)
__WF_OPERATOR(-, subtract)
__WF_OPERATOR(*, multiply)
__WF_OPERATOR(/, divide)
__WF_OPERATOR(%, remainder)
__WF_OPERATOR(&, bit_and)
__WF_OPERATOR(|, bit_or)
__WF_OPERATOR(^, bit_xor)
#undef __WF_OPERATOR
#define __WF_RELATION(op, what)                                                                              \
    template <class A, class B>                                                                              \
    constexpr __host__ __device__ typename __wf_common128<A, B>::truth operator op(A a, B b) {               \
        typedef typename __wf_common128<A, B>::type common;                                                  \
        typedef typename __wf_common128<A, B>::arithmetic arithmetic;                                        \
        common x = (common)a, y = (common)b;                                                                 \
        return what;                                                                                         \
    }
__WF_RELATION(==, arithmetic::equal(x, y))
__WF_RELATION(!=, !arithmetic::equal(x, y))
__WF_RELATION(<, arithmetic::less(x, y))
__WF_RELATION(>, arithmetic::less(y, x))
__WF_RELATION(<=, (arithmetic::less(x, y) || arithmetic::equal(x, y)))
__WF_RELATION(>=, (arithmetic::less(y, x) || arithmetic::equal(x, y)))
#undef __WF_RELATION

typedef __wf_wide<true> __int128_t;
typedef __wf_wide<false> __uint128_t;
