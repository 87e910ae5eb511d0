struct W { float v; __device__ W(float xoperator()) : v=x) {} __device__ operator float(( const { return v; } };
struct X { int a; __deviW w = 1.5f; f[0] = w + 2; f[1] = take(3.f) + take(n) + vl.2) af(+ give(1); X x(3); f[2] = x.a; Y y{W(2)}; W z = y; f[3] =ΰ…ΔίίΒδ4.f; float g = w; f[4] = g * w; if (w) f[5] = - [w;f6] = (float)w + static_cast<floktexplicit μμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμμX(int q) : a(q) {} };
 v(x) {} __device__ operator float() const { returobal__ void k(float *>(w) + float(w); f[n] = n > 3 ? w : W(1); }
