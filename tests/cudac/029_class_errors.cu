struct S { int a; __device__ void set(int x) { a = x; } __device__ int get() const { a = 2; return a; } }; // error: it is const
struct D { __device__ ~D() { y = 1; } int x; }; // error: unknown name y
struct E { int a; int a; }; // error: member a is declared twice
struct F { F inner; }; // error: which is not complete
struct G { __device__ G(int) {} };
struct H { __device__ H(int) : nothing(3) {} int some; }; // error: H has no member nothing
__device__ void S::missing() {} // error: S has no method missing
struct S { int b; }; // error: S is defined twice
__global__ void k(const S s, int *p) {
    s.set(3); // error: method S::set would change a const object
    G g; // error: G has no constructor for ()
    G h(p); // error: G has no constructor for (int *)
    p[0] = s; // error: S
    p[1] = s + s; // error: no operator + for
    p[2] = s.nope(); // error: S has no member nope
    S::set(3); // error: needs an object
    this->a = 1; // error: this outside of a method
}
#pragma pack(1)
struct Packed { char a; int b; };
struct PackedBits { char a; int b : 3; }; // error: is a bit-field of a packed record
#pragma pack()
__device__ void change(int &x) { x = 1; }
__device__ int through(Packed &p) {
    change(p.b); // error: cannot stand for a value
    auto [a, b] = p; // error: another name for a member of a packed struct
    const int &copy = p.b;
    return copy;
}
