#define F(x) x
__device__ int a = F(1; // error: the call of macro F has no closing ); got
