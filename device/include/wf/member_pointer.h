// wf/member_pointer.h: what T C::* and R (C::*)(A...) are. The front-end spells these types as instances of the
// two templates, makes their values of &C::member, and turns object.*pointer into pointer.__wf_of(object).
//
// A pointer to data is an offset, one more than in C++'s own layout so that zero is null; one to a method is the
// method's number, as any function's. C is const for a const method.
#pragma once
template <class T, class C> struct __wf_member {
    long long at;
    constexpr __host__ __device__ __wf_member(decltype(nullptr) = nullptr) : at(0) {}
    __host__ __device__ T &__wf_of(C &c) const { return *(T *)((char *)&c + (at - 1)); }
    __host__ __device__ const T &__wf_of(const C &c) const {
        return *(const T *)((const char *)&c + (at - 1));
    }
    constexpr __host__ __device__ bool operator==(const __wf_member &o) const { return at == o.at; }
    constexpr __host__ __device__ bool operator!=(const __wf_member &o) const { return at != o.at; }
    constexpr __host__ __device__ explicit operator bool() const { return at != 0; }
};
template <class C, class R, class... A> struct __wf_method {
    R (*at)(C *, A...);
    constexpr __host__ __device__ __wf_method(decltype(nullptr) = nullptr) : at(nullptr) {}
    struct bound {
        R (*at)(C *, A...);
        C *self;
        __host__ __device__ R operator()(A... a) const { return at(self, a...); }
    };
    __host__ __device__ bound __wf_of(C &c) const { return bound{at, &c}; }
    __host__ __device__ bool operator==(const __wf_method &o) const { return at == o.at; }
    __host__ __device__ bool operator!=(const __wf_method &o) const { return at != o.at; }
    __host__ __device__ explicit operator bool() const { return at != nullptr; }
};
