struct node { node *next; int value; };
__global__ void k(int *a) { int x = x + 1; for (int i = i; i < a[0]; i++) a[i] = x; node n = {&n, 1}; int y = 1, z = z = 2; a[1] = n.next->value + y + z; }
