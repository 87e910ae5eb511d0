struct Complex {
    float re, im;
    __device__ Complex() : re(0), im(0) {}
    __device__ Complex(float r, float i = 0) : re(r), im(i) {}
    __device__ float magnitude2() const { return re * re + im * im; }
    __device__ Complex operator*(const Complex &o) const { return Complex(re * o.re - im * o.im, re * o.im + im * o.re); }
    __device__ Complex operator+(const Complex &o) const { return {re + o.re, im + o.im}; }
    __device__ Complex &operator+=(const Complex &o) { re += o.re; im += o.im; return *this; }
    __device__ Complex operator-() const { return Complex(-re, -im); }
    __device__ bool operator==(const Complex &o) const { return re == o.re && im == o.im; }
    __device__ Complex &operator++() { ++re; return *this; }
    __device__ Complex operator++(int) { Complex old = *this; ++*this; return old; }
    __device__ float operator()(float x) const { return re * x + im; }
    __device__ explicit operator bool() const { return re != 0; }
    __device__ operator float() const { return re; }
    __device__ static Complex unit() { return Complex(0, 1); }
    friend __device__ Complex operator-(const Complex &a, const Complex &b) { return Complex(a.re - b.re, a.im - b.im); }
    static constexpr int parts = 2;
private:
    int hidden() const { return 3; }
};
class Counter {
    int n = 3;
    float table[3] = {1, 2, 3};
    const int limit;
public:
    __device__ Counter(int l) : limit(l) { n += l; }
    __device__ Counter() : Counter(7) {}
    __device__ int next() { return this->n++ < limit ? n : 0; }
    __device__ int peek() const { return n; }
    struct Inner { int deep; };
    enum State { ON, OFF };
    __device__ State state() const { return n > 3 ? ON : OFF; }
};
struct Agg { int a = 1; float b = 2; Complex c; };
__global__ void k(float *f, int *p) {
    Complex a(1, 2), b = Complex(3), c, d{4, 5}, e = {6, 7}; Complex arr[2];
    c = a * b + d; c += e; c = -c; c = a - b; ++c; c++; if (c) f[0] = c(2); f[1] = c.magnitude2() + Complex::unit().im + a; p[0] = a == b;
    Counter n, m(2); p[1] = n.next() + m.peek() + Complex::parts; Counter::Inner in = {3}; p[2] = in.deep + (n.state() == Counter::ON);
    Agg g; Agg h = {5}; p[3] = g.a + h.a + arr[1].re; f[2] = g.b + h.b + h.c.im; f[3] = Complex(1, 2).magnitude2() + (a + b).re; f[4] = float(a); Complex *q = &a; f[5] = q->re + (*q)(1);
    const Complex k2(1, 1); f[6] = k2.magnitude2() + (k2 * a).re; f[7] = (2.0f + a) + (a + 1);
}
