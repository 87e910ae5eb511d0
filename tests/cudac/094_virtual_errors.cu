struct V { virtual void f(); virtual int g() const; };
struct W : V { void f() override; int g() override; }; // error: W::g overrides nothing: no base has a virtual function g like this
struct Abstract { __device__ virtual int f() = 0; __device__ virtual int g() { return 1; } };
struct Still : Abstract { __device__ int g() override { return 2; } };
struct Wrong {
    __device__ virtual Wrong() {} // error: Wrong::Wrong is virtual, but a constructor
    __device__ virtual static int s() { return 1; } // error: Wrong::s is virtual, but static
    int of_s = s();
};
__device__ int use(Wrong *w) { return w->s(); }
virtual int nobodys(); // error: nobodys is virtual, but no member of a class
__global__ void k(int *p) {
    Still still; // error: Still is abstract: nothing stands for Abstract::f
    Abstract *made = new Still; // error: Still is abstract
    Abstract *array = new Abstract[2]; // error: Abstract is abstract
    V v;
    V *q = &v;
    q->f(); // error: host function V::f is called from device code
    q->nothing(); // error: V has no member nothing
}
