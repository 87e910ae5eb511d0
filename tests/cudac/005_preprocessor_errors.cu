#if 1 + // error: expected a value at the end of the line
#endif
#define F(a, b) a + b
int x = F(1); // error: macro F got 1 argument, expected 2
#include "nowhere.h" // error: header nowhere.h was not found
#include <cuda_fp6.h> // error: not supported: 6-bit floats
#error stop here // error: #error stop here
#warning careful // warning: #warning careful
#nonsense // error: unknown directive #nonsense
#endif // error: #endif without #if
#if 1 / 0 // error: division by zero
#endif
#define PASTE(a, b) a##b
__device__ int y = PASTE(+, /); // error: makes no token; got ";", expected an expression
#ifdef Q // error: this conditional has no #endif
