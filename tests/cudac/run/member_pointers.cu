// Pointers to members: data and methods, as template arguments, null, deduced; packs of bases in constructors' lists.
#include <type_traits>
#include <utility>
#define T(...) out[__LINE__] = (__VA_ARGS__)
struct Base { int b; __device__ int twice() const { return 2 * b; } };
struct P : Base {
    int x;
    float y;
    int a[3];
    __device__ int sum(int k) const { return x + (int)y + k; }
    __device__ void add(int k, int &seen) { x += k; seen = x; }
    static __device__ int fixed(int k) { return k + 1; }
};
__device__ int read(const P &p, int P::*m) { return p.*m; }
template <int P::*M> __device__ int read_known(const P &p) { return p.*M; }
template <auto M> __device__ auto read_any(const P &p) { return p.*M; }
template <class C, class V> __device__ V deduced(const C &c, V C::*m) { return c.*m; }
template <int (P::*F)(int) const> __device__ int call_known(const P &p, int k) { return (p.*F)(k); }
template <class C, class R, class... A> __device__ R call(C &c, R (C::*f)(A...), A... a) { return (c.*f)(a...); }
template <class T> struct member_of;
template <class C, class V> struct member_of<V C::*> { using owner = C; using type = V; };
template <class F> struct traits : traits<decltype(&F::operator())> {};
template <class C, class R, class... A> struct traits<R (C::*)(A...) const> {
    static constexpr int arity = sizeof...(A);
    using result = R;
};
struct Functor { __device__ float operator()(float a, int b) const { return a + b; } };
template <class F> __device__ int arity(F) { return traits<F>::arity; }
typedef int P::*Field;
typedef int (P::*Method)(int) const;
struct Table { Field field; Method method; };
__global__ void members(double *out) {
    P p;
    p.b = 7, p.x = 3, p.y = 4.5f, p.a[1] = 9;
    P *q = &p;
    int P::*m = &P::x;
    T(p.*m * 10 + q->*m); // = 33
    p.*m += 2;
    T(read(p, &P::x) + read_known<&P::x>(p)); // = 10
    T(read_any<&P::y>(p)); // = 4.5
    T(deduced(p, &P::y) + deduced<Base>(p, &P::b)); // = 11.5
    float P::*f = &P::y;
    q->*f = 1.5f;
    T(p.y); // = 1.5
    int(P::*s)(int) const = &P::sum;
    T((p.*s)(10) + (q->*s)(20) * 100); // = 2616
    T(call_known<&P::sum>(p, 4)); // = 10
    int (Base::*t)() const = &Base::twice;
    T((p.*t)()); // = 14
    int Base::*of_base = &Base::b;
    const P &seen = p;
    p.*of_base += 1;
    T(p.*of_base + q->*of_base * 10 + seen.*of_base * 100); // = 888
    p.b = 7;
    int(P::*a)[3] = &P::a;
    T((p.*a)[1]); // = 9
    m = nullptr;
    T((m == nullptr) + 2 * (s != nullptr) + 4 * !m); // = 7
    Table table[2] = {{&P::x, &P::sum}, {&P::x, nullptr}};
    T(p.*table[0].field + (p.*table[0].method)(1) + !table[1].method); // = 13
    T(sizeof(m)); // = 8
    T(&P::x == table[0].field); // = 1
    int (*plain)(int) = &P::fixed;
    T(plain(4)); // = 5
    T(traits<Functor>::arity + std::is_same<traits<Functor>::result, float>::value); // = 3
    T(arity([=](int i, int j, float k) { return i * j + k; })); // = 3
    T(std::is_same<member_of<decltype(&P::y)>::type, float>::value + std::is_same<member_of<Field>::owner, P>::value); // = 2
    T((*&p).*&P::x); // = 5
}
struct A { int a; __device__ A(int v) : a(v) {} };
struct B { int b; __device__ B(int v) : b(v * 10) {} };
template <int I, class V> struct Leaf { V v; __device__ Leaf(V v) : v(v) {} };
template <class... Bases> struct All : Bases... {
    __device__ All(int v) : Bases(v)... {}
    __device__ All(const Bases &...b) : Bases{b}... {}
};
template <class I, class... V> struct Leaves;
template <size_t... I, class... V> struct Leaves<std::index_sequence<I...>, V...> : Leaf<I, V>... {
    int more;
    __device__ Leaves(V... v) : Leaf<I, V>(v)..., more(sizeof...(I)) {}
};
template <class... V> struct Tuple : Leaves<std::make_index_sequence<sizeof...(V)>, V...> {
    using Leaves<std::make_index_sequence<sizeof...(V)>, V...>::Leaves;
};
template <int I, class V> __device__ V &get(Leaf<I, V> &l) { return l.v; }
template <int N, class F, size_t... I> __device__ void each(F f, std::index_sequence<I...>) { (f(std::integral_constant<size_t, I>{}), ...); }
template <int N, class F> __device__ void static_for(F f) { each<N>(f, std::make_index_sequence<N>{}); }
__global__ void packs(double *out) {
    All<A, B> both(3), made(A(1), B(2));
    T(both.a + both.b + made.a * 100 + made.b * 100); // = 2133
    Tuple<int, float, double> t(1, 2.5f, 3.25);
    get<0>(t) += 4;
    T(get<0>(t) + get<1>(t) + get<2>(t) + t.more); // = 13.75
    int a[5] = {1, 2, 3, 4, 5}, sum = 0;
    static_for<5>([&](auto i) { constexpr int n = i; sum += a[n] * n; });
    T(sum); // = 40
    static_for<3>([&](auto i) { static_for<2>([&](auto j) { constexpr int n = i * 2 + j; static_assert(n < 6, ""); sum += n; }); });
    T(sum); // = 55
}
