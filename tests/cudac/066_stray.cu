__device__ int a; } // error: a } without a {
@ // error: got "@", expected a declaration
__device__ int b;
int; int x // error: got "__device__", expected ;
__device__ int c;
