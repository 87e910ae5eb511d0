
// delete through a pointer to a base that lies in the middle of the object: the whole object's memory goes back.
#define T(...) out[__LINE__] = (__VA_ARGS__)
__device__ int of_second, of_whole, of_more;
struct First {
    int a[3];
    __device__ First() { a[0] = 1; }
    __device__ virtual ~First() {}
};
struct Second {
    int b;
    __device__ Second() : b(2) {}
    __device__ virtual int f() { return b; }
    __device__ virtual ~Second() { of_second += b; }
};
struct Whole : First, Second {
    int c;
    __device__ Whole() : c(5) {}
    __device__ int f() override { return c; }
    __device__ ~Whole() { of_whole += c; }
};
struct Plain { // no destructor at all, but its class is known
    int p;
    __device__ Plain() : p(4) {}
    __device__ virtual int g() { return p; }
};
struct More : Whole, Plain {
    __device__ ~More() { of_more += 1; }
};
struct Calm : First, Plain {};
__global__ void deletes(double *out) {
    of_second = of_whole = of_more = 0;
    Second *second = new Whole;
    T(second->f()); // = 5
    delete second;
    T(of_whole * 10 + of_second); // = 52
    const Second *constant = new Whole;
    delete constant;
    T(of_whole * 10 + of_second); // = 104
    second = new More;
    T(second->f()); // = 5
    delete second;
    T(of_more * 1000 + of_whole * 10 + of_second); // = 1156
    First *first = new More;
    delete first;
    T(of_more * 1000 + of_whole * 10 + of_second); // = 2208
    Plain *plain = new Calm;
    T(plain->g()); // = 4
    delete plain;
    plain = new Plain;
    delete plain;
    second = new Second;
    delete second;
    T(of_second); // = 10
    second = nullptr;
    delete second;
    T(of_second); // = 10
}
