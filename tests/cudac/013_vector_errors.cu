__global__ void k(float4 *v, int *p) {
    v[0] = make_float4(1, 2, 3); // error: make_float4 got 3 arguments, expected 4
    v[1] = v[0] + v[2]; // error: no operator + for float4 and float4
    p[0] = v[0]; // error: float4
    float3 a = {1, 2, 3, 4}; // error: too many values for float3
    v[2].r = 1; // error: float4 has no member r
}
