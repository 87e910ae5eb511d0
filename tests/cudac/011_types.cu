typedef unsigned int uint_t;
using real = float;
typedef float vec[4];
typedef int (*binary_fn)(int, int);
typedef struct { int a; char b[3]; } anon_t;
enum Color { RED, GREEN = 5, BLUE, LAST = BLUE + 1 };
enum class Mode : unsigned char { Fast, Slow = 3 };
struct Forward;
struct Node { Node *next; Forward *f; };
struct Forward { Node n; };
union Bits { float f; unsigned u; };
__device__ int add2(int a, int b) { return a + b; }
__global__ void k(int *p) {
    uint_t u = 3; real r = 1.5f; vec v = {1, 2}; anon_t t = {7, "ab"}; Color c = GREEN; Mode m = Mode::Slow;
    binary_fn fn = add2; Bits b; b.f = 1; Node n; n.next = &n; n.f = nullptr; const volatile long long ll = 3;
    signed char sc = -1; unsigned long int ul = 3; long unsigned int lu = ul; short s = 1; wchar_t w = 0;
    int *const cp = p; const int *pc = p; int const *const *pp = &pc; int (*pa)[4] = 0; int arr[2][3] = {{1}, {2, 3}};
    p[0] = u + r + v[1] + t.a + c + (int)m + fn(1, 2) + b.u + sc + lu + s + *cp + **pp + arr[1][1] + sizeof(Node) + w;
    p[1] = RED + BLUE + LAST + Color::GREEN + sizeof(Mode) + (pa == nullptr) + (n.next->f == NULL) + (int)ll;
    uint32_t a32 = 1; int64_t a64 = 2; size_t z = 3; uint8_t a8 = 255; ptrdiff_t d = p - p; uintptr_t ip = (uintptr_t)p;
    p[2] = a32 + a64 + z + a8 + d + (ip != 0);
    auto x = 3; auto *px = p; auto &rx = x; const auto cx = 2.5f; decltype(x) y = x; decltype(rx) ry = y; rx = 4; ry = 5;
    p[3] = x + *px + cx + y;
}
