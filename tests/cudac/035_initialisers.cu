struct P { int x, y; float z[2]; }; struct Q { P p; int n; P arr[2]; }; union U { float f; int i; };
struct B { unsigned a : 3, b : 5; int : 0; unsigned c : 10; };
struct An { int t; union { float f; int i; }; struct { int m, n; }; };
__device__ P gp = {1, 2, {3, 4}}; __constant__ Q gq = {{1, 2, {3, 4}}, 5, {{6, 7}, {8}}}; __constant__ char text[] = "hello"; __device__ const char *str = "abc";
__constant__ int sparse[10] = {[3] = 4, [7] = 8, 9}; __constant__ int nested[][3] = {{1}, {2, 3}, {4, 5, 6}}; __device__ float flat[2][2] = {1, 2, 3, 4};
__global__ void k(int *o, P *ps) {
    P a = {1, 2}, b = {.y = 3, .z = {1, 2}}, c = {}, d{}; Q q = {a, 3}; P e = a; U u = {1.5f}, w = {.i = 3}; B bf = {1, 2, 3}; int x = {3}, y{4}, z{};
    An an; an.f = 1; an.m = 2; an.i++; bf.b = 7; bf.c += 2; bf.a++;
    int arr[] = {1, 2, 3}; char s[] = "xyz", t[8] = "ab"; P ar[2] = {{1, 2}, {3}}; ar[1] = P{7, 8}; ps[0] = (P){9, 10, {1}}; ps[1] = {1, 2}; int *l = (int[]){1, 2, 3};
    o[0] = a.x + b.y + c.x + d.y + q.p.y + e.x + u.i + w.i + bf.a + x + y + z + arr[2] + s[1] + t[0] + ar[1].y + l[2] + sizeof(arr) + sizeof(s) + an.n + an.t;
    o[1] = gp.x + gq.arr[1].x + text[1] + str[2] + sparse[8] + nested[2][2] + sizeof(nested) + flat[1][0] + sizeof(B);
    const P cp = {1, 2}; o[2] = cp.x; int m[2][2] = {1, 2, 3, 4}; o[3] = m[1][1]; for (int v : arr) o[v] = v; for (auto &r : m[0]) r++; auto [f1, f2, f3] = a; o[4] = f1 + f2 + f3[0];
}
