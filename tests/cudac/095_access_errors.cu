enum class Color { red, green = 5 };
enum Plain { one = 1 };
struct Own {
    int open = 1;
    __device__ int get() const { return closed + help() + Inner().of(*this); }
    __device__ int other(const Own &o) { return o.closed + [&] { return o.help(); }(); }
    struct Inner {
        __device__ int of(const Own &o) { return o.closed; }
    };
private:
    int closed = 2;
    __device__ int help() const { return 3; }
protected:
    int kept = 4;
    __device__ int both(int) { return 1; }
public:
    __device__ int both(float) { return 2; }
};
struct Derived : Own {
    __device__ int mine() { return kept + this->kept; }
    __device__ int not_mine() { return this->closed; } // error: Own::closed is private
};
struct Opened : Own {
    using Own::kept;
};
struct Further : Opened {};
class Class { int hidden; };
class Friendly { int hidden = 1; friend __device__ int look(const Friendly &f); };
__device__ int look(const Friendly &f) { return f.hidden; }
template <class A> class Box {
    A a;
public:
    __device__ Box(A v) : a(v) {}
    __device__ bool same(const Box &o) const { return a == o.a; }
};
template <class T> __device__ void set(T *p, T v) { *p = v; }
__device__ int takes(int i) { return i; }
__device__ int gives(Color c) { return c; } // error: Color is an enum class: it is no int by itself
__global__ void k(int *p) {
    Own own;
    Derived derived;
    Class c;
    Opened opened;
    Further further;
    *p = opened.kept + further.kept;
    Friendly f;
    Box<int> box(1);
    Color colors[2] = {Color::red, Color::green}, color = colors[1];
    p[0] = own.open + own.get() + own.other(own) + derived.mine() + look(f) + box.same(box) + own.both(1.5f);
    p[1] = own.closed; // error: Own::closed is private
    p[2] = own.help(); // error: Own::help is private
    p[3] = derived.kept; // error: Own::kept is protected
    p[4] = c.hidden; // error: Class::hidden is private
    p[5] = box.a; // error: Box<int>::a is private
    int i = Color::green; // error: Color is an enum class: it is no int by itself
    float x = color; // error: Color is an enum class: it is no float by itself
    p[6] = takes(Color::red); // error: argument 1 of takes: got Color, expected int
    p[7] = Color::red + 1; // error: Color is an enum class, which has no such operator
    if (color == 5) p[8] = 1; // error: Color is an enum class, which has no such operator
    set(colors, Color::red);
    switch (color) { case Color::red: p[9] = one; break; default: p[9] = static_cast<int>(color) + (int)Color::green + int(color); }
    if (color == Color::green && color != colors[0] && color < Color::green) p[10] = (unsigned)color;
    Plain plain = one;
    p[11] = plain + one;
}
