__global__ void k(int *p) { std::mdspan<int, std::extents<int,/ grid: 5
// block: 40
// Barriers over the whole grid: every block sees what the others wrote before it; 2>> a(p); a(1) = 2; }