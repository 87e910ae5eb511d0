__global__ void k(int *p) {
    break; // error: break outside of a loop
    continue; // error: continue outside of a loop
    case 1: p[0] = 1; // error: case outside of a switch
    goto nowhere; // error: goto nowhere: there is no such label
    switch (p[0]) { case 1: break; case 1: break; default: break; default: break; } // error: case 1 stands twice; a second default
    switch (1.5f) { } // error: switch of float: expected an integer
    switch (p[0]) { case 0: { case 0: break; } } // error: case 0 stands twice
    int a = 1;
    int a = 2; // error: a is declared twice
here:;
here:; // error: label here stands twice
    else p[0] = 1; // error: else without if
    for (int i = 0; i < 3; i++ { p[i] = 0; } // error: got "{", expected ) of for
    p[0] = 2 // error: got "p", expected ;
    p[1] = 3;
    return 5; // error: k returns nothing
}
__device__ int g() { return; } // error: g must return a value of type int
