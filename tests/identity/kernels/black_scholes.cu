// European call and put prices.
__device__ inline float normal_cdf(float d)
{
    const float A1 = 0.31938153f, A2 = -0.356563782f, A3 = 1.781477937f, A4 = -1.821255978f, A5 = 1.330274429f;
    float K = 1.0f / (1.0f + 0.2316419f * fabsf(d));
    float cnd = 0.39894228040143267794f * expf(-0.5f * d * d) * (K * (A1 + K * (A2 + K * (A3 + K * (A4 + K * A5)))));
    return d > 0 ? 1.0f - cnd : cnd;
}
__global__ void black_scholes(float *call, float *put, const float *price, const float *strike, const float *years,
                              float riskfree, float volatility, int n)
{
    const int stride = blockDim.x * gridDim.x;
    for (int i = blockDim.x * blockIdx.x + threadIdx.x; i < n; i += stride) {
        float root = sqrtf(years[i]);
        float d1 = (logf(price[i] / strike[i]) + (riskfree + 0.5f * volatility * volatility) * years[i]) / (volatility * root);
        float d2 = d1 - volatility * root;
        float n1 = normal_cdf(d1), n2 = normal_cdf(d2), discount = expf(-riskfree * years[i]);
        call[i] = price[i] * n1 - strike[i] * discount * n2;
        put[i] = strike[i] * discount * (1.0f - n2) - price[i] * (1.0f - n1);
    }
}
