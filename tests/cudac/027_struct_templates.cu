template <typename T, int N> struct Vec {
    T v[N];
    __device__ T &operator[](int i) { return v[i]; }
    __device__ const T &operator[](int i) const { return v[i]; }
    __device__ T dot(const Vec &o) const { T s = 0; for (int i = 0; i < N; i++) s += v[i] * o.v[i]; return s; }
    __device__ Vec<T, N> operator+(const Vec<T, N> &o) const { Vec r; for (int i = 0; i < N; ++i) r[i] = v[i] + o[i]; return r; }
    static constexpr int size = N;
    using value_type = T;
    typedef T *pointer;
    template <typename U> __device__ Vec<U, N> cast() const;
    __device__ static Vec filled(T x) { Vec r; for (int i = 0; i < N; ++i) r.v[i] = x; return r; }
    __device__ T first() const;
};
template <typename T, int N> __device__ T Vec<T, N>::first() const { return v[0]; }
template <typename T> struct Pair { T a, b; __device__ Pair(T a_, T b_) : a(a_), b(b_) {} };
template <typename T> struct Traits { static const int id = 0; };
template <> struct Traits<float> { static const int id = 1; };
template <typename T> struct Traits<T *> { static const int id = 2 + Traits<T>::id; };
template <typename T, int N> struct Traits<Vec<T, N>> { enum { id = 100 + N }; };
template <int N> struct Fact { static const int value = N * Fact<N - 1>::value; };
template <> struct Fact<0> { static const int value = 1; };
template <typename T> using Vec3 = Vec<T, 3>;
template <typename T, int N> __device__ T total(const Vec<T, N> &v) { T s = 0; for (int i = 0; i < N; i++) s += v[i]; return s; }
template <typename V> __device__ typename V::value_type front(const V &v) { return v[0]; }
template <typename T> constexpr int bytes = sizeof(T);
template <typename T> struct List { T value; List<T> *next; };
__global__ void k(float *f, int *p) {
    Vec<float, 4> a = {{1, 2, 3, 4}}, b = Vec<float, 4>::filled(2);
    Vec3<int> c; c[0] = c[1] = c[2] = 3;
    Pair<int> q(1, 2); List<float> l; l.next = &l; l.value = 2;
    f[0] = a.dot(b) + (a + b)[2] + total(a) + front(a) + a.first() + l.next->value;
    p[0] = total(c) + Vec<int, 7>::size + Traits<int>::id + Traits<float>::id + Traits<float **>::id + Traits<Vec3<int>>::id + Fact<5>::value + q.b + bytes<double> + c.size;
    Vec<int, 3>::pointer w = p; w[1] = 3; int arr[Fact<3>::value]; arr[5] = 1; p[2] = arr[5];
}
