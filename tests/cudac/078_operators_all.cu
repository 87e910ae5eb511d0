struct I { int v; };
#define OP(o) __device__ I operator o(I a, I b) { return I{a.v o b.v}; }
OP(+) OP(-) OP(*) OP(/) OP(%) OP(&) OP(|) OP(^) OP(<<) OP(>>)
#define CMP(o) __device__ bool operator o(const I &a, const I &b) { return a.v o b.v; }
CMP(<) CMP(>) CMP(<=) CMP(>=) CMP(==) CMP(!=)
#define ASG(o) __device__ I &operator o(I &a, I b) { a.v o b.v; return a; }
ASG(+=) ASG(-=) ASG(*=) ASG(/=) ASG(%=) ASG(&=) ASG(|=) ASG(^=) ASG(<<=) ASG(>>=)
__device__ I operator-(I a) { return I{-a.v}; } __device__ I operator~(I a) { return I{~a.v}; } __device__ bool operator!(I a) { return !a.v; } __device__ int operator*(I a) { return a.v; }
struct P { I *p; __device__ I *operator->() { return p; } __device__ I &operator[](int i) { return p[i]; } __device__ I &operator*() { return *p; } __device__ P &operator=(int x) { p->v = x; return *this; } };
__global__ void k(int *o) { I a{1}, b{2}; a = a + b - a * b / b % b & a | b ^ a << b >> a; a += b; a -= b; a *= b; a <<= b; a %= b; o[0] = a < b || a == b && !(a != b) || a >= b; a = -a; a = ~a; o[1] = *a + !b; P p{&a}; o[2] = p->v + p[0].v + (*p).v; p = 3; (p[0] = b).v = 4; a = b = a; }
